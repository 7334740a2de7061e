"""Simpler ways to rank items, over the same texts: what a team would write first.

Each is made for a catalog and ranks queries: `BASELINES[name].make(catalog, encoder).rank(["补办身份证"])`.
Whole engines that a team would install instead are in `bench.search_engines`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import jieba
import numpy as np

from bench.search_engines import SqliteFts5, Tantivy, Words
from catalog_index.documents import all_phrases
from catalog_index.encoder import Encoder
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.schema import Item
from catalog_index.text import clean, normalise
from wenban.errors import SetupError

K1, B = 1.5, 0.75
MOST = 20


class Baseline(Protocol):
    """Ranks the items of the catalog that it was made for."""

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        """For each query the twenty best item ids."""
        ...


def item_text(item: Item) -> str:
    """Everything that the catalog says about an item and that Wenban's search sees too."""
    materials = [material.name for material in item.materials]
    parts = (
        item.title,
        item.subject,
        *item.says,
        *item.situations,
        *item.utterances,
        *item.conditions,
        *materials,
        item.result,
    )
    return clean(" ".join(parts))


@lru_cache(maxsize=1)
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    return jieba.Tokenizer()


# Several baselines cut the same items, which takes longer than all else that they do.
@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """jieba's default segmentation of clean text, with no dictionary of the catalog's own."""
    return tuple(word for word in _tokenizer().lcut(text) if word.strip())


def _best(scores: Floats, ids: Sequence[str]) -> list[str]:
    order = np.argsort(-scores, kind="stable")[:MOST]
    return [ids[row] for row in order if scores[row] > 0]


class JiebaBm25:
    """jieba's default segmentation and Okapi BM25, one document an item."""

    def __init__(self, catalog: Catalog) -> None:
        self._ids = [item.id for item in catalog.items]
        documents = [Counter(words(item_text(item))) for item in catalog.items]
        lengths = np.array([sum(document.values()) for document in documents], np.float64)
        scale = K1 * (1 - B + B * lengths / lengths.mean())
        frequency = Counter(word for document in documents for word in document)
        size = len(documents)
        self._weights: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        rows: dict[str, list[int]] = {}
        for row, document in enumerate(documents):
            for word in document:
                rows.setdefault(word, []).append(row)
        for word, own in rows.items():
            idf = np.log(1 + (size - frequency[word] + 0.5) / (frequency[word] + 0.5))
            tf = np.array([documents[row][word] for row in own], np.float64)
            self._weights[word] = (np.array(own), idf * tf * (K1 + 1) / (tf + scale[own]))

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        return [self._rank(query) for query in queries]

    def _rank(self, query: str) -> list[str]:
        scores = np.zeros(len(self._ids), np.float32)
        for word in words(clean(query)):
            if word in self._weights:
                rows, weights = self._weights[word]
                scores[rows] += weights
        return _best(scores, self._ids)


class JiebaTfidf:
    """jieba's default segmentation and scikit-learn's TF-IDF, by cosine, one document an item."""

    def __init__(self, catalog: Catalog) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._ids = [item.id for item in catalog.items]
        self._vectorizer = TfidfVectorizer(analyzer=words)
        self._items = self._vectorizer.fit_transform([item_text(item) for item in catalog.items])

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        asked = self._vectorizer.transform([clean(query) for query in queries])
        return [_best(row, self._ids) for row in (asked @ self._items.T).toarray()]


class _Nearest:
    """The item of the phrase that is most like the query. Subclasses say how like."""

    def __init__(self, catalog: Catalog) -> None:
        self._ids = [item.id for item in catalog.items]
        phrases, _ = all_phrases(catalog)
        self._texts = [phrase.text for phrase in phrases]
        # Every item has a title, so each begins somewhere.
        self._starts = np.searchsorted([phrase.owner for phrase in phrases], np.arange(len(self._ids)))

    def likeness(self, queries: Sequence[str]) -> Floats:
        """Shape (queries, phrases)."""
        raise NotImplementedError

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        best = np.maximum.reduceat(self.likeness(queries), self._starts, axis=1)
        return [_best(row, self._ids) for row in best]


class RapidFuzz(_Nearest):
    """The phrase with the highest `rapidfuzz.fuzz.ratio`.

    Its ratios for parts of a text and for sets of words (jieba's) were far behind it on development queries,
    and 40 times slower.
    """

    def __init__(self, catalog: Catalog) -> None:
        super().__init__(catalog)
        self._texts = [clean(text) for text in self._texts]

    def likeness(self, queries: Sequence[str]) -> Floats:
        from rapidfuzz import fuzz, process

        asked = [clean(query) for query in queries]
        return process.cdist(asked, self._texts, scorer=fuzz.ratio, dtype=np.float32)


class EncoderAlone(_Nearest):
    """The phrase with the highest cosine by the encoder in use: meaning without words, sound or fusion."""

    def __init__(self, catalog: Catalog, encoder: Encoder) -> None:
        super().__init__(catalog)
        self._encoder = encoder
        self._vectors = encoder.encode([normalise(text) for text in self._texts])

    def likeness(self, queries: Sequence[str]) -> Floats:
        asked = self._encoder.encode([normalise(query) for query in queries])
        return np.asarray(asked @ self._vectors.T, np.float32)


@dataclass(frozen=True)
class Way:
    """Attributes: `title` in the report; `make` builds it, or raises SetupError: a library is missing."""

    title: str
    make: Callable[[Catalog, Encoder], Baseline]


def _documents(catalog: Catalog) -> Words:
    cut = [(item.id, words(item_text(item))) for item in catalog.items]
    return Words(cut, lambda text: words(clean(text)))


BASELINES = {
    "bm25": Way("jieba + BM25", lambda catalog, _: JiebaBm25(catalog)),
    "tfidf": Way("jieba + TF-IDF", lambda catalog, _: JiebaTfidf(catalog)),
    "rapidfuzz": Way("rapidfuzz", lambda catalog, _: RapidFuzz(catalog)),
    "fts5": Way("SQLite FTS5", lambda catalog, _: SqliteFts5(_documents(catalog), MOST)),
    "tantivy": Way("tantivy", lambda catalog, _: Tantivy(_documents(catalog), MOST)),
    "encoder": Way("encoder alone", EncoderAlone),
}


def chosen(listed: str) -> list[str]:
    """Names of `BASELINES` from a comma list, or all, or none.

    Raises:
        SetupError: a name that there is not; says which there are.
    """
    if listed in ("all", "none"):
        return list(BASELINES) if listed == "all" else []
    names = [name.strip() for name in listed.split(",") if name.strip()]
    unknown = [name for name in names if name not in BASELINES]
    if unknown or not names:
        raise SetupError(f"no baseline {', '.join(unknown) or listed!r}; there are: {', '.join(BASELINES)}")
    return list(dict.fromkeys(names))
