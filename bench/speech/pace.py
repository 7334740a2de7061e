"""Delays at real-time pacing: audio arrives as fast as it is spoken, and no faster.

Two ways to end an utterance are timed. Released: the button goes up with the last audio, as in
press-and-hold. Free: the recognizer must find the end of speech by itself, so its patience is part of the
delay; it counts from the last loud sample.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_RATE
from speech.pool import RecognizerPool

Samples = NDArray[np.int16]
CHUNK = SAMPLE_RATE // 10
_QUIET_AFTER_S = 3.0
_LOUD = 0.03  # of the largest sample: softer than that at the end is the voice's decay or the room


@dataclass
class Delays:
    """Milliseconds, one entry an utterance (a missing one was not heard).

    Attributes:
        partial: from the first loud sample to the first text shown.
        released: from the last sample to the n-best list.
        free: from the last loud sample to the n-best list, the recognizer ending the utterance by itself.
        patience_ms: how much quiet the free way waits for; it is part of `free`.
    """

    partial: list[float] = field(default_factory=list)
    released: list[float] = field(default_factory=list)
    free: list[float] = field(default_factory=list)
    patience_ms: float = EndpointRules().patience_s * 1000

    def figures(self) -> dict[str, float | None]:
        """Medians and 95th percentiles."""
        found: dict[str, float | None] = {"patience_ms": self.patience_ms}
        named = (("first_partial", self.partial), ("released", self.released), ("free", self.free))
        for name, values in named:
            for percent in (50, 95):
                figure = round(float(np.percentile(values, percent)), 1) if values else None
                found[f"{name}_p{percent}_ms"] = figure
        return found


def loud_span(pcm: Samples) -> tuple[float, float]:
    """First and last loud moment, in seconds."""
    loud = np.flatnonzero(
        np.abs(pcm.astype(np.int32)) > _LOUD * max(1, int(np.abs(pcm.astype(np.int32)).max()))
    )
    if not len(loud):
        return 0.0, 0.0
    return float(loud[0]) / SAMPLE_RATE, float(loud[-1]) / SAMPLE_RATE


async def delays(
    pool: RecognizerPool, audio: Sequence[Samples], progress: Callable[[int], None] = lambda _: None
) -> Delays:
    """Each utterance twice in real time, one after another."""
    measured = Delays()
    for pcm in audio:
        await _released(pool, pcm, measured)
        await _free(pool, pcm, measured)
        progress(1)
    return measured


async def _released(pool: RecognizerPool, pcm: Samples, measured: Delays) -> None:
    loop = asyncio.get_running_loop()
    began, shown = loop.time(), None
    async with pool.session(rules=None) as session:
        for start in range(0, len(pcm), CHUNK):
            chunk = pcm[start : start + CHUNK]
            await _until(began + (start + len(chunk)) / SAMPLE_RATE)
            progress = await session.feed(chunk.tobytes())
            if shown is None and progress.partial:
                shown = loop.time()
        heard = await session.finish(started=began + len(pcm) / SAMPLE_RATE)
    if shown is not None:
        measured.partial.append((shown - began - loud_span(pcm)[0]) * 1000)
    if heard.text:
        measured.released.append(heard.ms)


async def _free(pool: RecognizerPool, pcm: Samples, measured: Delays) -> None:
    loop = asyncio.get_running_loop()
    quiet = np.zeros(int(_QUIET_AFTER_S * SAMPLE_RATE), np.int16)
    stream = np.concatenate([pcm, quiet])
    began = loop.time()
    async with pool.session() as session:
        for start in range(0, len(stream), CHUNK):
            await _until(began + (start + CHUNK) / SAMPLE_RATE)
            if (await session.feed(stream[start : start + CHUNK].tobytes())).ended:
                break
        ended_early = session.audio_s < loud_span(pcm)[1]
        heard = await session.finish(started=began + loud_span(pcm)[1])
    # An end found in a pause of the sentence is no delay at all; the error rates count what it costs.
    if heard.text and not ended_early:
        measured.free.append(heard.ms)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
