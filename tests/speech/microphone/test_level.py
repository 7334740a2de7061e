from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.microphone.level import SILENCE_DB, Meter, level_db
from speech.microphone.source import BLOCK_SAMPLES, Samples


def tone(peak: int) -> Samples:
    return (np.sin(np.arange(BLOCK_SAMPLES) / 5) * peak).astype(np.int16)


def test_a_full_sine_is_three_below_full_scale() -> None:
    assert level_db(tone(32767)) == pytest.approx(-3.0, abs=0.1)


def test_a_tenth_is_twenty_less() -> None:
    assert level_db(tone(30000)) - level_db(tone(3000)) == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize("samples", [np.zeros(0, np.int16), np.full(960, 1200, np.int16)])
def test_nothing_and_an_offset_are_silence(samples: Samples) -> None:
    assert level_db(samples) == SILENCE_DB


def test_the_needle_rises_at_once_and_falls_slowly() -> None:
    meter = Meter(fall_db=2.0)
    meter.accept(tone(20000))
    high = meter.level
    assert high == level_db(tone(20000))
    meter.accept(tone(0))
    assert meter.level == high - 2.0
    assert meter.peak == high


def test_the_mark_follows_after_a_while() -> None:
    meter = Meter(fall_db=2.0, hold_blocks=3)
    meter.accept(tone(20000))
    for _ in range(4):
        meter.accept(tone(0))
    assert meter.peak == meter.level


@given(st.lists(st.integers(0, 32767), max_size=60))
def test_the_mark_is_never_under_the_needle(peaks: list[int]) -> None:
    meter = Meter()
    for peak in peaks:
        meter.accept(tone(peak))
        assert SILENCE_DB <= meter.level <= meter.peak <= 0.0
