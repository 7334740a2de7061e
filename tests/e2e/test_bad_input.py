"""Whatever cannot be used gets a sentence of its own, and the draft stands."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Citizen, Door

SPOKEN = Path(__file__).parents[1] / "data" / "speech" / "hukou.wav"
NEED = "我媳妇户口在江西，想迁到我这里"


def silence(seconds: int, rate: int = 16_000) -> bytes:
    """Eight-bit sound, in which silence is the middle value."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(rate)
        file.writeframes(b"\x80" * (seconds * rate))
    return out.getvalue()


RECORDINGS = {
    "empty": (b"", "空的"),
    "silent": (silence(2), "没有听到"),
    "ten minutes": (silence(600, 8_000), "录音太长"),
    "too many bytes": (silence(700), "太大"),
    "text": ("这不是录音".encode() * 100, "不是能识别的录音"),
    "truncated": (SPOKEN.read_bytes()[:30], "不完整"),
}


def test_each_bad_recording_has_its_own_sentence(citizen: Citizen, door: Door) -> None:
    before = citizen.until_field(citizen.say(NEED), "spouse_name")
    sentences = {}
    for name, (data, expected) in RECORDINGS.items():
        answer = door.recording(data)
        assert 400 <= answer.status_code < 500, (name, answer.text)
        sentences[name] = answer.json()["error"]["message"]
        assert expected in sentences[name], (name, sentences[name])
    assert len(set(sentences.values())) == len(sentences), sentences
    after = citizen.say(citizen.answer(before))
    assert {field["name"] for field in after["fields"]} == {
        *(field["name"] for field in before["fields"]),
        "spouse_name",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [("义" * 5000, "太长"), ("😀🎉👍", "表情"), ("   ", "还没有收到内容"), ("？！", "符号")],
)
def test_unusable_words(citizen: Citizen, door: Door, text: str, expected: str) -> None:
    before = citizen.until_field(citizen.say(NEED), "spouse_name")
    answer = door.answer(text)
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert expected in answer.json()["error"]["message"]
    else:
        assert expected in answer.json()["replies"][0]
    after = citizen.say(citizen.answer(before))
    assert after["fields"][: len(before["fields"])] == before["fields"]


def test_an_identity_number_with_a_wrong_check_sign(citizen: Citizen) -> None:
    before = citizen.until_field(citizen.say(NEED), "resident_id")
    right = citizen.personal["resident_id"]
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    record = citizen.send(wrong)
    assert record["state"] == "collect"
    assert record["fields"] == before["fields"]
    assert "身份证" in record["replies"][0]
    after = citizen.say(right)
    assert {"name": "resident_id", "value": right}.items() <= after["fields"][-1].items()


def test_a_date_that_has_passed(citizen: Citizen) -> None:
    record = citizen.say("店门口要挖一段路埋水管")
    asked = citizen.go_on(
        record, lambda one: one["state"] == "collect" and citizen.asked(one).kind in ("date", "date_range")
    )
    refused = citizen.send("从2020年3月1日到2020年3月5日")
    assert refused["state"] == "collect"
    assert refused["fields"] == asked["fields"]
    assert refused["replies"] != asked["replies"]
    assert "今天" in "".join(refused["replies"]) or "过去" in "".join(refused["replies"]), refused["replies"]
    right = citizen.say("明天开始三天")
    assert len(right["fields"]) == len(asked["fields"]) + 1, right["replies"]
