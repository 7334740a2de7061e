"""From audio with segments to what the network sees: padded MFCC frames and one pdf label for each third
frame.

A `Block` holds many utterances flat. Each utterance is padded by its edge frames on both sides, as Vosk
pads when it decodes, so that training sees the very inputs of recognition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.training.augment import augment
from speech.training.corpora import Store, Utterance
from speech.training.features import DIM, mfcc
from speech.training.phones import PDF, SILENCE
from speech.training.types import Segment

SUBSAMPLE = 3
CONTEXT = 24
"""Input frames before the first and after the last: must equal the network's (see `network.Tdnn`)."""
FRAME = 0.01
_HALF_WINDOW = 0.0125
Floats = npt.NDArray[np.float32]


def labels(segments: tuple[Segment, ...], count: int, stretch: float = 1.0) -> npt.NDArray[np.int16]:
    """The pdf in the middle of each output frame, shape (count,)."""
    times = (np.arange(count) * SUBSAMPLE * FRAME + _HALF_WINDOW) / stretch
    starts = np.array([part.start for part in segments])
    ends = np.array([part.end for part in segments])
    pdfs = np.array([PDF[part.phone] for part in segments], np.int16)
    at = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    inside = (times >= starts[at]) & (times < ends[at])
    return np.where(inside, pdfs[at], PDF[SILENCE]).astype(np.int16)


def output_frames(frames: int) -> int:
    """How many outputs Vosk computes for so many input frames."""
    return (frames + SUBSAMPLE - 1) // SUBSAMPLE


def pad(frames: Floats) -> Floats:
    """Repeat the edge frames so that the network has its context everywhere."""
    outputs = output_frames(len(frames))
    after = CONTEXT + (outputs - 1) * SUBSAMPLE + 1 - len(frames)
    return np.pad(frames, ((CONTEXT, after), (0, 0)), mode="edge")


@dataclass(frozen=True, slots=True)
class Block:
    """Utterances flat: frames float16 (sum of padded lengths, 40), labels int16, offsets of both (n + 1,)."""

    frames: npt.NDArray[np.float16]
    labels: npt.NDArray[np.int16]
    frame_at: npt.NDArray[np.int64]
    label_at: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frame_at) - 1

    def save(self, path: Path) -> None:
        partial = path.with_suffix(".part.npz")
        np.savez(partial, **{name: getattr(self, name) for name in self.__slots__})
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Block:
        with np.load(path) as data:
            return cls(**{name: data[name] for name in cls.__slots__})


def _examples(
    store: Store, corpus: str, keep: list[Utterance], random: np.random.Generator | None
) -> Iterator[tuple[Floats, npt.NDArray[np.int16]]]:
    audio = store.audio(corpus)
    for item in keep:
        samples = audio[item.start : item.start + item.length].astype(np.float32) / 32768.0
        stretch, warp = 1.0, 1.0
        if random is not None:
            size = int(item.length * 1.2)
            begin = int(random.integers(0, max(1, len(audio) - size)))
            babble = audio[begin : begin + size].astype(np.float32) / 32768.0
            enough = babble if len(babble) == size else None
            changed = augment(random, samples, enough, synthetic=corpus.startswith("espeak"))
            samples, stretch, warp = changed.samples, changed.stretch, changed.warp
        frames = mfcc(samples, warp)
        if len(frames) >= SUBSAMPLE:
            yield pad(frames), labels(item.segments, output_frames(len(frames)), stretch)


def make_block(store: Store, corpus: str, seed: int | None) -> Block:
    """All labelled utterances of a corpus, augmented unless `seed` is None."""
    random = None if seed is None else np.random.default_rng(seed)
    keep = [item for item in store.index(corpus) if item.segments]
    frames, marks = [], []
    for features, targets in _examples(store, corpus, keep, random):
        frames.append(features.astype(np.float16))
        marks.append(targets)
    return Block(
        np.concatenate(frames) if frames else np.zeros((0, DIM), np.float16),
        np.concatenate(marks) if marks else np.zeros(0, np.int16),
        np.cumsum([0, *map(len, frames)]),
        np.cumsum([0, *map(len, marks)]),
    )
