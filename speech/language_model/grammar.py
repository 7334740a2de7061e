"""Gr.fst: the language model as Vosk composes it with the lexicon at run time."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from speech.language_model.const_fst import write_acceptor
from speech.language_model.ngram import Segmenter, automaton, estimate
from speech.language_model.words import RARE, general_words

log = logging.getLogger(__name__)

GENERAL_WORDS = 32_000
_NO_WORD = ("<", "#", "[")


def read_words(path: Path) -> dict[str, int]:
    """words.txt: ids by word, with the signs that are no words (<eps>, #0, [unk]).

    Raises:
        ValueError: a line is not a word and a number.
    """
    ids: dict[str, int] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, number = line.rpartition(" ")
        ids[word] = int(number)
    return ids


def write_grammar(
    path: Path, ids: Mapping[str, int], sentences: Iterable[str], *, general: int = GENERAL_WORDS
) -> dict[str, int]:
    """Estimates the model over the recognizer's words and writes it.

    Words that the recognizer lacks are cut into those that it has; general words and single characters stay
    possible everywhere.

    Args:
        ids: every word that the lexicon can give out, with its id there.
        sentences: what is likely to be said.
        general: how many of the commonest general words keep their frequency; the others are rare.

    Returns:
        How many `sentences`, `contexts` and `arcs` there are.
    """
    frequent = dict(general_words(general))
    weights = {word: float(frequent.get(word, RARE)) for word in sorted(ids) if not word.startswith(_NO_WORD)}
    segmenter = Segmenter(weights)
    cut = [words for sentence in sentences for words in segmenter.cut(sentence)]
    arcs, finals, start = automaton(estimate(cut, weights))
    write_acceptor(
        path,
        start=start,
        finals=finals,
        source=[arc.source for arc in arcs],
        target=[arc.target for arc in arcs],
        label=[0 if arc.word is None else ids[arc.word] for arc in arcs],
        cost=[arc.cost for arc in arcs],
    )
    sizes = {"sentences": len(cut), "contexts": 1 + max(arc.source for arc in arcs), "arcs": len(arcs)}
    log.info("language model: %s", sizes)
    return sizes
