"""Log power spectra of whole corpora on disk, and the fixed-length streams that training draws from them.

A stream is what a microphone would deliver: utterances of one speaker, one after another, at a random pace,
beginning at a beginning or in the middle of one. Nothing else is chosen here; `perturb` makes another voice
and another room of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.training.corpora import Store
from speech.training.dataset import CONTEXT, SUBSAMPLE, frame_labels
from speech.training.features import BINS, frame_count, power_spectra

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
FLOOR = -20.0
"""Log power below which nothing matters: half precision and the mel filters' own floor."""
STREAM = 480
"""Frames a stream that bear labels; CONTEXT more follow as the network's look ahead."""
_PACE = (0.8, 1.25)


def write(store: Store, corpus: str, path: Path) -> int:
    """Compute one corpus's spectra, (frames, BINS) float16; the number of frames."""
    items, audio = store.index(corpus), store.audio(corpus)
    total = sum(frame_count(item.length) for item in items)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.npy")
    values = np.lib.format.open_memmap(partial, "w+", np.float16, (max(total, 1), BINS))
    at = 0
    for item in items:
        power = power_spectra(audio[item.start : item.start + item.length].astype(np.float32) / 32768.0)
        values[at : at + len(power)] = np.log(np.maximum(power, np.exp(FLOOR)))
        at += len(power)
    values.flush()
    partial.replace(path)
    return total


@dataclass(frozen=True, slots=True)
class Corpus:
    """Spectra (frames, BINS), labels and segment numbers (frames,), and by speaker the (start, frames) of
    usable utterances."""

    spectra: npt.NDArray[np.float16]
    labels: npt.NDArray[np.int16]
    segments: npt.NDArray[np.int16]
    speakers: tuple[npt.NDArray[np.int64], ...]

    @classmethod
    def open(cls, store: Store, corpus: str, path: Path) -> Corpus:
        spectra = np.load(path, mmap_mode="r")
        labels, segments = np.zeros(len(spectra), np.int16), np.zeros(len(spectra), np.int16)
        speakers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        at = 0
        for item in store.index(corpus):
            count = frame_count(item.length)
            if item.segments and count > 2 * SUBSAMPLE:
                labels[at : at + count], segments[at : at + count] = frame_labels(item.segments, count)
                speakers[item.speaker].append((at, count))
            at += count
        return cls(spectra, labels, segments, tuple(np.array(rows) for rows in speakers.values()))

    def label_counts(self, size: int) -> npt.NDArray[np.float64]:
        """How many frames of usable utterances bear each label."""
        counts = np.zeros(size)
        for rows in self.speakers:
            for start, frames in rows:
                counts += np.bincount(self.labels[start : start + frames], minlength=size)[:size]
        return counts

    def positions(self, random: np.random.Generator) -> Floats:
        """Where in the corpus a stream's frames lie, (STREAM + CONTEXT,), fractional for its pace."""
        share = np.sqrt([float(rows[:, 1].sum()) for rows in self.speakers])
        rows = self.speakers[random.choice(len(self.speakers), p=share / share.sum())]
        pace = random.uniform(*_PACE)
        parts: list[Floats] = []
        wanted = STREAM + CONTEXT
        middle = random.random() < 0.5
        while wanted > 0:
            start, frames = rows[random.integers(len(rows))]
            skip = random.uniform(0.0, frames - 2) if middle and not parts and frames > 150 else 0.0
            part = start + np.arange(skip, frames - 1, pace)[:wanted]
            parts.append(part)
            wanted -= len(part)
        return np.concatenate(parts)

    def stream(self, random: np.random.Generator) -> tuple[Floats, Labels, Labels]:
        """One stream: log power (STREAM + CONTEXT, BINS), phones and whether one begins (STREAM / 3,)."""
        at = self.positions(random)
        below = at.astype(np.int64)
        share = (at - below).astype(np.float32)[:, None]
        first, second = self.spectra[below].astype(np.float32), self.spectra[below + 1].astype(np.float32)
        outputs = np.rint(at[:STREAM:SUBSAMPLE]).astype(np.int64)
        segments = self.segments[outputs]
        # Two utterances may follow each other with equal numbers; a jump in place tells them apart.
        begins = (np.diff(segments, prepend=segments[:1]) != 0) | (np.diff(outputs, prepend=outputs[0]) < 0)
        return (
            first + (second - first) * share,
            self.labels[outputs].astype(np.int64),
            begins.astype(np.int64),
        )


class Streams:
    """Batches of streams without end, each corpus as often as its share says."""

    def __init__(self, corpora: Iterable[Corpus], shares: Iterable[float], batch: int, seed: int) -> None:
        self.corpora = list(corpora)
        weights = np.array(list(shares), np.float64)
        self.shares = weights / weights.sum()
        self.batch, self.random = batch, np.random.default_rng(seed)

    def __iter__(self) -> Iterator[tuple[Floats, Labels, Labels]]:
        """As `Corpus.stream`, with the batch as first dimension."""
        while True:
            chosen = self.random.choice(len(self.corpora), self.batch, p=self.shares)
            spectra, labels, begins = zip(*(self.corpora[i].stream(self.random) for i in chosen), strict=True)
            yield np.stack(spectra), np.stack(labels), np.stack(begins)
