"""Meaning: exact inner-product search by FAISS over the vectors of all phrases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from catalog_index.postings import Floats

# Beyond this many neighbours a phrase is no better than chance; its score is the last neighbour's.
NEIGHBOURS = 384


class DenseIndex:
    """Wraps a FAISS index of unit vectors."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Floats) -> DenseIndex:
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    def measure(self, vector: Floats, hidden: Sequence[int] = ()) -> Floats:
        """Cosine of one query with every phrase, exact for the nearest 384, the last of these for the rest.

        Args:
            vector: shape (1, width), unit length.
            hidden: positions of phrases that must not count.
        """
        count = int(self._index.ntotal)
        similarities, positions = self._index.search(vector, min(NEIGHBOURS, count))
        scores = np.full(count, similarities[0, -1], np.float32)
        scores[positions[0]] = similarities[0]
        scores[list(hidden)] = similarities[0, -1]
        return scores

    def save(self, path: Path) -> None:
        import faiss

        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        import faiss

        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:  # faiss's own word for a missing or broken file
            raise OSError(str(error)) from error
