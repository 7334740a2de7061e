"""Many utterances through the pool, as fast as it takes them: does a worker's memory stay flat?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.speech.recognise import MEGABYTE, pool_of
from speech.expectation import Expectation

Samples = NDArray[np.int16]
Row = dict[str, Any]
_SAMPLES = 200
_EXPECT = (None, Expectation("yes_no"))
_WARM = 0.25
"""The first part of the run, in which caches fill; the slope is of what follows."""
FLAT_SHARE = 0.02
"""Growth over the whole run by less than this share of a worker's memory counts as flat."""


async def soak(
    model_dir: Path,
    audio: Sequence[Samples],
    count: int,
    *,
    workers: int,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Row]:
    """`count` utterances, the clips in turn; a row a worker with its memory and its slope.

    Raises:
        ValueError: there is no clip.
    """
    if not audio:
        raise ValueError("no clips to soak with")
    todo = iter(range(count))
    every = max(1, count // _SAMPLES)
    done = 0
    async with pool_of(model_dir, workers) as pool:
        memory: dict[int, list[tuple[int, float]]] = {pid: [] for pid in pool.pids}

        async def one_after_another() -> None:
            nonlocal done
            for number in todo:
                # A second recognizer is made for each answer waited for: a leak there would show too.
                await pool.transcribe(audio[number % len(audio)], expect=_EXPECT[number % len(_EXPECT)])
                done += 1
                progress(1)
                if done % every == 0:
                    for pid, own in memory.items():
                        with suppress(psutil.NoSuchProcess):  # its row says that it died
                            own.append((done, psutil.Process(pid).memory_info().rss / MEGABYTE))

        await asyncio.gather(*(one_after_another() for _ in range(workers)))
        kept = set(pool.pids) == set(memory)
    return [row(number, own, kept) | {"model": model_dir.name} for number, own in enumerate(memory.values())]


def row(worker: int, memory: Sequence[tuple[int, float]], kept: bool = True) -> Row:
    """First and last memory and the slope after warming up, by least squares.

    Args:
        memory: (utterances done so far by all workers, MiB).
        kept: whether every worker lived through the run.
    """
    settled = [pair for pair in memory if pair[0] > memory[-1][0] * _WARM] if memory else []
    slope = 0.0
    if len(settled) > 1:
        done, taken = np.array(settled).T
        slope = float(np.polyfit(done, taken, 1)[0])
    last = memory[-1] if memory else (0, 0.0)
    return {
        "worker": worker,
        "utterances": last[0],
        "first_mb": round(memory[0][1], 1) if memory else None,
        "last_mb": round(last[1], 1) if memory else None,
        "peak_mb": round(max(taken for _, taken in memory), 1) if memory else None,
        "slope_mb_per_1000": round(slope * 1000, 3),
        "flat": len(settled) > 1 and slope * last[0] < FLAT_SHARE * last[1],
        "kept": kept,
    }


def markdown(rows: Sequence[Row], machine: str, seconds: float) -> str:
    """The section of docs/benchmarks.md."""
    shown = [
        "## Memory of the recognizers over many utterances",
        "",
        f"`wenban bench speech --soak N`: {machine}. Short utterances one after another through the worker "
        f"pool, every second one also heard as a yes or no alone, {seconds:.0f} s in all. The slope is by "
        "least squares after the first quarter; flat means that it adds less than "
        f"{FLAT_SHARE:.0%} over the whole run.",
        "",
        "| model | worker | utterances, all workers | first, MiB | last | peak | slope, MiB / 1,000 | flat |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    columns = ("model", "worker", "utterances", "first_mb", "last_mb", "peak_mb", "slope_mb_per_1000")
    for one in rows:
        verdict = ("yes" if one["flat"] else "no") if one["kept"] else "a worker died"
        shown.append(f"| {' | '.join(str(one[column]) for column in columns)} | {verdict} |")
    return "\n".join(shown)
