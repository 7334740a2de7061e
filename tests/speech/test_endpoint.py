from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.endpoint import Endpointer, EndpointRules, State
from speech.vad import FRAME_S, FrameKind

VOWEL = FrameKind(active=True, voiced=True, level_db=-20.0)
SOFT_VOWEL = FrameKind(active=True, voiced=True, level_db=-26.0)
HISS = FrameKind(active=True, voiced=False, level_db=-30.0)
QUIET = FrameKind(active=False, voiced=False, level_db=-70.0)

SPEECH = [VOWEL, SOFT_VOWEL] * 15
RULES = EndpointRules(patience_s=0.8, no_speech_s=3.0, cap_s=10.0)

ANY_FRAMES = st.lists(st.sampled_from([VOWEL, SOFT_VOWEL, HISS, QUIET]), max_size=400)


def seconds(amount: float) -> int:
    """Frames of that many seconds, rounded up as the endpointer does."""
    return math.ceil(round(amount / FRAME_S, 6))


def frames_until_end(endpointer: Endpointer, frame: FrameKind, limit: int = 10_000) -> int:
    for count in range(1, limit):
        if endpointer.accept([frame]) is State.ENDED:
            return count
    raise AssertionError("never ended")


def test_speech_then_quiet_ends_after_the_patience() -> None:
    endpointer = Endpointer(RULES)
    assert endpointer.accept(SPEECH) is State.SPEAKING
    assert frames_until_end(endpointer, QUIET) == seconds(RULES.patience_s)


@given(st.floats(0.1, 4.0))
def test_patience_is_what_is_asked_for(patience: float) -> None:
    endpointer = Endpointer(EndpointRules(patience_s=patience))
    endpointer.accept(SPEECH)
    assert abs(frames_until_end(endpointer, QUIET) - seconds(patience)) <= 1


def test_a_pause_shorter_than_the_patience_does_not_end() -> None:
    endpointer = Endpointer(RULES)
    endpointer.accept(SPEECH)
    assert endpointer.accept([QUIET] * (seconds(RULES.patience_s) - 1)) is State.SPEAKING
    assert endpointer.accept(SPEECH) is State.SPEAKING
    assert frames_until_end(endpointer, QUIET) == seconds(RULES.patience_s)


@pytest.mark.parametrize("background", [QUIET, HISS])
def test_nobody_speaking_ends_soon(background: FrameKind) -> None:
    endpointer = Endpointer(RULES)
    assert frames_until_end(endpointer, background) == seconds(RULES.no_speech_s)
    assert not endpointer.speech_began


def test_hiss_after_speech_is_not_speech() -> None:
    endpointer = Endpointer(RULES)
    endpointer.accept(SPEECH)
    assert frames_until_end(endpointer, HISS) <= seconds(RULES.patience_s + 0.3)


def test_endless_speech_is_capped() -> None:
    endpointer = Endpointer(RULES)
    count = frames_until_end(endpointer, VOWEL)
    assert seconds(RULES.cap_s) <= count <= seconds(RULES.cap_s) + 12


def test_without_rules_nothing_ends() -> None:
    endpointer = Endpointer(None)
    endpointer.accept(SPEECH)
    assert endpointer.accept([QUIET] * 5000) is State.SPEAKING


def test_a_single_click_is_not_the_beginning() -> None:
    endpointer = Endpointer(RULES)
    assert endpointer.accept([VOWEL, *[QUIET] * 20, VOWEL, VOWEL, *[QUIET] * 20]) is State.WAITING


def test_one_loudness_is_a_machine() -> None:
    tone, voice = Endpointer(None), Endpointer(None)
    tone.accept([VOWEL] * 100)
    voice.accept(SPEECH)
    assert tone.steady
    assert not voice.steady


@given(ANY_FRAMES, st.integers(1, 50))
def test_how_frames_are_grouped_changes_nothing(frames: list[FrameKind], size: int) -> None:
    at_once, in_pieces = Endpointer(RULES), Endpointer(RULES)
    at_once.accept(frames)
    for start in range(0, len(frames), size):
        in_pieces.accept(frames[start : start + size])
    assert at_once.state is in_pieces.state
    assert at_once.steady == in_pieces.steady


@given(ANY_FRAMES, ANY_FRAMES)
def test_the_end_is_final(before: list[FrameKind], after: list[FrameKind]) -> None:
    endpointer = Endpointer(RULES)
    if endpointer.accept(before) is State.ENDED:
        assert endpointer.accept(after) is State.ENDED


def test_rules_must_make_sense() -> None:
    with pytest.raises(ValueError, match="positive"):
        EndpointRules(patience_s=0.0)
