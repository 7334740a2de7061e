"""`wenban talk` as its users run it: lines in, records or a chat out."""

from __future__ import annotations

import argparse
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.talk.cli import register

KEYS = ["heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt", "ms"]
NEED = "我老婆户口在上海，想迁到我这里"
WAY = [NEED, "在外地", "对", "王小明", "13800001234", "确认提交"]


class Talk:
    """Runs the command with lines on its standard input."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *args: str, lines: list[str]) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        register(parser.add_subparsers())
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(line + "\n" for line in lines)))
        parsed = parser.parse_args(["talk", *args])
        code: int = parsed.run(parsed)
        out, err = self._capsys.readouterr()
        return code, out, err

    def records(self, url: str, *args: str, lines: list[str]) -> list[dict[str, Any]]:
        code, out, _ = self.run("--json", "--url", url, *args, lines=lines)
        assert code == 0
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    return Talk(monkeypatch, capsys)


def test_a_conversation_to_the_receipt(door: Any, talk: Talk) -> None:
    records = talk.records(door.url, lines=WAY)
    assert [list(record) for record in records] == [KEYS] * 6
    assert [record["heard"] for record in records] == WAY
    assert records[0]["options"][1]["label"] == "在外地"
    assert records[-1]["state"] == "submitted"
    assert records[-1]["receipt"] == "YW202611234829137"
    assert records[-1]["ms"].keys() == {"speech", "dialogue", "total"}
    assert {request["metadata"]["channel"] for request in door.dialogue.requests} == {"cli"}


def test_a_recording_as_the_first_line(door: Any, talk: Talk, tmp_path: Path) -> None:
    recording = tmp_path / "need.raw"
    recording.write_bytes((np.sin(np.arange(16_000) / 20) * 9000).astype(np.int16).tobytes())
    records = talk.records(door.url, lines=[f"@{recording}", "在外地"])
    assert records[0]["heard"] == "我要迁户口"
    assert len(records[0]["alternatives"]) == 2
    assert records[0]["ms"]["speech"] is not None
    assert records[1]["state"] == "confirm_item"


def test_errors_are_records_and_the_conversation_goes_on(door: Any, talk: Talk, tmp_path: Path) -> None:
    silent = tmp_path / "silent.raw"
    silent.write_bytes(bytes(32_000))
    lines = [NEED, "字" * 5000, "😀", f"@{tmp_path}/none.wav", f"@{silent}", "@", "在外地"]
    records = talk.records(door.url, lines=lines)
    codes = [record.get("error", {}).get("code") for record in records]
    assert codes == [
        None, "text_too_long", "text_wordless", "audio_file_missing", "nothing_heard",
        "audio_file_missing", None,
    ]  # fmt: skip
    assert all(record["error"]["message"].endswith("。") for record in records if "error" in record)
    assert records[-1]["state"] == "confirm_item", "the draft stood"


def test_blank_lines_are_passed_over(door: Any, talk: Talk) -> None:
    assert len(talk.records(door.url, lines=["", "  ", NEED])) == 1


def test_a_session_is_taken_up_again(door: Any, talk: Talk) -> None:
    session = door.session()
    talk.records(door.url, "--session", session, lines=[NEED])
    assert talk.records(door.url, "--session", session, lines=["在外地"])[0]["state"] == "confirm_item"


def test_a_lost_door_is_an_error_record(door: Any, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines() -> Iterator[str]:
        yield NEED
        door.server.stop()
        yield "在外地"

    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    monkeypatch.setattr("sys.stdin", lines())
    parsed = parser.parse_args(["talk", "--json", "--url", door.url])
    assert parsed.run(parsed) == 0
    records = [json.loads(line) for line in talk._capsys.readouterr().out.splitlines()]
    assert records[1]["error"]["code"] == "door_lost"


def test_nobody_there_is_exit_code_two_and_a_sentence(talk: Talk) -> None:
    code, out, err = talk.run("--json", "--url", "http://127.0.0.1:9", lines=[NEED])
    assert code == 2
    assert json.loads(out)["error"]["code"] == "door_closed"
    assert "make run" in err
    code, out, err = talk.run("--url", "http://127.0.0.1:9", lines=[NEED])
    assert (code, out) == (2, "") and err.strip().endswith("。")


def test_a_part_that_stays_down_is_named(open_door: Callable[..., Any], talk: Talk) -> None:
    async def down() -> bool:
        return False

    door = open_door(checks={"rasa": down})
    code, _, err = talk.run("--url", door.url, "--wait", "0", lines=[NEED])
    assert code == 2
    assert "rasa" in err


def test_it_waits_for_parts_that_are_starting(open_door: Callable[..., Any], talk: Talk) -> None:
    asked = threading.Event()

    async def slow() -> bool:
        well = asked.is_set()
        asked.set()
        return well

    door = open_door(checks={"rasa": slow})
    assert talk.records(door.url, lines=[NEED])[0]["state"] == "clarify"


def test_the_chat_shows_replies_options_and_the_receipt(door: Any, talk: Talk) -> None:
    # "2" and "1" pick the options that stand under these numbers.
    code, out, _ = talk.run("--url", door.url, lines=[NEED, "2", "1", "王小明", "13800001234", "😀", "1"])
    assert code == 0
    assert "配偶的户口在市内还是市外？" in out
    assert "2  在外地" in out
    assert "已填 1/2" in out
    assert "看不懂" in out
    assert "YW202611234829137" in out
    assert door.dialogue.requests[1]["message"] == "在外地"
