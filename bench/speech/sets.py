"""Test sets as audio: synthetic voices from their texts, people from a folder of corpora.

The people's recordings do not come with Wenban. Without their folder their rows are absent, and the report
says so.
"""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.speech.texts import SETS, texts
from bench.speech.voices import lines, speak
from catalog_index.loader import Catalog
from speech.training import corpora
from wenban.errors import SetupError

Samples = NDArray[np.int16]
SYNTHETIC = SETS
HUMAN = (*corpora.EVALUATION, *corpora.TRAINING)
"""Only the first are unheard by the bundled model; the others are where a model was trained without them."""
DESCRIPTIONS = {
    "domain": "needs and answers, held-out synthetic voices",
    "accent": "the same sentences by the same voices with every merger of the region (z for zh, n for l, in "
    "for ing, f for hu)",
    "catalog": "the catalog's titles and phrases, held-out synthetic voices",
    "values": "identity numbers, phones and dates, held-out synthetic voices",
    "words": "random words, held-out synthetic voices; no help from the language model",
    "human_dev": "29 people never met, sentences of other subjects",
}


@dataclass(frozen=True)
class Clip:
    """An utterance: a key of its own, what is said, and 16 kHz mono audio."""

    key: str
    text: str
    pcm: Samples


def is_human(name: str) -> bool:
    """Whether the set is recordings of people (or of a neural voice) from the corpora folder."""
    return name in HUMAN


def check(name: str) -> str:
    """The name itself.

    Raises:
        ValueError: it is no set's.
    """
    if name not in SYNTHETIC and name not in HUMAN:
        raise ValueError(f"no set {name!r}; there are {', '.join((*SYNTHETIC, *HUMAN))}")
    return name


def clips(
    name: str,
    limit: int,
    *,
    catalog: Catalog,
    cache: Path,
    corpora_dir: Path | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Clip]:
    """At most `limit` utterances of a set, the same ones each time.

    Args:
        cache: where synthesised audio is kept.
        corpora_dir: the folder with manifest.tsv and the tar files; needed by the human sets only.

    Raises:
        SetupError: the folder is missing or incomplete, or espeak-ng is not installed.
    """
    check(name)
    if not is_human(name):
        wanted = lines(texts(name, limit, catalog), accent=name == "accent")
        return [Clip(line.name, line.text, pcm) for line, pcm in speak(wanted, cache, progress)]
    if corpora_dir is None:
        raise SetupError(f"the set {name} is recordings of people: name their folder with --corpora")
    return _recorded(name, limit, corpora_dir, progress)


def _recorded(name: str, limit: int, folder: Path, progress: Callable[[int], None]) -> list[Clip]:
    """Spread over the whole corpus, so that a few utterances are not all by one speaker."""
    manifest, archive = folder / "manifest.tsv", folder / f"{name}.tar"
    if not manifest.is_file() or not archive.is_file():
        raise SetupError(f"the corpora folder must hold manifest.tsv and {name}.tar")
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        listed = [(row["file"], row["text"]) for row in rows if row["corpus"] == name and row["text"].strip()]
    chosen = np.linspace(0, len(listed) - 1, min(limit, len(listed))).astype(int).tolist()
    found = []
    with tarfile.open(archive) as tar:
        for file, text in (listed[place] for place in chosen):
            recording = tar.extractfile(file)
            if recording is None:
                raise SetupError(f"{name}.tar holds no file {file}")
            found.append(Clip(file, text, corpora.decode(recording.read())))
            progress(1)
    return found
