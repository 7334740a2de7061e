"""When Rasa is away: the turn is tried again under its id, within a budget."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

TURN = "0a1b2c3d-0000-4000-8000-000000000001"


def retries(door: Any) -> float:
    for line in door.http.get("/metrics").text.splitlines():
        if line.startswith("wenban_dialogue_retries_total "):
            return float(line.split()[1])
    raise AssertionError("no such metric")


def test_a_turn_survives_failures_on_the_way(door: Any) -> None:
    door.dialogue.failures = [500, 503, 502]
    reply = door.say(door.session(), "我要迁户口", turn_id=TURN)
    assert reply.status_code == 200
    assert reply.json()["turn_id"] == TURN
    assert [r["metadata"]["turn_id"] for r in door.dialogue.requests] == [TURN] * 4


def test_a_turn_waits_for_rasa_to_come_back(open_door: Callable[..., Any]) -> None:
    door = open_door(budget_s=30.0)
    session = door.session()
    door.rasa.stop()
    before = retries(door)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(door.say, session, "我要迁户口")
        while retries(door) == before:
            assert not answer.done()
        door.rasa.start()
        assert answer.result().json()["state"] == "clarify"
    assert len(door.dialogue.requests) == 1


def test_when_rasa_stays_away_the_citizen_is_told_and_may_try_again(open_door: Callable[..., Any]) -> None:
    door = open_door(budget_s=0.3)
    session = door.session()
    door.rasa.stop()
    reply = door.say(session, "我要迁户口")
    assert reply.status_code == 503
    error = reply.json()["error"]
    assert (error["code"], error["stage"], error["retryable"]) == ("dialogue_unreachable", "dialogue", True)
    assert "都在" in error["message"]
    door.rasa.start()
    assert door.say(session, "我要迁户口").status_code == 200


@pytest.mark.parametrize(
    "broken", [[], [{"recipient_id": "x", "text": "只有一句"}], {"no": "list"}, [{"custom": {"options": 1}}]]
)
def test_an_answer_that_is_not_whole_is_asked_for_again(door: Any, broken: Any) -> None:
    door.dialogue.raw = [broken]
    assert door.say(door.session(), "我要迁户口").json()["state"] == "clarify"
    assert len(door.dialogue.requests) == 2


def test_a_refusal_is_not_repeated(door: Any) -> None:
    door.dialogue.failures = [400]
    reply = door.say(door.session(), "我要迁户口")
    assert reply.json()["error"]["code"] == "dialogue_refused"
    assert len(door.dialogue.requests) == 1


def test_the_same_turn_twice_is_one_turn(door: Any) -> None:
    session = door.session()
    first = door.say(session, "我要迁户口", turn_id=TURN).json()
    again = door.say(session, "我要迁户口", turn_id=TURN).json()
    assert again["replies"] == first["replies"] and again["state"] == first["state"] == "clarify"


def test_turns_of_one_session_reach_rasa_one_after_the_other(door: Any) -> None:
    session = door.session()
    door.dialogue.gate = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(door.say, session, f"第{n}句") for n in "一二三"]
        while not door.dialogue.requests:
            assert not any(answer.done() for answer in answers)
        assert len(door.dialogue.requests) == 1, "the others wait at the door"
        door.dialogue.gate.set()
        assert {answer.result().status_code for answer in answers} == {200}
    assert len(door.dialogue.requests) == 3
