from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from bot.kiosk.floor import Holder
from bot.kiosk.screen import GREETING, JsonScreen, TerminalScreen
from bot.talk.errors import DoorLost
from speech.microphone.level import Meter

RECORD: dict[str, Any] = {
    "heard": "我要迁户口",
    "alternatives": [],
    "replies": ["配偶的户口在市内还是市外？"],
    "options": [{"label": "在外地", "value": "在外地"}],
    "state": "clarify",
    "item": None,
    "fields": [],
    "progress": None,
    "receipt": None,
    "receipt_card": None,
    "turn_id": "one",
    "ms": {"speech": 1.0, "dialogue": 1.0, "total": 2.0},
}


def screen(*, moving: bool) -> tuple[TerminalScreen, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=moving, width=60, soft_wrap=True, highlight=False)
    return TerminalScreen(console, push=False, moving=moving), out


def test_a_terminal_has_a_moving_line_that_gives_way_to_lines_that_stay() -> None:
    shown, out = screen(moving=True)
    shown.status(Holder.CITIZEN, Meter())
    shown.partial("我要迁")
    shown.status(Holder.CITIZEN, Meter())
    assert out.getvalue().count("\r") == 2 and "我要迁" in out.getvalue()
    shown.status(Holder.CITIZEN, Meter())
    assert out.getvalue().count("\r") == 2, "nothing is written where nothing has changed"
    shown.turn(RECORD)
    shown.status(Holder.NOBODY, Meter())
    text = out.getvalue()
    assert "听到：我要迁户口" in text and "配偶的户口" in text and "在外地" in text
    assert text.rindex("我要迁") < text.rindex("请说话"), "the old partial result is gone"
    shown.close()
    assert out.getvalue().endswith("\r\x1b[K")


def test_without_a_terminal_there_are_only_lines() -> None:
    shown, out = screen(moving=False)
    shown.greet()
    shown.status(Holder.CITIZEN, Meter())
    shown.turn(RECORD)
    shown.failed(DoorLost())
    shown.notice(DoorLost())
    shown.visit_over()
    text = out.getvalue()
    assert "\r" not in text and "\x1b" not in text
    assert GREETING in text and text.count(DoorLost.citizen) == 2


def test_nothing_of_the_last_citizen_stays() -> None:
    shown, out = screen(moving=True)
    shown.turn(RECORD)
    before = len(out.getvalue())
    shown.visit_over()
    after = out.getvalue()[before:]
    assert "\x1b[2J" in after and "\x1b[3J" in after, "the screen and what was scrolled away"
    assert "户口" not in after and "您好" in after


def test_json_is_a_line_for_each_turn_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    shown = JsonScreen()
    shown.greet()
    shown.partial("我要迁")
    shown.status(Holder.CITIZEN, Meter())
    shown.turn(RECORD)
    shown.notice(DoorLost())
    shown.failed(DoorLost())
    shown.tell("您还在吗？")
    shown.visit_over()
    shown.close()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(lines[0]) == [
        "heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt", "ms"
    ]  # fmt: skip
    assert lines[1]["error"]["code"] == "door_lost" and len(lines) == 2
