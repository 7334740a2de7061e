"""Speech over a real websocket."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from bot.gateway.limits import Limits
from speech.errors import RecognizerBusy
from speech.expectation import Expectation

FRAME = (np.sin(np.arange(1600) / 20) * 9000).astype(np.int16).tobytes()
START = json.dumps({"type": "start", "rate": 16000})
STOP = json.dumps({"type": "stop"})


def opened(door: Any, **options: Any) -> Connection:
    return connect(f"{door.voice_url}?session={door.session()}", proxy=None, open_timeout=20, **options)


def received(socket: Connection, kind: str) -> dict[str, Any]:
    """The next message of a kind; an error on the way is a failure unless it is what is waited for."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv(timeout=20))
        if message["type"] == kind:
            return message
        assert message["type"] != "error", message


def speak(socket: Connection, frames: int = 5, frame: bytes = FRAME) -> None:
    for _ in range(frames):
        socket.send(frame)


def closed_with(socket: Connection, code: str) -> None:
    assert received(socket, "error")["code"] == code
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=20)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008


def test_an_utterance_from_first_sound_to_reply(door: Any) -> None:
    with opened(door) as socket:
        socket.send(START)
        assert received(socket, "ready")["turn_id"]
        speak(socket)
        assert received(socket, "partial")["text"] == "我要迁"
        socket.send(STOP)
        final = received(socket, "final")
        assert final["text"] == "我要迁户口"
        assert [a["text"] for a in final["alternatives"]] == ["我要迁户口", "我要签户口"]
        reply = received(socket, "reply")
        assert reply["heard"] == "我要迁户口" and reply["state"] == "clarify"
        assert reply["ms"]["speech"] is not None
        assert reply["turn_id"] == final["turn_id"]
    assert door.dialogue.requests[0]["metadata"]["mode"] == "voice"


def test_the_end_of_speech_ends_the_utterance_and_the_rest_is_let_go(door: Any) -> None:
    door.pool.ends_after = 3 * len(FRAME)
    with opened(door) as socket:
        for _ in range(2):
            socket.send(START)
            speak(socket, 6)
            socket.send(STOP)
            assert received(socket, "reply")["heard"] == "我要迁户口"
    assert door.pool.received == 3 * len(FRAME)


def test_press_and_hold_asks_the_recognizer_not_to_end_by_itself(door: Any) -> None:
    with opened(door) as socket:
        for endpoint in (True, False):
            socket.send(json.dumps({"type": "start", "endpoint": endpoint}))
            speak(socket)
            socket.send(STOP)
            received(socket, "reply")
    assert door.pool.rules[0] is not None
    assert door.pool.rules[1] is None


def test_silence_is_told_and_the_socket_goes_on(door: Any) -> None:
    with opened(door) as socket:
        socket.send(START)
        speak(socket, frame=bytes(3200))
        socket.send(STOP)
        assert received(socket, "error")["code"] == "nothing_heard"
        assert door.dialogue.requests == []
        socket.send(START)
        speak(socket)
        socket.send(STOP)
        assert received(socket, "reply")["heard"] == "我要迁户口"


def test_a_recognizer_that_comes_free_is_waited_for(door: Any) -> None:
    door.pool.fails = [RecognizerBusy("taken")]
    with opened(door) as socket:
        socket.send(START)
        received(socket, "ready")


def test_a_busy_recognizer_is_told_and_the_socket_goes_on(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(recognizer_wait_s=0.0))
    door.pool.fails = [RecognizerBusy("taken")]
    with opened(door) as socket:
        socket.send(START)
        assert received(socket, "error")["code"] == "recognizer_busy"
        socket.send(START)
        received(socket, "ready")


def test_a_failed_turn_is_told_and_the_socket_goes_on(door: Any) -> None:
    door.dialogue.failures = [400]
    with opened(door) as socket:
        socket.send(START)
        speak(socket)
        socket.send(STOP)
        received(socket, "final")
        assert received(socket, "error")["code"] == "dialogue_refused"
        socket.send(START)
        received(socket, "ready")


def test_an_utterance_is_at_most_so_long(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(audio_s=0.5))
    with opened(door) as socket:
        socket.send(START)
        speak(socket, 8)
        assert received(socket, "reply")["heard"] == "我要迁户口"
    assert door.pool.received == 16_000


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[1]",
        '{"type": "dance"}',
        '{"type": "start", "rate": 44100}',
        '{"type": "start", "turn_id": "!"}',
        '{"type": "start", "pad": "' + "x" * 5000 + '"}',
    ],
)
def test_a_wrong_message_closes(door: Any, message: str) -> None:
    with opened(door) as socket:
        socket.send(message)
        closed_with(socket, "bad_request")


@pytest.mark.parametrize("frame", [b"x" * 33_000, b"odd"])
def test_a_wrong_frame_closes(door: Any, frame: bytes) -> None:
    with opened(door) as socket:
        socket.send(START)
        received(socket, "ready")
        socket.send(frame)
        closed_with(socket, "audio_frame")


def test_sound_faster_than_speech_closes(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(pace_burst_s=0.5, pace_factor=0.0))
    with opened(door) as socket:
        socket.send(START)
        received(socket, "ready")
        speak(socket, 6)
        closed_with(socket, "audio_too_fast")


def test_a_silent_client_is_told_and_then_closed(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(frame_idle_s=0.05, socket_idle_s=0.05))
    with opened(door) as socket:
        socket.send(START)
        assert received(socket, "error")["code"] == "voice_idle"
        closed_with(socket, "voice_idle")


def test_another_sites_page_is_refused(door: Any) -> None:
    with opened(door, origin="https://evil.example") as socket:
        closed_with(socket, "origin_refused")
    with opened(door, origin=door.url) as socket:
        socket.send(START)
        received(socket, "ready")


def test_a_forged_session_is_refused(door: Any) -> None:
    with connect(f"{door.voice_url}?session=a.b", proxy=None) as socket:
        closed_with(socket, "session_unknown")


def test_open_sockets_are_bounded_and_freed(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(sockets=1))
    with opened(door) as first:
        first.send(START)
        received(first, "ready")
        with opened(door) as second:
            closed_with(second, "too_many")
    while "wenban_voice_sockets 0.0" not in door.http.get("/metrics").text:
        pass
    with opened(door) as third:
        third.send(START)
        received(third, "ready")


def test_a_client_that_leaves_in_the_middle_frees_its_place(open_door: Callable[..., Any]) -> None:
    door = open_door(Limits(sockets=1))
    with opened(door) as socket:
        socket.send(START)
        received(socket, "ready")
        speak(socket, 2)
    while "wenban_voice_sockets 0.0" not in door.http.get("/metrics").text:
        pass
    assert door.dialogue.requests == []


def test_what_the_last_reply_asked_for_is_listened_for(door: Any) -> None:
    session = door.session()
    for text in ("我要迁户口", "市外", "对", "王小明"):
        door.say(session, text)
    with connect(f"{door.voice_url}?session={session}", proxy=None, open_timeout=20) as socket:
        socket.send(START)
        speak(socket)
        socket.send(STOP)
        received(socket, "reply")
    assert door.pool.expected == [Expectation("phone")]
    assert door.dialogue.requests[-1]["metadata"]["narrowed"] == ["一三八零零零零幺二三四"]
