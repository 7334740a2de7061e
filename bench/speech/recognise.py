"""Clips through the product's own worker pool: transcripts, processor time, memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from speech.expectation import Expectation
from speech.limits import SAMPLE_RATE
from speech.pool import RecognizerPool
from speech.transcript import Transcript

Samples = NDArray[np.int16]
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Pass:
    """What a pool made of some clips: transcripts in order, and what they cost its workers."""

    heard: list[Transcript]
    audio_s: float
    cpu_s: float


@asynccontextmanager
async def pool_of(model_dir: Path, workers: int) -> AsyncIterator[RecognizerPool]:
    """A running pool, ended afterwards."""
    pool = RecognizerPool(model_dir, workers)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def recognise(
    pool: RecognizerPool,
    audio: Sequence[Samples],
    *,
    workers: int = 1,
    expect: Expectation | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Pass:
    """Whole clips, as many at a time as the pool has workers.

    Args:
        audio: 16 kHz mono, one utterance each.
        expect: what all of them answer; the transcripts' `narrowed` are filled then.
    """
    gate = asyncio.Semaphore(workers)
    before = cpu_s(pool)

    async def one(pcm: Samples) -> Transcript:
        async with gate:
            heard = await pool.transcribe(pcm, expect=expect)
        progress(1)
        return heard

    heard = await asyncio.gather(*(one(pcm) for pcm in audio))
    seconds = sum(len(pcm) for pcm in audio) / SAMPLE_RATE
    return Pass(list(heard), seconds, cpu_s(pool) - before)


def cpu_s(pool: RecognizerPool) -> float:
    """Processor seconds that the live workers have used so far."""
    times = [psutil.Process(pid).cpu_times() for pid in pool.pids]
    return sum(time.user + time.system for time in times)


def memory_mb(pool: RecognizerPool) -> list[float]:
    """Resident memory of each live worker, in MiB."""
    return [round(psutil.Process(pid).memory_info().rss / MEGABYTE, 1) for pid in pool.pids]
