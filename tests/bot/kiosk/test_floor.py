from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.kiosk.floor import Floor, Holder, Hush, Step
from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_RATE
from speech.microphone.barge_in import BargeInRules
from speech.microphone.listener import Began, Ended, More
from speech.microphone.source import BLOCK_SAMPLES

Samples = NDArray[np.int16]


def floor(*, listening: bool = True, barge_in: bool = True) -> Floor:
    rules = BargeInRules() if barge_in else None
    return Floor(listening=listening, rules=EndpointRules(patience_s=0.8), barge_in=rules)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def hear(one: Floor, samples: Samples) -> list[Step]:
    return [
        step
        for at in range(0, len(samples), BLOCK_SAMPLES)
        for step in one.hear(samples[at : at + BLOCK_SAMPLES])
    ]


def kinds(steps: list[Step]) -> list[type[Step]]:
    """The kinds in order, sound that follows sound counted once."""
    found: list[type[Step]] = []
    for step in steps:
        if not (isinstance(step, More) and found[-1:] == [More]):
            found.append(type(step))
    return found


def holder(one: Floor) -> Holder:
    """As a call: what it was before is not what it is."""
    return one.holder


def test_a_turn_while_listening(spoken: Samples) -> None:
    one = floor()
    steps = hear(one, np.concatenate((quiet(1.0), spoken, quiet(2.0))))
    assert kinds(steps) == [Began, More, Ended]
    assert holder(one) is Holder.THINKING
    assert hear(one, spoken) == [], "who is thinking does not listen"
    one.speaks()
    assert holder(one) is Holder.MACHINE
    one.rests()
    assert holder(one) is Holder.NOBODY


def test_a_turn_by_key(spoken: Samples) -> None:
    one = floor(listening=False)
    assert hear(one, np.concatenate((spoken, quiet(3.0)))) == []
    assert kinds(one.press()) == [Began]
    assert kinds(hear(one, np.concatenate((spoken, quiet(5.0), spoken)))) == [More]
    assert kinds(one.press()) == [Ended]
    assert one.press() == []
    assert holder(one) is Holder.THINKING


def test_a_voice_interrupts_the_reply(spoken: Samples) -> None:
    one = floor()
    one.speaks()
    steps = hear(one, np.concatenate((quiet(1.0), spoken, quiet(2.0))))
    assert kinds(steps) == [Hush, Began, More, Ended]
    heard = b"".join(step.pcm for step in steps if isinstance(step, Began | More))
    loud = np.flatnonzero(np.abs(spoken) > 3000)
    assert spoken[loud[0] : loud[-1]].astype("<i2").tobytes() in heard


def test_the_replys_echo_does_not(sentence: Samples) -> None:
    one = floor()
    one.speaks()
    assert hear(one, (sentence // 5).astype(np.int16)) == []
    assert holder(one) is Holder.MACHINE


def test_barge_in_can_be_off_but_the_key_still_works(spoken: Samples) -> None:
    one = floor(barge_in=False)
    one.speaks()
    assert hear(one, np.concatenate((quiet(1.0), spoken))) == []
    assert kinds(one.press()) == [Hush, Began]
    assert holder(one) is Holder.CITIZEN


def test_the_tail_of_a_reply_is_not_a_citizen(spoken: Samples) -> None:
    one = floor()
    one.speaks()
    one.rests()
    assert hear(one, spoken[: int(0.3 * SAMPLE_RATE)]) == []


def test_a_lost_microphone_ends_the_utterance(spoken: Samples) -> None:
    one = floor()
    assert one.lost() == []
    hear(one, np.concatenate((quiet(1.0), spoken)))
    assert kinds(one.lost()) == [Ended]
    assert holder(one) is Holder.THINKING


EVENTS = st.lists(st.sampled_from(["quiet", "voice", "press", "speaks", "rests", "lost"]), max_size=30)


@settings(max_examples=50, deadline=None)
@given(EVENTS, st.booleans())
def test_utterances_are_never_interleaved(spoken: Any, events: list[str], listening: bool) -> None:
    one = floor(listening=listening)
    open_now = False
    for event in events:
        steps: list[Step] = []
        match event:
            case "quiet":
                steps = hear(one, quiet(1.2))
            case "voice":
                steps = hear(one, spoken)
            case "press":
                steps = one.press()
            case "lost":
                steps = one.lost()
            case "speaks" if one.holder is Holder.THINKING:
                one.speaks()
            case "rests" if one.holder in (Holder.THINKING, Holder.MACHINE):
                one.rests()
        for step in steps:
            match step:
                case Began():
                    assert not open_now
                    open_now = True
                case More():
                    assert open_now
                case Ended():
                    assert open_now
                    open_now = False
        assert open_now == (one.holder is Holder.CITIZEN)
