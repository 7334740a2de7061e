"""The door with the real recognizer and decoder: what was spoken is what reaches the conversation."""

from __future__ import annotations

import csv
import json
import wave
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from websockets.sync.client import connect

from speech.decode import AudioDecoder
from speech.models import BUNDLED_MODEL, is_model
from speech.pool import RecognizerPool

ROOT = Path(__file__).parents[3]
CHROMIUM = Path("/usr/bin/chromium")
SPOKEN = ROOT / "tests" / "data" / "speech"

pytestmark = pytest.mark.skipif(not is_model(BUNDLED_MODEL), reason="the bundled speech model is not there")


def said() -> dict[str, str]:
    with (SPOKEN / "transcripts.tsv").open(encoding="utf-8") as lines:
        return {row["file"]: row["text"] for row in csv.DictReader(lines, delimiter="\t")}


def overlap(heard: str, spoken: str) -> float:
    """The share of the spoken characters that were heard, in any order."""
    return (Counter(heard) & Counter(spoken)).total() / len(spoken)


@pytest.fixture
def hearing(open_door: Callable[..., Any]) -> Any:
    return open_door(pool=RecognizerPool(BUNDLED_MODEL, 1), decoder=AudioDecoder(spare=0))


@pytest.mark.parametrize("name", ["hukou.wav", "road.wav", "human.wav"])
def test_a_recording_is_heard(hearing: Any, name: str) -> None:
    session = hearing.session()
    reply = hearing.http.post("/api/audio", params={"session": session}, content=(SPOKEN / name).read_bytes())
    record = reply.json()
    assert reply.status_code == 200, record
    assert overlap(record["heard"], said()[name]) >= 0.7, record["heard"]
    assert record["alternatives"][0]["text"] == record["heard"]
    assert 0 < sum(a["confidence"] for a in record["alternatives"]) <= 1.001


def test_speech_over_the_websocket_ends_by_itself(hearing: Any) -> None:
    with wave.open(str(SPOKEN / "hukou.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        sound = file.readframes(file.getnframes()) + bytes(40_000)
    heard: dict[str, Any] = {}
    partials = []
    with connect(f"{hearing.voice_url}?session={hearing.session()}", proxy=None) as socket:
        socket.send(json.dumps({"type": "start", "rate": 16000}))
        for start in range(0, len(sound), 3200):
            socket.send(sound[start : start + 3200])
        while heard.get("type") != "reply":
            heard = json.loads(socket.recv(timeout=30))
            assert heard["type"] != "error", heard
            if heard["type"] == "partial":
                partials.append(heard["text"])
    assert overlap(heard["heard"], said()["hukou.wav"]) >= 0.7, heard["heard"]
    assert partials
    assert hearing.dialogue.requests[0]["message"] == heard["heard"]


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs chromium at /usr/bin/chromium")
def test_a_tap_on_the_page_and_a_spoken_need(hearing: Any) -> None:
    microphone = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={SPOKEN / 'hukou.wav'}%noloop",
    ]
    base = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=base + microphone)
        page = browser.new_page()
        page.goto(hearing.url)
        page.get_by_role("button", name="开始说话").click()
        expect(page.locator(".bubble.me")).to_have_count(1, timeout=30_000)
        expect(page.get_by_role("button", name="在外地")).to_be_visible()
        heard = page.locator(".bubble.me").inner_text().removeprefix("您说：")
        browser.close()
    assert overlap(heard, said()["hukou.wav"]) >= 0.7, heard
    assert hearing.dialogue.requests[0]["metadata"]["mode"] == "voice"
