"""Forced alignment: when each phone of a known sentence was said, by the best network so far.

The sentence is a chain of phones with optional silence between syllables. A tonal final may be said with
another tone than its citation tone (sandhi, neutral tone): each state takes the best of its permitted
pdfs, and the label is the pdf that scored best over its time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from speech.training.corpora import Utterance
from speech.training.dataset import FRAME, SUBSAMPLE
from speech.training.lexicon import spoken
from speech.training.phones import BASE, PDF, SILENCE, NotPinyinError, split
from speech.training.types import Segment

Floats = npt.NDArray[np.float32]
STEP = SUBSAMPLE * FRAME
_IMPOSSIBLE = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Segments in seconds, and the mean score a frame (log likelihood ratio to the best pdf, at most 0)."""

    segments: tuple[Segment, ...]
    score: float


def permitted(phone: str, following: str | None) -> tuple[int, ...]:
    """The pdfs that may realise a phone; `following` is the next syllable's final."""
    if phone[-1] not in "12345":
        return (PDF[phone],)
    letters, tone = phone[:-1], phone[-1]
    tones = {tone}
    if tone == "3" and following is not None and following[-1] == "3":
        tones.add("2")
    if tone == "5":
        tones |= set("1234")
    if letters in {"i", "u", "e"}:  # 一 不 个 and their like change with their neighbours
        tones |= {"2", "4", "5"} if tone in "145" else set()
    return tuple(PDF[letters + choice] for choice in sorted(tones))


def syllables(text: str) -> tuple[str, ...]:
    """A corpus's text as toned syllables: Chinese characters, or pinyin already; "," for a pause.

    Raises:
        NotPinyinError: it holds Latin words, digits or sounds outside the phone set.
    """
    clean = text.replace("_", "").strip()
    if clean[:1].isascii() and clean[-1:].isdigit():
        split(clean)
        return (clean,)
    return spoken("".join("，" if not character.isalnum() else character for character in clean))


def align(scores: Floats, tokens: Sequence[str]) -> Alignment | None:
    """The best path of a sentence through `scores`.

    Args:
        scores: log posterior minus log prior, shape (frames, pdfs), one frame each 30 ms.
        tokens: toned syllables and ",".

    Returns:
        None if there are fewer frames than phones.
    """
    finals = [split(token)[-1] for token in tokens if token != ","]
    states: list[tuple[int, ...]] = [(PDF[SILENCE],)]
    optional = [True]
    number = 0
    for token in tokens:
        if token == ",":
            continue
        number += 1
        following = finals[number] if number < len(finals) else None
        for phone in split(token):
            states.append(permitted(phone, following))
            optional.append(False)
        states.append((PDF[SILENCE],))
        optional.append(True)
    count, frames = len(states), len(scores)
    if frames < count - sum(optional):
        return None
    emit = np.stack([scores[:, list(choices)].max(axis=1) for choices in states], axis=1)
    skip = np.array([index >= 2 and optional[index - 1] for index in range(count)])
    best = np.full(count, _IMPOSSIBLE, np.float32)
    best[0], best[1] = emit[0, 0], emit[0, 1]
    came = np.zeros((frames, count), np.int8)
    for frame in range(1, frames):
        step = np.concatenate([[_IMPOSSIBLE], best[:-1]])
        jump = np.where(skip, np.concatenate([[_IMPOSSIBLE, _IMPOSSIBLE], best[:-2]]), _IMPOSSIBLE)
        options = np.stack([best, step, jump])
        came[frame] = options.argmax(axis=0)
        best = options.max(axis=0) + emit[frame]
    state = count - 1 if best[-1] >= best[-2] else count - 2
    total = float(best[state])
    path = np.zeros(frames, np.int64)
    for frame in range(frames - 1, -1, -1):
        path[frame] = state
        state -= int(came[frame, state])
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    ends = [*starts[1:], frames]
    segments = []
    for start, end in zip(starts, ends, strict=True):
        choices = states[path[start]]
        chosen = choices[int(scores[start:end, list(choices)].sum(axis=0).argmax())]
        segments.append(Segment(BASE[chosen], round(float(start) * STEP, 3), round(float(end) * STEP, 3)))
    return Alignment(tuple(segments), (total - float(scores.max(axis=1).sum())) / frames)


def align_all(
    items: Sequence[Utterance], scores_of: Iterator[Floats], worst: float
) -> Iterator[tuple[Utterance, float | None]]:
    """Utterances with segments and score; none where it cannot be said or fits worse than `worst`."""
    for item, scores in zip(items, scores_of, strict=True):
        try:
            tokens = syllables(item.text)
            found = align(scores, tokens) if tokens else None
        except NotPinyinError:
            found = None
        if found is None:
            yield replace(item, segments=()), None
        elif found.score < worst:
            yield replace(item, segments=()), found.score
        else:
            yield replace(item, segments=found.segments), found.score
