from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_RATE
from speech.microphone.listener import Began, Ended, Event, Listener, More
from speech.microphone.source import BLOCK_SAMPLES, Samples

RULES = EndpointRules(patience_s=0.8)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def blocks(samples: Samples, size: int = BLOCK_SAMPLES) -> Iterable[Samples]:
    return (samples[at : at + size] for at in range(0, len(samples), size))


def heard(listener: Listener, samples: Samples, size: int = BLOCK_SAMPLES) -> list[Event]:
    return [event for block in blocks(samples, size) for event in listener.accept(block)]


def utterances(events: Iterable[Event]) -> list[bytes]:
    """The sound of each finished utterance; the order of the events is checked on the way."""
    done: list[bytes] = []
    taken: bytearray | None = None
    for event in events:
        match event:
            case Began(pcm):
                assert taken is None
                taken = bytearray(pcm)
            case More(pcm):
                assert taken is not None
                taken += pcm
            case Ended():
                assert taken is not None
                done.append(bytes(taken))
                taken = None
    return done


def test_two_sentences_are_two_utterances_and_whole(speech_pcm: Samples, short_pcm: Samples) -> None:
    stream = np.concatenate((quiet(1.0), speech_pcm, quiet(2.0), short_pcm, quiet(2.0)))
    found = utterances(heard(Listener(RULES), stream))
    assert len(found) == 2
    loud = np.flatnonzero(np.abs(speech_pcm) > 2000)
    middle = speech_pcm[loud[0] : loud[-1]].astype("<i2").tobytes()
    assert middle in found[0], "nothing of the sentence is cut off"


@pytest.mark.parametrize(("patience", "count"), [(0.5, 2), (1.8, 1)])
def test_patience_decides_what_a_pause_is(
    speech_pcm: Samples, short_pcm: Samples, patience: float, count: int
) -> None:
    stream = np.concatenate((quiet(1.0), short_pcm, quiet(1.0), short_pcm, quiet(3.0)))
    assert len(utterances(heard(Listener(EndpointRules(patience_s=patience)), stream))) == count


def test_silence_and_noise_are_nobody() -> None:
    noise = (np.random.default_rng(5).normal(size=20 * SAMPLE_RATE) * 300).astype(np.int16)
    assert heard(Listener(RULES), np.concatenate((quiet(20.0), noise))) == []


def test_started_by_hand_it_lasts_until_stopped(short_pcm: Samples) -> None:
    listener = Listener(RULES)
    listener.keep(short_pcm[-3200:])
    began = listener.start(held=True)
    assert began.pcm == short_pcm[-3200:].astype("<i2").tobytes()
    assert all(isinstance(event, More) for event in heard(listener, quiet(20.0)))
    assert listener.stop() == [Ended()]
    assert listener.stop() == []


def test_an_interruption_that_was_none_ends_soon() -> None:
    listener = Listener(RULES)
    listener.start(held=False)
    events = heard(listener, quiet(5.0))
    assert sum(isinstance(event, Ended) for event in events) == 1


def test_an_interruption_over_before_it_was_noticed_ends_after_the_patience(short_pcm: Samples) -> None:
    listener = Listener(RULES)
    listener.keep(short_pcm[-int(0.7 * SAMPLE_RATE) :])
    listener.start(held=False)
    events = heard(listener, quiet(1.2))
    assert sum(isinstance(event, Ended) for event in events) == 1


def test_no_utterance_is_longer_than_allowed() -> None:
    listener = Listener(RULES, most_s=1.0)
    events: list[Event] = [listener.start(held=True), *heard(listener, quiet(2.0))]
    assert Ended(full=True) in events
    [sound] = utterances(events)
    assert len(sound) <= (SAMPLE_RATE + BLOCK_SAMPLES) * 2


def test_what_was_forgotten_begins_nothing(speech_pcm: Samples) -> None:
    listener = Listener(RULES)
    listener.keep(speech_pcm)
    listener.forget()
    assert listener.start(held=True).pcm == b""


@settings(max_examples=20, deadline=None)
@given(st.integers(100, 4000))
def test_the_size_of_blocks_changes_little(speech_pcm: Samples, size: int) -> None:
    stream = np.concatenate((quiet(1.0), speech_pcm, quiet(2.0)))
    [whole] = utterances(heard(Listener(RULES), stream))
    [sound] = utterances(heard(Listener(RULES), stream, size))
    assert abs(len(sound) - len(whole)) <= 2 * 2 * (4000 + BLOCK_SAMPLES)
