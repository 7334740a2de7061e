"""The catalog's phrases in a person's voice, put together from single words that the person recorded.

No recording of a whole phrase by an unseen person is at hand. Words cut together lack the melody and the
blending of a sentence, so this is harder than a person who speaks; it says something only about a model that
was trained without the corpus of words.
"""

from __future__ import annotations

import csv
import random
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.search import Query
from bench.speech.conditions import Samples, speech_power
from bench.speech.pace import loud_span
from bench.speech.search import Spoken
from catalog_index.loader import Catalog
from speech.language_model.words import is_han
from speech.limits import SAMPLE_RATE
from speech.training.corpora import decode
from wenban.errors import SetupError

CORPUS = "audio_cmn_hsk"
_SEED = 61_003
_GAP_S, _EDGE_S, _LEAD_S = 0.02, 0.05, 0.25
_LEVEL = 2_500.0
_MOST_PIECES = 0.7
"""Pieces for each character: phrases of single characters are cut up too finely to be speech."""


def vocabulary(folder: Path) -> dict[str, str]:
    """Words and the files they were recorded in; those recorded in a context (`_`) are left out.

    Raises:
        SetupError: the folder is incomplete.
    """
    manifest = folder / "manifest.tsv"
    if not manifest.is_file() or not (folder / f"{CORPUS}.tar").is_file():
        raise SetupError(f"the corpora folder must hold manifest.tsv and {CORPUS}.tar")
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["text"]: row["file"] for row in rows if row["corpus"] == CORPUS and is_han(row["text"])}


def pieces(text: str, words: Mapping[str, str]) -> list[str]:
    """The fewest recorded words that make up the text; empty where they do not.

    >>> pieces("身份证丢了", {"身份": "a", "身份证": "b", "丢": "c", "了": "d", "证": "e"})
    ['身份证', '丢', '了']
    """
    longest = max(map(len, words), default=0)
    best: list[list[str] | None] = [[]]
    for end in range(1, len(text) + 1):
        options = [
            [*before, text[start:end]]
            for start in range(max(0, end - longest), end)
            if text[start:end] in words and (before := best[start]) is not None
        ]
        best.append(min(options, key=len, default=None))
    return best[-1] or []


def phrases(catalog: Catalog, words: Mapping[str, str], limit: int) -> list[tuple[Query, list[str]]]:
    """Up to `limit` titles and phrases of items that can be put together, with their words."""
    found: dict[str, tuple[Query, list[str]]] = {}
    for item in catalog.items:
        for text in (item.title, *item.says):
            cut = pieces(text, words)
            if cut and len(cut) <= _MOST_PIECES * len(text):
                found.setdefault(text, (Query(text, "assembled", item.id, item.subject_id), cut))
    return random.Random(_SEED).sample(list(found.values()), min(limit, len(found)))


def assemble(recorded: list[Samples]) -> Samples:
    """Words one after another: quiet edges cut off, all equally loud, a short gap between."""
    gap = np.zeros(int(_GAP_S * SAMPLE_RATE))
    lead = np.zeros(int(_LEAD_S * SAMPLE_RATE))
    parts: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = [lead]
    for pcm in recorded:
        first, last = loud_span(pcm)
        start, end = max(0.0, first - _EDGE_S), last + _EDGE_S
        word = pcm[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)].astype(np.float64)
        parts += [word * (_LEVEL / np.sqrt(speech_power(word) + 1e-9)), gap]
    return np.asarray(np.clip(np.round(np.concatenate([*parts, lead])), -32_768, 32_767), np.int16)


def spoken(folder: Path, catalog: Catalog, limit: int) -> list[Spoken]:
    """Phrases as queries with their audio, the same ones each time.

    Raises:
        SetupError: the folder is incomplete.
    """
    words = vocabulary(folder)
    chosen = phrases(catalog, words, limit)
    needed = {word for _, cut in chosen for word in cut}
    recorded: dict[str, Samples] = {}
    with tarfile.open(folder / f"{CORPUS}.tar") as tar:
        for word in sorted(needed):
            member = tar.extractfile(words[word])
            if member is None:
                raise SetupError(f"{CORPUS}.tar holds no file {words[word]}")
            recorded[word] = decode(member.read())
    return [(query, query.query, assemble([recorded[word] for word in cut])) for query, cut in chosen]
