"""Sentences spoken by espeak-ng voices that training never used, made once and kept under var/bench.

The library is spoken to in child processes: it is not stable over many voice changes. What a child has
finished is on disk, so whatever ends it, and whatever ends the whole command, the next round goes on there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.training.espeak import HELD_OUT, Voice
from speech.training.lexicon import spoken
from speech.training.phones import NotPinyinError
from wenban.logs import facts

log = logging.getLogger(__name__)

Samples = NDArray[np.int16]
_CHUNK = 40
_ROUNDS = (_CHUNK, 5, 1)
"""Texts a child, round by round: what one text does to its child costs the others little."""


@dataclass(frozen=True)
class Line:
    """A text to be spoken, and by whom."""

    text: str
    voice: Voice

    @property
    def name(self) -> str:
        """The same for the same sound, wherever it is needed."""
        said = json.dumps([spoken(self.text), self.voice.name])
        return hashlib.sha256(said.encode()).hexdigest()[:24]


def lines(texts: Sequence[str]) -> list[Line]:
    """Texts given to the held-out voices in turn; those that have no reading are left out, and counted."""
    sayable = [text for text in texts if _has_reading(text)]
    if len(sayable) < len(texts):
        log.info("texts without a reading left out", extra=facts(count=len(texts) - len(sayable)))
    return [Line(text, HELD_OUT[place % len(HELD_OUT)]) for place, text in enumerate(sayable)]


def _has_reading(text: str) -> bool:
    try:
        return bool(spoken(text))
    except NotPinyinError:
        return False


def speak(
    wanted: Sequence[Line], folder: Path, progress: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[Line, Samples]]:
    """The lines with their audio, in order; one that espeak-ng cannot say is left out with a warning.

    Args:
        folder: where audio is kept.
        progress: told how many more lines have become audio.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path_of = {line: folder / f"{line.name}.npy" for line in wanted}
    missing = [line for line, path in path_of.items() if not path.exists()]
    progress(len(path_of) - len(missing))
    context = multiprocessing.get_context("spawn")  # a fork would copy whatever threads this process has
    for size in _ROUNDS:
        for at in range(0, len(missing), size):
            part = [(line, path_of[line]) for line in missing[at : at + size]]
            child = context.Process(target=_speak_some, args=(part,))
            child.start()
            child.join()
            progress(sum(path.exists() for _, path in part))
        missing = [line for line in missing if not path_of[line].exists()]
        if not missing:
            break
    for line in missing:
        log.warning("espeak-ng could not say a text", extra=facts(text=line.text, voice=line.voice.name))
    for line in wanted:
        if path_of[line].exists():
            yield line, np.load(path_of[line])


def _speak_some(part: Sequence[tuple[Line, Path]]) -> None:
    """In a child: speaks and stores each, so that what is done stays done."""
    from speech.training.synthesis import say

    for line, path in part:
        _, _, _, pcm, _ = say(line.text, spoken(line.text), line.voice, line.name)
        partial = path.with_suffix(".part")
        with partial.open("wb") as stream:
            np.save(stream, pcm)
        partial.replace(path)
