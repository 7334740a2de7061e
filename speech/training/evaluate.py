"""Honest figures: syllable errors in a free loop (no language model) and character errors through Vosk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.training.lexicon import readings, single_characters
from speech.training.phones import PDF, SILENCE, split

Floats = npt.NDArray[np.float32]
_INSERTION = -3.0
Link = tuple[object, int]
"""A path's history: the history before, and a syllable's number. Shared between paths."""


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Substitutions, insertions and deletions between two sequences.

    Example:
        >>> edit_distance("办证", "办个证")
        1
    """
    row = list(range(len(hypothesis) + 1))
    for number, wanted in enumerate(reference, start=1):
        previous, row[0] = row[0], number
        for column, found in enumerate(hypothesis, start=1):
            previous, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, previous + (wanted != found)),
            )
    return row[-1]


@cache
def loop_syllables() -> tuple[str, ...]:
    """Every toned syllable of the GB 2312 characters."""
    return tuple(sorted({reading[0] for word in single_characters() for reading in readings(word)[:1]}))


def free_loop(scores: Floats, scale: float = 0.5) -> list[str]:
    """The best sequence of syllables and silence, all equally likely.

    Args:
        scores: log posterior minus log prior, shape (frames, pdfs).
        scale: acoustic scale against the cost of one more syllable.
    """
    names = loop_syllables()
    phones = [split(name) for name in names]
    first = np.array([PDF[p[0]] for p in phones])
    last = np.array([PDF[p[-1]] for p in phones])
    single = np.array([len(p) == 1 for p in phones])
    count = len(names)
    quiet = scores[:, PDF[SILENCE]] * scale
    start = np.full(count, -np.inf, np.float32)
    end = np.full(count, -np.inf, np.float32)
    pause, entry = 0.0, 0.0
    start_link: list[Link | None] = [None] * count
    end_link: list[Link | None] = [None] * count
    pause_link: Link | None = None
    entry_link: Link | None = None
    for frame in range(len(scores)):
        first_score, last_score = scores[frame, first] * scale, scores[frame, last] * scale
        entering = entry + _INSERTION
        new_start = np.maximum(start, entering) + first_score
        fresh = start < entering
        from_start = np.where(single, entering, start)
        new_end = np.maximum(end, from_start) + last_score
        moved = end < from_start
        new_links = list(end_link)
        for index in np.flatnonzero(moved):
            new_links[index] = (entry_link, int(index)) if single[index] else start_link[index]
        for index in np.flatnonzero(fresh):
            start_link[index] = (entry_link, int(index))
        start, end, end_link = new_start, new_end, new_links
        if entry > pause:
            pause, pause_link = entry, entry_link
        pause += float(quiet[frame])
        best = int(end.argmax())
        if end[best] > pause:
            entry, entry_link = float(end[best]), end_link[best]
        else:
            entry, entry_link = pause, pause_link
    result: list[str] = []
    link: object = entry_link
    while isinstance(link, tuple):
        result.append(names[link[1]])
        link = link[0]
    return result[::-1]


def toneless(syllables: Iterable[str]) -> list[str]:
    return [syllable.rstrip("12345") for syllable in syllables]


class VoskDecoder:
    """A model directory, for measuring: text of 16 kHz int16 samples.

    Example:
        >>> VoskDecoder(Path("speech/models/wenban-small")).text(samples)  # doctest: +SKIP
    """

    def __init__(self, model_dir: Path) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        self._vosk = vosk
        self._model = vosk.Model(str(model_dir))

    def text(self, samples: npt.NDArray[np.int16], grammar: Sequence[str] | None = None) -> str:
        if grammar is None:
            recognizer = self._vosk.KaldiRecognizer(self._model, 16000)
        else:
            recognizer = self._vosk.KaldiRecognizer(
                self._model, 16000, json.dumps(grammar, ensure_ascii=False)
            )
        parts = []
        data = samples.astype("<i2").tobytes()
        chunks = (data[at : at + 8000] for at in range(0, len(data), 8000))
        parts += [json.loads(recognizer.Result())["text"] for c in chunks if recognizer.AcceptWaveform(c)]
        parts.append(json.loads(recognizer.FinalResult())["text"])
        return "".join(parts).replace(" ", "")
