"""Sentences spoken by espeak-ng voices that training never used, made once and kept under var/bench.

Each sentence gets a process of its own. The library is not stable over many voice changes, and what it said
before changes a little how it says the next; this way a sentence always sounds the same. What is finished is
on disk, so an interrupted command goes on where it stopped.
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
from speech.training.regional import shifted
from wenban.logs import facts

log = logging.getLogger(__name__)

Samples = NDArray[np.int16]
_TRIES = 3


@dataclass(frozen=True)
class Line:
    """A text to be spoken, and by whom; `accent`: with all mergers of the region."""

    text: str
    voice: Voice
    accent: bool = False

    @property
    def tokens(self) -> tuple[str, ...]:
        """The syllables to be said, "," for a pause."""
        said = spoken(self.text)
        return tuple(map(shifted, said)) if self.accent else said

    @property
    def name(self) -> str:
        """The same for the same sound, wherever it is needed."""
        said = json.dumps([self.tokens, self.voice.name])
        return hashlib.sha256(said.encode()).hexdigest()[:24]


def lines(texts: Sequence[str], *, accent: bool = False) -> list[Line]:
    """Texts given to the held-out voices in turn; those that have no reading are left out, and counted."""
    sayable = [text for text in texts if _has_reading(text)]
    if len(sayable) < len(texts):
        log.info("texts without a reading left out", extra=facts(count=len(texts) - len(sayable)))
    return [Line(text, HELD_OUT[place % len(HELD_OUT)], accent) for place, text in enumerate(sayable)]


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
    # Its server has loaded the libraries and nothing else: a child is quick, and inherits no threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__, "speech.training.synthesis"])
    for line in missing:
        for _ in range(_TRIES):
            job = (line.text, line.tokens, line.voice, path_of[line])
            child = context.Process(target=_speak_one, args=job)
            child.start()
            child.join()
            if path_of[line].exists():
                progress(1)
                break
    missing = [line for line in missing if not path_of[line].exists()]
    for line in missing:
        log.warning("espeak-ng could not say a text", extra=facts(text=line.text, voice=line.voice.name))
    for line in wanted:
        if path_of[line].exists():
            yield line, np.load(path_of[line])


def _speak_one(text: str, tokens: tuple[str, ...], voice: Voice, path: Path) -> None:
    """In a child: speaks and stores."""
    from speech.training.synthesis import say

    _, _, _, pcm, _ = say(text, tokens, voice, path.stem)
    partial = path.with_suffix(".part")
    with partial.open("wb") as stream:
        np.save(stream, pcm)
    partial.replace(path)
