from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from actions.applications.cli import register, system_user
from actions.applications.cli_commands import display_width
from actions.applications.crypto import Cipher
from actions.applications.states import State
from actions.applications.store import Application, EventKind, Store
from wenban.settings import load_settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clerk_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, now: datetime) -> Store:
    """The store that the commands will find, with its key in a file that they make."""
    for name in ("WENBAN_KEY", "WENBAN_KEY_FILE", "WENBAN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    settings = load_settings()
    store = Store(settings.database_url, Cipher.from_settings(settings), clock=lambda: now)
    store.migrate()
    return store


@pytest.fixture
def given(clerk_store: Store, submit: Callable[..., Application]) -> Application:
    return submit(clerk_store, fields={"spouse_name": "欧阳锋", "spouse": {"id": "330782199001011234"}})


def wenban(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="wenban")
    register(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["applications", *arguments])
    code = parsed.run(parsed)
    assert isinstance(code, int)
    return code


def json_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


PERSONAL = ("张无忌", "13800001234", "欧阳锋", "330782199001011234", "scan-1")


def test_a_list_is_masked_and_aligned(given: Application, capsys: pytest.CaptureFixture[str]) -> None:
    assert wenban("list") == 0
    header, row = capsys.readouterr().out.splitlines()
    assert row.split()[:6] == [given.receipt, "收件", "市内夫妻投靠", "市公安局", "张**", "138****1234"]
    for title, cell in (("状态", "收件"), ("手机", "138"), ("承诺办结", "2026-03-09")):
        assert display_width(header.split(title)[0]) == display_width(row.split(cell)[0])


@pytest.mark.parametrize("command", [("list",), ("show",), ("advance", "受理")])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_nothing_personal_without_reveal(
    given: Application, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    name, *rest = command
    receipt = [] if name == "list" else [given.receipt]
    assert wenban(name, *receipt, *rest, *form) == 0
    shown = capsys.readouterr().out
    assert given.item.title in shown and not any(value in shown for value in PERSONAL)


@pytest.mark.parametrize("command", ["list", "show"])
def test_reveal_shows_and_records_who_looked(
    given: Application, clerk_store: Store, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert wenban(command, *([given.receipt] if command == "show" else []), "--reveal") == 0
    shown = capsys.readouterr().out
    assert "张无忌" in shown and "13800001234" in shown
    event = clerk_store.events(given.receipt)[-1]
    assert (event.kind, event.actor) == (EventKind.VIEWED, system_user())


def test_who_looks_cannot_be_set_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    before = system_user()
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert system_user() == before != "somebody-else"


def test_show_as_json(given: Application, capsys: pytest.CaptureFixture[str]) -> None:
    assert wenban("show", given.receipt.lower(), "--json", "--reveal") == 0
    [record] = json_lines(capsys)
    assert record["receipt"] == given.receipt and record["state_label"] == "收件"
    assert record["fields"] == given.fields and record["materials"] == given.materials
    assert record["legal_moves"] == ["accepted", "supplement", "returned", "withdrawn"]
    assert [event["kind"] for event in record["events"]] == ["submitted", "viewed"]
    assert record["promised_on"] == "2026-03-09" and record["promised_exact"] is True


@pytest.mark.parametrize("state", ["补正", "supplement"])
def test_advance_takes_label_or_code(
    given: Application, clerk_store: Store, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    assert wenban("advance", given.receipt, state, "--note", "请补交结婚证", "--json") == 0
    [record] = json_lines(capsys)
    assert record["state"] == "supplement"
    event = clerk_store.events(given.receipt)[-1]
    assert (event.new_state, event.note, event.actor) == (State.SUPPLEMENT, "请补交结婚证", system_user())


def test_an_illegal_move_is_refused_with_the_legal_ones(
    given: Application, clerk_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wenban("advance", given.receipt, "办结") == 1
    captured = capsys.readouterr()
    assert captured.out == "" and "可以改为：受理、补正、退件、撤回" in captured.err
    assert clerk_store.application(given.receipt).state is State.RECEIVED


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "YW123"), "receipt_invalid"),
        (("show", "YW202611234829138"), "application_not_found"),
        (("list", "--state", "好了"), "unknown_state"),
    ],
)
def test_errors_are_sentences_and_records(
    given: Application, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    assert wenban(*arguments, "--json") == 1
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert error["code"] == code and error["message"] == captured.err.strip()


def test_list_filters_and_pages(
    clerk_store: Store, submit: Callable[..., Application], capsys: pytest.CaptureFixture[str], now: datetime
) -> None:
    receipts = [submit(clerk_store, key).receipt for key in "abc"]
    clerk_store.advance(receipts[1], State.ACCEPTED, actor="clerk", now=now)
    wenban("list", "--state", "受理", "--json")
    assert [record["receipt"] for record in json_lines(capsys)] == [receipts[1]]
    wenban("list", "--limit", "1", "--offset", "3", "--json")
    assert json_lines(capsys) == []
    wenban("list", "--department", "没有的局")
    assert capsys.readouterr().out == "没有符合条件的办件。\n"
    with pytest.raises(SystemExit):
        wenban("list", "--limit", "-1")


def test_control_characters_do_not_reach_the_terminal(
    clerk_store: Store, submit: Callable[..., Application], capsys: pytest.CaptureFixture[str]
) -> None:
    given = submit(clerk_store, fields={"a": "\x1b[2J\r\n伪造的一行"})
    wenban("show", given.receipt, "--reveal")
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\r" not in shown and "\n伪造的一行" not in shown


def test_migrate_says_the_version(clerk_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert wenban("migrate", "--json") == 0
    assert json_lines(capsys) == [{"schema_version": clerk_store.schema_version()}]
    assert wenban("migrate") == 0
    assert str(clerk_store.schema_version()) in capsys.readouterr().out


def test_a_readable_key_file_is_refused_with_the_remedy(
    given: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret.key").chmod(0o644)
    assert wenban("list") == 1
    assert "chmod 600" in capsys.readouterr().err


def test_help_loads_no_database() -> None:
    program = (
        "import argparse, sys\nfrom actions.applications.cli import register\n"
        "parser = argparse.ArgumentParser()\nregister(parser.add_subparsers())\nparser.format_help()\n"
        "sys.exit('sqlalchemy' in sys.modules or 'cryptography' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT).returncode == 0
