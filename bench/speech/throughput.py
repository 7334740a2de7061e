"""Recognition measured: throughput beside bare Vosk, delay of the final text, character error rate.

Both sides recognize the same utterances with the same model, one process each, in alternating passes; the
figure is the ratio of each pair of passes, so that a machine that slows down slows both. The time of our side
contains everything a server pays: voice detection, the pipe to the worker, cleaning and ranking.
"""

from __future__ import annotations

import asyncio
import csv
import json
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
import psutil
from numpy.typing import NDArray

from bench.speech.scoring import pronounced
from speech.decode import AudioDecoder
from speech.limits import SAMPLE_RATE
from speech.pool import RecognizerPool
from speech.remote import child_environment

Samples = NDArray[np.int16]

_ALTERNATIVES = 8
_CHUNK_SAMPLES = SAMPLE_RATE // 10


class Pass(NamedTuple):
    """One pass over all utterances: wall and processor seconds."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class SpeechFigures:
    """What one run measured.

    Attributes:
        throughput, bare_throughput: seconds of audio recognized in a second, medians over passes.
        ratio: ours to bare Vosk's, median of the pairs of passes; 1.0 is equal.
        cpu_ratio: the same by processor time (worker and pool together), which other programs disturb less.
        character_error_rate: edits to characters of the reference, punctuation left out.
        sentences_right: share of utterances without any error.
        final_p50_ms, final_p95_ms: from the last audio of a streamed utterance to its n-best list.
    """

    model: str
    utterances: int
    audio_s: float
    passes: int
    throughput: float
    bare_throughput: float
    ratio: float
    cpu_ratio: float
    character_error_rate: float
    sentences_right: float
    final_p50_ms: float
    final_p95_ms: float


def read_list(path: Path) -> list[tuple[Path, str]]:
    """Audio files and what is said in them: a TSV with the columns `file` (relative to it) and `text`."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [(path.parent / row["file"], row["text"]) for row in csv.DictReader(stream, delimiter="\t")]


async def measure(model_dir: Path, pairs: list[tuple[Path, str]], *, passes: int) -> SpeechFigures:
    """Measures; takes about `passes` times the audio's length times twice the real-time factor."""
    async with AudioDecoder() as decoder:
        audio = [await decoder.decode(path.read_bytes()) for path, _ in pairs]
    seconds = sum(len(pcm) for pcm in audio) / SAMPLE_RATE
    pool = RecognizerPool(model_dir, 1)
    await pool.start()
    try:
        ours, bare = await _throughput(pool, model_dir, audio, passes)
        edits, characters, right = await _errors(pool, audio, [text for _, text in pairs])
        finals = [await _final_ms(pool, pcm) for pcm in audio for _ in range(3)]
    finally:
        await pool.close()
    pairs_of_passes = list(zip(ours, bare, strict=True))
    percentiles = statistics.quantiles(finals, n=20, method="inclusive")
    return SpeechFigures(
        model=model_dir.name,
        utterances=len(audio),
        audio_s=round(seconds, 1),
        passes=passes,
        throughput=round(seconds / statistics.median(one.wall_s for one in ours), 1),
        bare_throughput=round(seconds / statistics.median(one.wall_s for one in bare), 1),
        ratio=round(statistics.median(b.wall_s / o.wall_s for o, b in pairs_of_passes), 3),
        cpu_ratio=round(statistics.median(b.cpu_s / o.cpu_s for o, b in pairs_of_passes), 3),
        character_error_rate=round(edits / max(1, characters), 4),
        sentences_right=round(right / max(1, len(audio)), 3),
        final_p50_ms=round(percentiles[9], 1),
        final_p95_ms=round(percentiles[18], 1),
    )


async def _throughput(
    pool: RecognizerPool, model_dir: Path, audio: list[Samples], passes: int
) -> tuple[list[Pass], list[Pass]]:
    """Each pass, ours and bare Vosk's."""
    (worker,) = (psutil.Process(pid) for pid in pool.pids)
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "utterances.npz"
        np.savez(stored, *audio)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "bench.speech.bare_vosk"),
            *(str(model_dir), str(stored), str(_ALTERNATIVES)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=child_environment(),
        )
        assert process.stdin is not None and process.stdout is not None
        ours: list[Pass] = []
        bare: list[Pass] = []
        for number in range(passes + 1):  # the first warms caches up and is not counted
            process.stdin.write(b"go\n")
            await process.stdin.drain()
            alone = json.loads(await process.stdout.readline())
            started, cpu = perf_counter(), process_time() + _cpu_s(worker)
            for pcm in audio:
                await pool.transcribe(pcm, max_alternatives=_ALTERNATIVES)
            if number:
                ours.append(Pass(perf_counter() - started, process_time() + _cpu_s(worker) - cpu))
                bare.append(Pass(alone["seconds"], alone["cpu_seconds"]))
        process.stdin.close()
        await process.wait()
    return ours, bare


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def _errors(pool: RecognizerPool, audio: list[Samples], texts: list[str]) -> tuple[int, int, int]:
    """Edits, characters, and utterances without an edit."""
    from rapidfuzz.distance import Levenshtein

    edits = characters = right = 0
    for pcm, text in zip(audio, texts, strict=True):
        heard = pronounced((await pool.transcribe(pcm)).text)
        distance = Levenshtein.distance(pronounced(text), heard)
        edits += distance
        characters += len(pronounced(text))
        right += distance == 0
    return edits, characters, right


async def _final_ms(pool: RecognizerPool, pcm: Samples) -> float:
    """Feeds one utterance in pieces of 100 ms and times the end."""
    async with pool.session(rules=None) as session:
        for start in range(0, len(pcm), _CHUNK_SAMPLES):
            await session.feed(pcm[start : start + _CHUNK_SAMPLES].tobytes())
        return (await session.finish()).ms


def markdown(figures: SpeechFigures, machine: str) -> str:
    """The section of docs/benchmarks.md."""
    return f"""\
## Speech recognition
`wenban bench speech`: {figures.utterances} utterances, {figures.audio_s} s, model {figures.model},
{figures.passes} alternating passes. {machine}.

Both get the same whole recordings; the pool leaves out the quiet before and after speech, which pays for its
voice detection.

| | Wenban's worker pool | bare Vosk |
| --- | --- | --- |
| audio seconds a second, one process | {figures.throughput} | {figures.bare_throughput} |
| the same, ratio (median of the pairs) | {figures.ratio} | 1 |
| the same by processor time | {figures.cpu_ratio} | 1 |
| end of audio to final text, p50 / p95 | {figures.final_p50_ms} / {figures.final_p95_ms} ms | |
| character error rate | {figures.character_error_rate:.2%} | |
| sentences without an error | {figures.sentences_right:.0%} | |
"""
