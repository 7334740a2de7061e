"""The real stack for the tests of this folder, started once, and a citizen who answers what is asked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Self

import httpx
import psutil
import pytest

from actions.forms.texts import is_number
from bot.stack.setup import Setup
from bot.stack.supervise import Stack, home_is_private
from catalog_index.loader import load_catalog
from catalog_index.schema import FormField
from wenban.settings import PROJECT_ROOT, Settings, load_settings

Record = dict[str, Any]

# So many answers fill the longest form; more would be a conversation that goes round in circles.
MOST_TURNS = 40
# What `wenban setup` made and the running stack needs.
_REUSED = ("index", "rasa/wenban.tar.gz", "rasa/stamp", "rasa/data")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is end to end."""
    for item in (one for one in items if Path(__file__).parent in one.path.parents):
        item.add_marker("e2e")


def resident_id(first_17: str) -> str:
    """The number with its check sign (GB 11643)."""
    return first_17 + "10X98765432"[sum(int(d) * w for d, w in zip(first_17, _ID_WEIGHTS, strict=True)) % 11]


class Citizen:
    """A made-up person: says what is asked for, question by question.

    Args:
        fields: item id -> its fields, to know what a question asks.
        send: one line to the assistant, its record back.
    """

    def __init__(self, fields: dict[str, tuple[FormField, ...]], send: Callable[[str], Record]) -> None:
        self._fields = fields
        self.send = send
        self.phone = "13957912346"
        self.said: list[str] = []
        self.personal = {
            "name": "柳青禾",
            "spouse_name": "祝长庚",
            "resident_id": resident_id("33078219900307412"),
            "spouse_id": resident_id("36110219911125503"),
            "target_address": "义乌市稠城街道凤鸣里68号",
            "current_hukou": "江西省上饶市信州区白鸥园路15号",
            "phone": self.phone,
        }
        self._by_kind = {
            "name": "柳青禾",
            "resident_id": self.personal["resident_id"],
            "phone": self.phone,
            "address": "义乌市福田街道银海路29号",
            "text": "店铺开业",
            "number": "JY23307820012345",
            "count": "2",
            "money": "五十万元",
            "plate": "浙G36R58",
            "area": "三十平方米",
            "uscc": "91330782MA2DC7LF0P",
            "yes_no": "是",
        }

    def answer(self, record: Record) -> str:
        """What this person says to a reply."""
        labels = [str(option["label"]) for option in record["options"]]
        match record["state"]:
            case "clarify" | "choose":
                # A man at home in Yiwu whose wife lives elsewhere, with a car.
                wanted = next((label for label in labels if label in _TRUE), labels[0])
                return next(str(o["value"]) for o in record["options"] if o["label"] == wanted)
            case "confirm_item":
                return "是"
            case "commit":
                return "同意"
            case "summary":
                return "提交"
            case "collect" if "对" in labels:
                return "对"
            case "collect":
                field = self.asked(record)
                if field.optional and field.id not in self.personal:
                    return "跳过"
                if field.kind == "choice":
                    return labels[0]
                return (
                    self.personal.get(field.id) or self._by_kind["number" if is_number(field) else field.kind]
                )
        raise AssertionError(f"nothing to say to {record['state']}: {record['replies']}")

    def asked(self, record: Record) -> FormField:
        """The field that the reply asks for."""
        for field in self._fields[record["item"]["id"]]:
            if field.ask == record["replies"][-1]:
                return field
        raise AssertionError(f"no field asks {record['replies']}")

    def say(self, line: str) -> Record:
        self.said.append(line)
        return self.send(line)

    def go_on(self, record: Record, until: Callable[[Record], bool]) -> Record:
        """Answers until something is so."""
        for _ in range(MOST_TURNS):
            if until(record):
                return record
            record = self.say(self.answer(record))
        raise AssertionError(f"no end after {MOST_TURNS} answers: {self.said}")

    def until_receipt(self, record: Record) -> Record:
        return self.go_on(record, lambda one: bool(one["receipt"]))

    def until_field(self, record: Record, name: str) -> Record:
        """Until a field is asked for, in the form."""

        def asks(one: Record) -> bool:
            return one["state"] == "collect" and self.asked(one).id == name

        return self.go_on(record, asks)


_TRUE = frozenset(("市外", "在市外", "义乌市外", "丢失", "丢了", "小型汽车"))


class Door:
    """The gateway over HTTP, one session."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60.0, trust_env=False)
        self.session = str(self.http.post("/api/session").raise_for_status().json()["session"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def answer(self, text: str, turn_id: str | None = None) -> httpx.Response:
        turn = {
            "session": self.session,
            "text": text,
            "turn_id": turn_id or str(uuid.uuid4()),
            "channel": "page",
        }
        return self.http.post("/api/turn", json=turn)

    def send(self, text: str, turn_id: str | None = None) -> Record:
        record: Record = self.answer(text, turn_id).raise_for_status().json()
        return record

    def recording(self, data: bytes) -> httpx.Response:
        return self.http.post("/api/audio", params={"session": self.session}, content=data)


class Talk:
    """`wenban talk --json` as a program, line by line."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "talk", "--json"],
            cwd=PROJECT_ROOT, env=environment, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def send(self, line: str) -> Record:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        record: Record = json.loads(self._process.stdout.readline())
        assert "error" not in record, record
        return record

    def close(self) -> int:
        """Ends the input; the exit code."""
        self._process.communicate(timeout=30)
        return self._process.returncode


class Running:
    """The started stack."""

    def __init__(self, settings: Settings, supervisor: psutil.Process) -> None:
        self.settings = settings
        self.supervisor = supervisor
        self._fields = {item.id: item.fields for item in load_catalog(settings.catalog_dir).items}

        self.url = settings.gateway_url

    def citizen(self, send: Callable[[str], Record]) -> Citizen:
        return Citizen(self._fields, send)

    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything under it."""
        return [self.supervisor, *self.supervisor.children(recursive=True)]

    def part(self, module: str) -> psutil.Process:
        """The process of one of the three, by its module's name."""
        return next(child for child in self.supervisor.children() if module in child.cmdline())

    def environment(self) -> dict[str, str]:
        return os.environ | {"WENBAN_HOME": str(self.settings.home), "WENBAN_PORT": str(self.settings.port)}

    def wenban(self, *args: str) -> list[Record]:
        """A finished command's lines of JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *args, "--json"],
            cwd=PROJECT_ROOT, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses; all are held until the last is found, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _reuse(source: Path, home: Path) -> None:
    """Takes over what `wenban setup` made; `Setup` makes anew what, by its stamps, does not fit any more."""
    for name in _REUSED:
        made, place = source / name, home / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if made.is_dir():
            shutil.copytree(made, place)
        elif made.exists():
            shutil.copy2(made, place)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Supervisor, Rasa, action server and gateway, in a home of their own; all of them end with the tests."""
    home = tmp_path_factory.mktemp("home")
    _reuse(load_settings().home, home)
    names = ("WENBAN_PORT", "WENBAN_RASA_PORT", "WENBAN_ACTIONS_PORT")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("WENBAN_KEY", "WENBAN_KEY_FILE", "WENBAN_DATABASE_URL", "WENBAN_HOST", "WENBAN_INDEX"):
            patch.delenv(name, raising=False)
        patch.setenv("WENBAN_HOME", str(home))
        for name, port in zip(names, free_ports(3), strict=True):
            patch.setenv(name, str(port))
        settings = load_settings()
        home_is_private(home)
        lines: list[str] = []
        Setup(settings, lines.append).run()
        running = Stack(settings, lines.append)
        running.start()
        supervisor = psutil.Process(running.pid)
        try:
            running.wait_ready()
            yield Running(settings, supervisor)
        finally:
            family = [supervisor, *supervisor.children(recursive=True)]
            running.stop()
        _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive, f"still running after stop: {alive}"


@pytest.fixture
def door(stack: Running) -> Iterator[Door]:
    with Door(stack.url) as opened:
        yield opened


@pytest.fixture
def citizen(stack: Running, door: Door) -> Citizen:
    """Talks over HTTP."""
    return stack.citizen(door.send)


@pytest.fixture
def talk(stack: Running) -> Iterator[Talk]:
    program = Talk(stack.environment())
    yield program
    assert program.close() == 0
