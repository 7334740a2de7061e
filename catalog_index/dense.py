"""Meaning: the cosine of a query with every phrase, from any vector engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from catalog_index.postings import Floats
from catalog_index.vectors import VectorIndex

# Beyond this many neighbours a phrase is no better than chance; its score is the last neighbour's.
NEIGHBOURS = 384


class DenseIndex:
    """Scores of all phrases by the nearest ones."""

    def __init__(self, index: VectorIndex) -> None:
        self.index = index

    def measure(self, vector: Floats, hidden: Sequence[int] = ()) -> Floats:
        """Cosine of one query with every phrase, that of the 384 nearest, the last of these for the rest.

        Args:
            vector: shape (1, width), unit length.
            hidden: positions of phrases that must not count.
        """
        similarities, positions = self.index.nearest(vector, NEIGHBOURS)
        scores = np.full(self.index.count, similarities[-1], np.float32)
        scores[positions] = similarities
        scores[list(hidden)] = similarities[-1]
        return scores
