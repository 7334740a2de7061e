"""Words: BM25 over an item's fields (BM25F), each field with its own weight and length.

The saturated weight of every token is computed once at build time, so a query only sums postings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from catalog_index.postings import Floats, Postings

K1 = 1.2
# field: weight, b (how strongly a long field is discounted)
Fields = Mapping[str, tuple[float, float]]
FIELD_WEIGHTS: Fields = {
    "title": (3.0, 0.4),
    "subject": (1.5, 0.4),
    "facets": (1.5, 0.5),
    "conditions": (0.3, 0.75),
    "materials": (0.4, 0.75),
    "result": (0.8, 0.5),
}
# All ways to ask for an item as one text, by words or by sound.
ASKED: Fields = {"asked": (1.0, 0.5)}


@dataclass(frozen=True)
class Bm25:
    """Attributes: postings of saturated weights; `idf` by row; `unseen` idf for a token no item has."""

    postings: Postings
    idf: Floats
    unseen: float

    @classmethod
    def build(cls, items: Sequence[Mapping[str, Sequence[str]]], fields: Fields = FIELD_WEIGHTS) -> Bm25:
        """Args: items: one mapping an item, field name -> tokens, of these fields."""
        size = max(len(items), 1)
        mean = {name: max(sum(len(item.get(name, ())) for item in items) / size, 1e-6) for name in fields}
        mixed: list[dict[str, float]] = []
        for item in items:
            weights: dict[str, float] = {}
            for name, tokens in item.items():
                weight, b = fields[name]
                scale = weight / (1 - b + b * len(tokens) / mean[name])
                for token, count in Counter(tokens).items():
                    weights[token] = weights.get(token, 0.0) + scale * count
            mixed.append(weights)
        frequency = Counter(token for weights in mixed for token in weights)
        idf = {token: _idf(size, count) for token, count in frequency.items()}
        postings = Postings.build(
            [
                {token: idf[token] * tf * (K1 + 1) / (K1 + tf) for token, tf in weights.items()}
                for weights in mixed
            ]
        )
        return cls(
            postings, np.array([idf[token] for token in postings.vocabulary], np.float32), _idf(size, 0)
        )

    def scores(self, tokens: Sequence[str]) -> Floats:
        """BM25 of every item divided by the most that these tokens could score, so 0..1; shape (items,)."""
        return self.measure(tokens)[0]

    def measure(self, tokens: Sequence[str]) -> tuple[Floats, float]:
        """`scores`, and how much of the query's weight no item knows, 0..1."""
        query = set(tokens)
        rows = self.postings.vocabulary
        strange = self.unseen * sum(token not in rows for token in query)
        total = strange + sum(float(self.idf[rows[token]]) for token in query if token in rows)
        scores = self.postings.dot(dict.fromkeys(query, 1.0)) / np.float32(max((K1 + 1) * total, 1e-6))
        return scores, strange / total if total else 1.0


def _idf(size: int, frequency: int) -> float:
    return float(np.log(1 + (size - frequency + 0.5) / (frequency + 0.5)))
