from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.speech import pace
from bench.speech.pace import Delays, loud_span
from bench.speech.recognise import memory_mb, pool_of, recognise
from speech.limits import SAMPLE_RATE
from speech.models import BUNDLED_MODEL


def test_the_loud_part_is_found() -> None:
    pcm = np.zeros(2 * SAMPLE_RATE, np.int16)
    pcm[SAMPLE_RATE // 2 : SAMPLE_RATE] = 5_000
    assert loud_span(pcm) == (0.5, (SAMPLE_RATE - 1) / SAMPLE_RATE)
    assert loud_span(np.zeros(100, np.int16)) == (0.0, 0.0)


def test_what_was_not_heard_has_no_delay() -> None:
    figures = Delays(partial=[100.0, 300.0]).figures()
    assert figures["first_partial_p50_ms"] == 200.0
    assert figures["released_p50_ms"] is figures["free_p95_ms"] is None


async def test_audio_arrives_as_it_is_spoken_and_silence_is_never_heard(
    short_pcm: NDArray[np.int16], monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = np.zeros(SAMPLE_RATE // 2, np.int16)
    moments: list[float] = []

    async def until(moment: float) -> None:
        moments.append(moment)

    monkeypatch.setattr(pace, "_until", until)
    async with pool_of(BUNDLED_MODEL, 1) as pool:
        whole = await recognise(pool, [short_pcm, quiet])
        assert memory_mb(pool)[0] > 20
        measured = await pace.delays(pool, [quiet])
    # First the half second alone, then with three seconds of quiet behind it, a tenth of a second at a time.
    steps = np.diff(moments)
    assert len(moments) == 5 + 35
    assert np.allclose(np.delete(steps, 4), 0.1)
    assert whole.heard[1].text == ""
    assert whole.cpu_s > 0
    assert whole.audio_s == (len(short_pcm) + len(quiet)) / SAMPLE_RATE
    assert not measured.partial
    assert not measured.released
    assert not measured.free
