"""From a typed need to a receipt, and on to the end of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.e2e.conftest import Citizen, Door, Running, Talk

NEED = "我媳妇户口在江西，想迁到我这里"


def test_from_a_typed_need_to_a_tracked_application(stack: Running, talk: Talk, door: Door) -> None:
    citizen = stack.citizen(talk.send)
    last = citizen.until_receipt(citizen.say(NEED))
    receipt = last["receipt"]
    assert last["item"] is None or last["item"]["id"] == "hukou-spouse-outside"

    [shown] = stack.wenban("applications", "show", receipt)
    assert shown["receipt"] == receipt
    assert citizen.phone not in str(shown), "personal values are masked unless asked for"
    [revealed] = stack.wenban("applications", "show", receipt, "--reveal")
    assert citizen.phone in str(revealed)
    assert citizen.personal["resident_id"] in str(revealed)

    before = tracked(door, receipt, citizen)
    assert (before["state_label"], before["title"]) == ("收件", "市外夫妻投靠落户")
    stack.wenban("applications", "advance", receipt, "受理", "--note", "材料齐全")
    after = tracked(door, receipt, citizen)
    assert after["state_label"] == "受理"
    assert [step["state_label"] for step in after["history"]] == ["收件", "受理"]


def tracked(door: Door, receipt: str, citizen: Citizen) -> dict[str, Any]:
    answer = door.http.get("/api/track", params={"receipt": receipt, "phone4": citizen.phone[-4:]})
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def test_a_wrong_phone_tracks_nothing(stack: Running, citizen: Citizen, door: Door) -> None:
    receipt = citizen.until_receipt(citizen.say(NEED))["receipt"]
    answer = door.http.get("/api/track", params={"receipt": receipt, "phone4": "0000"})
    assert answer.status_code == 404
    assert receipt not in answer.text
