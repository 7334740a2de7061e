from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from speech.endpoint import Endpointer, EndpointRules, State
from speech.limits import SAMPLE_RATE
from speech.vad import FRAME_SAMPLES, SpeechDetector

Samples = NDArray[np.int16]


def listen(samples: Samples, rules: EndpointRules | None = None) -> Endpointer:
    endpointer = Endpointer(rules)
    endpointer.accept(SpeechDetector().accept(samples))
    return endpointer


def noise(seconds: float, level: float) -> Samples:
    generator = np.random.default_rng(7)
    return (generator.normal(size=int(seconds * SAMPLE_RATE)) * level).astype(np.int16)


def mixed(speech: Samples, level: float) -> Samples:
    both = speech.astype(np.int32) + noise(len(speech) / SAMPLE_RATE + 1, level)[: len(speech)]
    loud: Samples = np.clip(both, -32768, 32767).astype(np.int16)
    return loud


def test_a_voice_is_heard(speech_pcm: Samples) -> None:
    endpointer = listen(speech_pcm)
    assert endpointer.speech_began
    assert not endpointer.steady


def test_a_short_command_is_heard(short_pcm: Samples) -> None:
    assert listen(short_pcm).speech_began


def test_a_voice_is_heard_through_noise(speech_pcm: Samples) -> None:
    level = float(np.sqrt(np.mean(speech_pcm.astype(np.float64) ** 2))) / 10 ** (5 / 20)
    assert listen(mixed(speech_pcm, level)).speech_began


def test_the_end_of_speech_is_found_in_noise(speech_pcm: Samples) -> None:
    padded = np.concatenate((speech_pcm, np.zeros(2 * SAMPLE_RATE, np.int16)))
    assert listen(mixed(padded, 300.0), EndpointRules()).state is State.ENDED


@pytest.mark.parametrize("level", [0.0, 3.0, 300.0, 6000.0])
def test_silence_and_hiss_are_not_a_voice(level: float) -> None:
    endpointer = listen(noise(6.0, level), EndpointRules(no_speech_s=5.0))
    assert endpointer.state is State.ENDED
    assert not endpointer.speech_began


def test_rumble_is_not_a_voice() -> None:
    rumble = np.cumsum(noise(6.0, 1000.0).astype(np.float64))
    rumble -= np.convolve(rumble, np.ones(1600) / 1600, "same")
    samples = (rumble / np.abs(rumble).max() * 20000).astype(np.int16)
    assert not listen(samples).speech_began


@pytest.mark.parametrize("hertz", [50, 100, 200, 440, 1000])
def test_a_tone_is_not_a_voice(hertz: int) -> None:
    times = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    endpointer = listen((8000 * np.sin(2 * np.pi * hertz * times)).astype(np.int16), EndpointRules())
    assert endpointer.state is State.ENDED
    assert not endpointer.speech_began or endpointer.steady


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=40))
def test_how_samples_are_cut_changes_nothing(sizes: list[int]) -> None:
    samples = noise(1.0, 2000.0)
    whole = SpeechDetector().accept(samples)
    detector, start, kinds = SpeechDetector(), 0, []
    for size in [*sizes, len(samples)]:
        kinds += detector.accept(samples[start : start + size])
        start = min(start + size, len(samples))
    assert len(kinds) == len(samples) // FRAME_SAMPLES
    assert [kind.active for kind in kinds] == [kind.active for kind in whole]
    assert [kind.voiced for kind in kinds] == [kind.voiced for kind in whole]
