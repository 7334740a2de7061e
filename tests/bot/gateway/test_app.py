"""The paths of the door over real HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import numpy as np
import pytest

from actions.applications.store import ItemSnapshot, Store
from bot.gateway.limits import Limits
from speech.decode import AudioDecoder
from speech.expectation import Expectation

LOUD = (np.sin(np.arange(16_000) / 20) * 9000).astype(np.int16).tobytes()
SPOKEN = Path(__file__).parents[2] / "data" / "speech" / "hukou.wav"


def refused(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code), response.text
    assert error.keys() == {"code", "stage", "retryable", "message"}
    assert error["message"].endswith("。")
    return error


def test_a_typed_turn_is_answered_with_the_whole_record(door: Any) -> None:
    session = door.session()
    record = door.say(session, "我老婆户口在上海，想迁到我这里").json()
    assert record["heard"] == "我老婆户口在上海，想迁到我这里"
    assert record["replies"] == ["配偶的户口在市内还是市外？"]
    assert record["state"] == "clarify"
    assert record["options"][1] == {"label": "在外地", "value": "在外地"}
    assert record["alternatives"] == [] and record["fields"] == []
    assert record["item"] is record["progress"] is record["receipt"] is record["receipt_card"] is None
    assert record["ms"].keys() == {"speech", "dialogue", "total"}
    assert record["ms"]["speech"] is None
    sent = door.dialogue.requests[0]
    assert sent["message"] == "我老婆户口在上海，想迁到我这里"
    assert sent["metadata"]["mode"] == "text" and sent["metadata"]["channel"] == "page"


def test_the_dialogue_side_gets_a_name_for_the_session_and_not_its_key(door: Any) -> None:
    session = door.session()
    door.say(session, "你好")
    door.say(session, "你好")
    senders = {request["sender"] for request in door.dialogue.requests}
    assert len(senders) == 1
    refused(door.say(senders.pop(), "你好"), 401, "session_unknown")


def test_a_way_to_the_receipt(door: Any) -> None:
    session = door.session()
    texts = ["我要迁户口", "在外地", "对", "王小明", "13800001234", "确认提交"]
    records = [door.say(session, text).json() for text in texts]
    assert records[3]["progress"] == {"done": 1, "total": 2}
    assert records[4]["fields"][1]["display"] == "138****1234"
    assert records[-1]["state"] == "submitted"
    assert records[-1]["receipt"].startswith("YW")
    assert records[-1]["receipt_card"]["promised_on"] == "2026-11-30"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "text_empty"), ("  \n", "text_empty"), ("😀😀", "text_wordless"), ("字" * 5000, "text_too_long")],
)
def test_a_line_that_cannot_be_used_never_reaches_the_conversation(door: Any, text: str, code: str) -> None:
    session = door.session()
    refused(door.say(session, text), 400, code)
    assert door.dialogue.requests == []
    assert door.say(session, "我要迁户口").status_code == 200


def test_five_thousand_emoji_are_too_long_whatever_their_encoding(door: Any) -> None:
    emoji = r"\ud83d\ude00" * 5000
    escaped = f'{{"session": "{door.session()}", "text": "{emoji}"}}'
    refused(door.http.post("/api/turn", content=escaped), 400, "text_too_long")


def test_a_body_over_the_limit_is_refused(door: Any) -> None:
    refused(door.say(door.session(), "字" * 100_000), 413, "body_too_large")


def test_an_undeclared_body_over_the_limit_is_refused(door: Any) -> None:
    def stream() -> Any:
        for _ in range(100):
            yield b"x" * 4096

    refused(door.http.post("/api/turn", content=stream()), 413, "body_too_large")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"text": "x"}', b'{"session": "a", "text": 5}', b"\xff\xfe"]
)
def test_a_body_of_the_wrong_form_is_refused(door: Any, body: bytes) -> None:
    refused(door.http.post("/api/turn", content=body), 400, "bad_request")


def test_a_strange_turn_id_is_refused(door: Any) -> None:
    refused(door.say(door.session(), "你好", turn_id="../../etc"), 400, "bad_request")


def test_a_forged_session_is_refused_everywhere(door: Any) -> None:
    refused(door.say("nobody.nothing", "你好"), 401, "session_unknown")
    refused(door.http.post("/api/audio", params={"session": "x.y"}, content=LOUD), 401, "session_unknown")


def test_sessions_of_one_address_are_limited(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(sessions_burst=1, sessions_per_s=0.0))
    door.session()
    refused(door.http.post("/api/session"), 429, "too_many")


def test_a_recording_is_heard_and_its_hypotheses_travel_along(door: Any) -> None:
    record = door.http.post("/api/audio", params={"session": door.session()}, content=LOUD).json()
    assert record["heard"] == "我要迁户口"
    assert [a["text"] for a in record["alternatives"]] == ["我要迁户口", "我要签户口"]
    assert record["ms"]["speech"] is not None
    metadata = door.dialogue.requests[0]["metadata"]
    assert metadata["mode"] == "voice"
    assert metadata["alternatives"] == record["alternatives"]


def test_what_a_reply_asks_for_is_listened_for_in_the_next_recording(door: Any) -> None:
    session = door.session()
    for text in ("我要迁户口", "市外", "对", "王小明"):
        reply = door.say(session, text).json()
    assert reply["expect"] == {"kind": "phone", "options": []}
    door.http.post("/api/audio", params={"session": session}, content=LOUD)
    door.http.post("/api/audio", params={"session": session}, content=LOUD)
    door.http.post("/api/audio", params={"session": door.session()}, content=LOUD)
    assert door.pool.expected == [Expectation("phone"), None, None]
    narrowed = [one["metadata"]["narrowed"] for one in door.dialogue.requests[-3:]]
    assert narrowed == [["一三八零零零零幺二三四"], [], []]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "audio_empty"),
        (bytes(32_000), 422, "nothing_heard"),
        (bytes(61 * 32_000), 422, "audio_too_long"),
        (bytes(11 * 1024 * 1024), 413, "body_too_large"),
    ],
    ids=["empty", "silent", "a minute and more", "11 MB"],
)
def test_a_recording_that_cannot_be_used(door: Any, data: bytes, status: int, code: str) -> None:
    session = door.session()
    refused(door.http.post("/api/audio", params={"session": session}, content=data), status, code)
    assert door.dialogue.requests == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 this is no recording", "audio_unsupported"),
        (os.urandom(5000), "audio_unsupported"),
        (SPOKEN.read_bytes()[: SPOKEN.stat().st_size // 2], "audio_truncated"),
    ],
    ids=["a document", "noise bytes", "half a file"],
)
def test_real_containers_that_are_broken(open_door: Callable[..., Any], data: bytes, code: str) -> None:
    door = open_door(decoder=AudioDecoder(spare=0))
    session = door.session()
    refused(door.http.post("/api/audio", params={"session": session}, content=data), 422, code)


def test_a_real_container_is_decoded(open_door: Callable[..., Any]) -> None:
    door = open_door(decoder=AudioDecoder(spare=0))
    reply = door.http.post("/api/audio", params={"session": door.session()}, content=SPOKEN.read_bytes())
    assert reply.json()["heard"] == "我要迁户口"


def test_every_answer_carries_the_security_headers(door: Any) -> None:
    for path in ("/", "/static/app.js", "/nowhere", "/healthz"):
        headers = door.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert f"ws://{door.url.removeprefix('http://')}" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert door.http.post("/api/session").headers["cache-control"] == "no-store"


def test_a_host_header_cannot_write_the_policy(door: Any) -> None:
    reply = door.http.get("/", headers={"host": "a.example; script-src *"})
    assert "script-src *" not in reply.headers["content-security-policy"]


def test_unknown_paths_and_methods_answer_from_the_tree(door: Any) -> None:
    refused(door.http.get("/nowhere"), 404, "not_found")
    refused(door.http.get("/docs"), 404, "not_found")
    refused(door.http.get("/api/turn"), 405, "bad_request")
    refused(door.http.get("/static/../app.py"), 404, "not_found")


def test_the_page_has_nothing_inline_and_nothing_foreign(door: Any) -> None:
    page = door.http.get("/").text
    assert "style=" not in page and "onclick" not in page and "<script>" not in page
    assert "http://" not in page and "https://" not in page


def test_health_names_the_part_that_is_down(open_door: Callable[..., Any]) -> None:
    well = {"rasa": True, "speech": True}

    def check(name: str) -> Any:
        async def answer() -> bool:
            return well[name]

        return answer

    door = open_door(checks={name: check(name) for name in well}, about={"speech_model": "small-1"})
    assert door.http.get("/healthz").json() == {
        "status": "ok",
        "parts": {"gateway": "ok", "rasa": "ok", "speech": "ok"},
        "about": {"speech_model": "small-1"},
    }
    well["rasa"] = False
    reply = door.http.get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["parts"]["rasa"] == "down"


def test_metrics_are_for_this_machine_only(door: Any) -> None:
    door.say(door.session(), "你好")
    text = door.http.get("/metrics").text
    assert 'wenban_turns_total{mode="text"} 1.0' in text
    refused(door.http.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}), 404, "not_found")


@pytest.fixture
def receipt(store: Store) -> str:
    store.migrate()
    application = store.submit(
        idempotency_key="k1",
        item=ItemSnapshot("hukou-1", "市外夫妻投靠落户", "市公安局", "1", 5, 20, "邮寄"),
        fields={"name": "王小明"},
        materials=[],
        commitments=[],
        contact_phone="13800001234",
        applicant_name="王小明",
        channel="page",
        now=datetime(2026, 11, 23, 14, 5, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    return application.receipt


def test_tracking_tells_the_state_and_nothing_personal(door: Any, receipt: str) -> None:
    spaced = f"{receipt[:2]} {receipt[2:10]} {receipt[10:]}"
    reply = door.http.get("/api/track", params={"receipt": spaced, "phone4": "1234"})
    found = reply.json()
    assert found["receipt"] == receipt
    assert (found["state_label"], found["title"]) == ("收件", "市外夫妻投靠落户")
    assert found["promised_on"] == "2026-11-30"
    assert [step["state_label"] for step in found["history"]] == ["收件"]
    assert "王小明" not in reply.text and "1380000" not in reply.text


def test_four_digits_cannot_be_tried_out(door: Any, receipt: str) -> None:
    def ask(phone4: str) -> httpx.Response:
        reply: httpx.Response = door.http.get("/api/track", params={"receipt": receipt, "phone4": phone4})
        return reply

    for phone4 in ("0000", "0001", "0002", "0003", "0004"):
        refused(ask(phone4), 404, "application_not_found")
    refused(ask("1234"), 429, "too_many_attempts")


def test_one_address_cannot_try_receipts_without_end(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(track_burst=1, track_per_s=0.0))
    wrong = {"receipt": "YW1", "phone4": "1234"}
    refused(door.http.get("/api/track", params=wrong), 404, "receipt_invalid")
    refused(door.http.get("/api/track", params=wrong), 429, "track_blocked")


@pytest.mark.parametrize("query", [{}, {"receipt": "YW1"}, {"receipt": "Y" * 500, "phone4": "1234"}])
def test_a_query_of_the_wrong_form_is_refused(door: Any, query: dict[str, str]) -> None:
    refused(door.http.get("/api/track", params=query), 400, "bad_request")
