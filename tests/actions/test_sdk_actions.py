from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from actions.acts import ACTS
from actions.sdk_actions import ACTION_ACTS, turn_from
from actions.track import digits_of
from wenban.settings import PROJECT_ROOT


def test_every_action_has_a_known_act() -> None:
    assert set(ACTION_ACTS.values()) <= set(ACTS)


def test_every_action_of_the_domain_is_served() -> None:
    wanted: set[str] = set()
    for path in sorted(Path(PROJECT_ROOT / "bot" / "domain").rglob("*.yml")):
        wanted |= set(yaml.safe_load(path.read_text(encoding="utf-8")).get("actions") or [])
    assert wanted, "the domain names its actions"
    assert wanted <= set(ACTION_ACTS)


def test_a_message_with_all_its_parts(now: datetime) -> None:
    turn = turn_from(
        "inform",
        {
            "text": "幺三八",
            "intent": {"name": "inform", "confidence": 0.7},
            "metadata": {
                "mode": "voice",
                "turn_id": "t1",
                "channel": "kiosk",
                "alternatives": [{"text": "幺三八", "confidence": 0.8}, "junk", {"text": "要三八"}],
            },
        },
        now,
    )
    assert turn.heard == ("幺三八", "要三八")
    assert (turn.turn_id, turn.channel, turn.spoken, turn.confidence) == ("t1", "kiosk", True, 0.7)


def test_a_bare_message(now: datetime) -> None:
    turn = turn_from("nlu_fallback", {"text": None, "intent": None}, now)
    assert (turn.text, turn.spoken, turn.heard, turn.turn_id) == ("", False, (), "")


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("YW 20261123 482913 7", "202611234829137"),
        ("二零二六幺幺二三", "20261123"),
        ("后四位是 1234", "1234"),
        ("手机最后四个是幺二三四", "1234"),
        ("没有", ""),
    ],
)
def test_digits_in_words(words: str, digits: str) -> None:
    assert digits_of(words) == digits
