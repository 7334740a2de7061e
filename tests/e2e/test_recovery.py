"""Killed parts come back, and the conversation goes on with nothing lost and nothing done twice."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Citizen, Door, Running

NEED = "我媳妇户口在江西，想迁到我这里"


def applications(stack: Running) -> int:
    with closing(sqlite3.connect(stack.settings.home / "wenban.sqlite3")) as database:
        count: int = database.execute("SELECT count(*) FROM applications").fetchone()[0]
    return count


def sent_until_answered(door: Door, text: str, turn_id: str) -> dict[str, Any]:
    """As the page does it: the same turn again, as long as the door says that this may help."""
    for _ in range(6):
        answer = door.answer(text, turn_id)
        if answer.status_code == httpx.codes.OK:
            record: dict[str, Any] = answer.json()
            return record
        assert answer.json()["error"]["retryable"], answer.text
    raise AssertionError("the part did not come back")


@pytest.mark.parametrize("module", ["actions.server", "bot.rasa_runtime.serve"])
def test_a_part_killed_in_the_middle_of_a_form(
    stack: Running, citizen: Citizen, door: Door, module: str
) -> None:
    before = citizen.until_field(citizen.say(NEED), "spouse_name")
    assert {field["name"] for field in before["fields"]} >= {"name", "resident_id"}
    killed = stack.part(module)
    killed.kill()
    killed.wait(10)

    answer = citizen.answer(before)
    after = sent_until_answered(door, answer, str(uuid.uuid4()))
    kept = {field["name"]: field["value"] for field in after["fields"]}
    assert kept == {field["name"]: field["value"] for field in before["fields"]} | {"spouse_name": answer}
    assert stack.part(module).pid != killed.pid
    assert citizen.until_receipt(after)["receipt"]


@pytest.mark.parametrize("module", ["actions.server", "bot.rasa_runtime.serve"])
def test_a_part_killed_while_the_application_is_submitted(
    stack: Running, citizen: Citizen, door: Door, module: str
) -> None:
    summary = citizen.go_on(citizen.say(NEED), lambda record: record["state"] == "summary")
    count, turn_id = applications(stack), str(uuid.uuid4())
    part, answers = stack.part(module), []
    submitting = threading.Thread(
        target=lambda: answers.append(sent_until_answered(door, citizen.answer(summary), turn_id))
    )
    submitting.start()
    part.kill()
    submitting.join()
    again = sent_until_answered(door, citizen.answer(summary), turn_id)
    assert answers[0]["receipt"] == again["receipt"] != None  # noqa: E711 - a chain: equal, and there
    assert applications(stack) == count + 1


def test_pressing_submit_again_and_again(stack: Running, citizen: Citizen, door: Door) -> None:
    summary = citizen.go_on(citizen.say(NEED), lambda record: record["state"] == "summary")
    count, turn_id = applications(stack), str(uuid.uuid4())
    receipts = {sent_until_answered(door, "提交", turn_id)["receipt"] for _ in range(3)}
    assert len(receipts) == 1
    assert receipts.isdisjoint({None})
    assert summary["receipt"] is None
    assert applications(stack) == count + 1
