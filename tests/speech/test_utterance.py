"""What reaches the decoder, seen through one that only writes down what it is given."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speech import frames
from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_RATE
from speech.utterance import Utterance
from speech.worker import serve

Samples = NDArray[np.int16]


class Listening:
    """Stands in for vosk.KaldiRecognizer: remembers the audio and answers with its length."""

    def __init__(self) -> None:
        self.audio = b""
        self.alternatives = 0

    def SetMaxAlternatives(self, max_alternatives: int) -> None:  # noqa: N802
        self.alternatives = max_alternatives

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        self.audio += data
        return 1  # Vosk found an end of its own: not to be heeded

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": f"听 到 {len(self.audio)}"})

    def FinalResult(self) -> str:  # noqa: N802
        return json.dumps({"alternatives": [{"text": "听 到", "confidence": 120.5}]})

    def Reset(self) -> None:  # noqa: N802
        self.audio = b""


def silence(seconds: float) -> bytes:
    return bytes(int(seconds * SAMPLE_RATE) * 2)


def in_pieces(data: bytes, size: int = 3200) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def audible(pcm: Samples) -> bytes:
    """From the first to the last sample that is not soft."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 500)
    return pcm[loud[0] : loud[-1] + 1].tobytes()


@pytest.mark.parametrize("size", [640, 3200, 32_000, 10_000_000])
def test_silence_around_speech_never_reaches_the_decoder(short_pcm: Samples, size: int) -> None:
    decoder = Listening()
    utterance = Utterance(decoder, None, 3)
    for piece in in_pieces(silence(3.0) + short_pcm.tobytes() + silence(3.0), size):
        utterance.feed(piece)
    assert audible(short_pcm) in decoder.audio
    assert len(decoder.audio) <= len(audible(short_pcm)) + len(silence(0.6))


def test_a_pause_inside_is_decoded_once_speech_goes_on(short_pcm: Samples) -> None:
    decoder = Listening()
    utterance = Utterance(decoder, None, 3)
    whole = short_pcm.tobytes() + silence(2.0) + short_pcm.tobytes()
    for piece in in_pieces(whole):
        utterance.feed(piece)
    assert decoder.audio in whole
    assert len(decoder.audio) >= len(whole) - len(silence(1.0))


def test_nothing_after_the_end_of_speech_reaches_the_decoder(short_pcm: Samples) -> None:
    decoder = Listening()
    utterance = Utterance(decoder, EndpointRules(patience_s=0.5), 3)
    ended_at = None
    for number, piece in enumerate(in_pieces(short_pcm.tobytes() + silence(2.0) + short_pcm.tobytes())):
        heard = utterance.feed(piece)
        if heard.ended and ended_at is None:
            ended_at = (number, len(decoder.audio))
    assert ended_at is not None
    assert len(decoder.audio) == ended_at[1]
    assert [found.text for found in utterance.finish()] == ["听到"]


def test_silence_is_nothing_heard_and_costs_the_decoder_nothing() -> None:
    decoder = Listening()
    utterance = Utterance(decoder, EndpointRules(no_speech_s=1.0), 3)
    heard = utterance.feed(silence(2.0))
    assert heard.ended
    assert not heard.speech
    assert utterance.finish() == []
    assert decoder.audio == b""


def test_a_tone_is_nothing_heard() -> None:
    times = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    utterance = Utterance(Listening(), None, 3)
    utterance.feed((8000 * np.sin(2 * np.pi * 200 * times)).astype(np.int16).tobytes())
    assert utterance.finish() == []


@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, 40_000))
def test_how_audio_is_cut_changes_little_of_what_is_decoded(size: int) -> None:
    generator = np.random.default_rng(1)
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    voice = 6000 * np.sign(np.sin(2 * np.pi * 150 * times)) * (0.3 + np.abs(np.sin(2 * np.pi * 4 * times)))
    audio = np.concatenate((generator.normal(size=SAMPLE_RATE) * 20, voice)).astype(np.int16).tobytes()
    decoder = Listening()
    utterance = Utterance(decoder, None, 1)
    for piece in in_pieces(audio, size * 2):
        utterance.feed(piece)
    assert decoder.audio in audio
    assert len(decoder.audio) >= len(audio) // 2 - 6400


def request(number: int, kind: bytes, payload: bytes = b"") -> bytes:
    return frames.pack(kind, number, payload)


def test_a_worker_answers_request_after_request(short_pcm: Samples) -> None:
    narrow = Listening()
    begin = json.dumps(
        {
            "max_alternatives": 2,
            "rules": {"patience_s": 1, "no_speech_s": 5, "cap_s": 9},
            "expect": ["phone", []],
        }
    ).encode()
    sent = (
        request(1, frames.BEGIN, begin)
        + request(2, frames.AUDIO, b"\1" + short_pcm.tobytes())
        + request(3, frames.FINISH)
        + request(4, frames.BEGIN, b'{"max_alternatives": 2, "rules": null}')
        + request(5, frames.FINISH)
    )
    replies = io.BytesIO()
    serve(
        io.BytesIO(sent), replies, Listening(), lambda expected: narrow if expected.kind == "phone" else None
    )
    replies.seek(0)
    answers = []
    while (frame := frames.read(replies)) is not None:
        assert frame.kind == frames.DONE
        answers.append((frame.request, json.loads(frame.payload)))
    assert [number for number, _ in answers] == [1, 2, 3, 4, 5]
    assert answers[1][1]["partial"].startswith("听到")
    assert answers[1][1]["speech"] is True
    assert answers[2][1]["alternatives"] == [["听到", 1.0]]
    assert answers[2][1]["narrowed"] == [], "what was heard has not the form of a phone number"
    assert len(narrow.audio) > len(short_pcm), "both hear the same audio"
    assert answers[4][1]["alternatives"] == [] and answers[4][1]["narrowed"] == []


@pytest.mark.parametrize("kind", [frames.AUDIO, frames.FINISH])
def test_audio_before_a_beginning_is_a_broken_pool(kind: bytes) -> None:
    with pytest.raises(frames.BrokenFrame):
        serve(io.BytesIO(request(1, kind, b"\0")), io.BytesIO(), Listening(), lambda _: None)


def test_what_the_narrow_decoder_heard_stands_beside_the_rest(short_pcm: Samples) -> None:
    utterance = Utterance(Listening(), None, 3, Listening())
    utterance.feed(short_pcm.tobytes())
    assert [found.text for found in utterance.finish()] == ["听到"]
    assert utterance.narrowed() == ["听 到"]
    quiet = Utterance(Listening(), None, 3, Listening())
    quiet.feed(silence(1.0))
    assert quiet.narrowed() == []
