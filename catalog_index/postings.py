"""An inverted index in numpy: for each token the documents that hold it and its weight there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Postings:
    """Sparse documents by token.

    Attributes:
        vocabulary: token -> row.
        starts: shape (tokens + 1,); row r's entries are [starts[r], starts[r + 1]).
        documents, weights: the entries.
        count: number of documents.
    """

    vocabulary: dict[str, int]
    starts: Ints
    documents: Ints
    weights: Floats
    count: int

    @classmethod
    def build(cls, documents: Sequence[Mapping[str, float]]) -> Postings:
        rows: dict[str, list[tuple[int, float]]] = {}
        for number, tokens in enumerate(documents):
            for token, weight in tokens.items():
                rows.setdefault(token, []).append((number, weight))
        vocabulary = {token: row for row, token in enumerate(rows)}
        starts = np.zeros(len(rows) + 1, np.int32)
        starts[1:] = np.cumsum([len(entries) for entries in rows.values()], dtype=np.int32)
        flat = [entry for entries in rows.values() for entry in entries]
        return cls(
            vocabulary,
            starts,
            np.array([number for number, _ in flat], np.int32),
            np.array([weight for _, weight in flat], np.float32),
            len(documents),
        )

    def dot(self, query: Mapping[str, float]) -> Floats:
        """The inner product of the query with every document, shape (count,)."""
        documents, weights = [], []
        for token, weight in query.items():
            row = self.vocabulary.get(token)
            if row is not None:
                entries = slice(self.starts[row], self.starts[row + 1])
                documents.append(self.documents[entries])
                own = self.weights[entries]
                weights.append(own if weight == 1.0 else np.float32(weight) * own)
        if not documents:
            return np.zeros(self.count, np.float32)
        # One count over all entries is several times as fast as adding token by token.
        sums = np.bincount(np.concatenate(documents), np.concatenate(weights), self.count)
        return sums.astype(np.float32)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        return {
            "starts": self.starts,
            "documents": self.documents,
            "weights": self.weights,
            "count": np.array(self.count),
        }

    @classmethod
    def of_arrays(cls, vocabulary: Sequence[str], arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
        return cls(
            {token: row for row, token in enumerate(vocabulary)},
            arrays["starts"],
            arrays["documents"],
            arrays["weights"],
            int(arrays["count"]),
        )


@dataclass(frozen=True)
class Cosine:
    """TF-IDF vectors with two measures: how alike, and how much of the document the query holds.

    Attributes:
        postings: unnormalised weights, idf of each token of a document.
        idf: by row of the vocabulary. norms: length of each document's vector.
        unseen: idf given to a query's token that no document has.
    """

    postings: Postings
    idf: Floats
    norms: Floats
    unseen: float

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> Cosine:
        frequency = Counter(token for document in documents for token in set(document))
        size = max(len(documents), 1)
        idf = {token: float(np.log(1 + size / count)) for token, count in frequency.items()}
        postings = Postings.build([{token: idf[token] for token in document} for document in documents])
        norms = np.array(
            [sum(idf[token] ** 2 for token in set(document)) ** 0.5 for document in documents], np.float32
        )
        return cls(
            postings,
            np.array([idf[token] for token in postings.vocabulary], np.float32),
            np.maximum(norms, 1e-6),
            float(np.log(1 + size)),
        )

    def weights(self, tokens: Sequence[str]) -> dict[str, float]:
        rows = self.postings.vocabulary
        return {
            token: float(self.idf[rows[token]]) if token in rows else self.unseen for token in set(tokens)
        }

    def measure(self, tokens: Sequence[str]) -> tuple[Floats, Floats]:
        """Cosine and containment (share of the document's squared length met by the query), each (count,)."""
        query = self.weights(tokens)
        length = sum(weight**2 for weight in query.values()) ** 0.5
        dots = self.postings.dot(query)
        return dots / (self.norms * np.float32(max(length, 1e-6))), dots / self.norms**2
