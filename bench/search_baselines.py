"""Simpler ways to rank items, over the same texts: what a team would write first."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

import jieba
import numpy as np

from catalog_index.loader import Catalog
from catalog_index.schema import Item
from catalog_index.text import clean

K1, B = 1.5, 0.75


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


class JiebaBm25:
    """jieba's default segmentation and Okapi BM25, one document an item."""

    def __init__(self, catalog: Catalog) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._cut = jieba.Tokenizer()
        self._ids = [item.id for item in catalog.items]
        documents = [Counter(self._words(item_text(item))) for item in catalog.items]
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

    def _words(self, text: str) -> list[str]:
        return [word for word in self._cut.lcut(text) if word.strip()]

    def rank(self, queries: Sequence[str]) -> list[list[str]]:
        """For each query the twenty best item ids."""
        return [self._rank(query) for query in queries]

    def _rank(self, query: str) -> list[str]:
        scores = np.zeros(len(self._ids))
        for word in self._words(clean(query)):
            if word in self._weights:
                rows, weights = self._weights[word]
                scores[rows] += weights
        order = np.argsort(-scores, kind="stable")[:20]
        return [self._ids[row] for row in order if scores[row] > 0]
