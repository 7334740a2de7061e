from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.speech.conditions import (
    CONDITIONS,
    apply,
    check,
    reverberated,
    room_response,
    speech_power,
    telephone,
    with_babble,
)
from speech.limits import SAMPLE_RATE
from wenban.errors import SetupError

Samples = NDArray[np.int16]


def band(samples: Samples, low: float, high: float) -> float:
    """Power between two frequencies."""
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return float(spectrum[(frequency >= low) & (frequency < high)].sum())


def test_every_condition_keeps_what_is_said_about_as_long_and_loud(
    short_pcm: Samples, other_pcm: Samples
) -> None:
    for name in CONDITIONS:
        changed = apply(name, "key", short_pcm, [other_pcm])
        assert changed.dtype == np.int16
        assert abs(len(changed) - len(short_pcm)) < SAMPLE_RATE // 10, name
        assert 0.3 < speech_power(changed.astype(float)) / speech_power(short_pcm.astype(float)) < 3, name
        assert (name == "clean") == np.array_equal(changed, short_pcm)


@pytest.mark.parametrize("decibels", [5.0, 20.0])
def test_babble_is_as_much_softer_as_asked(short_pcm: Samples, other_pcm: Samples, decibels: float) -> None:
    clean = short_pcm.astype(np.float64)
    noise = with_babble(np.random.default_rng(1), clean, [other_pcm], decibels) - clean
    measured = 10 * np.log10(speech_power(clean) / np.mean(noise**2))
    assert measured == pytest.approx(decibels, abs=0.1)


def test_equal_keys_get_equal_babble_and_others_do_not(short_pcm: Samples, other_pcm: Samples) -> None:
    first, again, other = (apply("babble10", key, short_pcm, [other_pcm]) for key in ("a", "a", "b"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_nobody_babbles_alone(short_pcm: Samples) -> None:
    with pytest.raises(SetupError, match="limit"):
        apply("babble10", "a", short_pcm, [])


def test_a_pause_does_not_make_speech_softer(short_pcm: Samples) -> None:
    quiet = np.zeros(3 * SAMPLE_RATE)
    speech = short_pcm[: len(short_pcm) // 320 * 320].astype(np.float64)
    assert speech_power(np.concatenate([speech, quiet])) == pytest.approx(speech_power(speech))


def test_the_hall_decays_by_sixty_decibels_in_about_six_tenths_of_a_second() -> None:
    response = room_response()
    assert response[0] == 1.0
    left = np.cumsum((response**2)[::-1])[::-1]
    decibels = 10 * np.log10(left / left[0])
    seconds = 3 * (np.argmax(decibels < -25) - np.argmax(decibels < -5)) / SAMPLE_RATE
    assert 0.4 < seconds < 0.8


def test_sound_goes_on_in_the_hall() -> None:
    click = np.zeros(SAMPLE_RATE)
    click[100] = 10_000.0
    assert np.abs(reverberated(click)[2_000:4_000]).max() > 50


def test_a_telephone_carries_nothing_high() -> None:
    source = np.random.default_rng(3)
    hiss = (source.standard_normal(SAMPLE_RATE) * 3_000).astype(np.int16)
    heard = telephone(hiss)
    assert band(hiss, 5_000, 8_000) > 0.3 * band(hiss, 0, 8_000)
    assert band(heard, 5_000, 8_000) < 0.02 * band(heard, 0, 8_000)


def test_names_are_checked() -> None:
    assert check("babble15") == "babble15"
    with pytest.raises(ValueError, match="babble20"):
        check("bable10")
