"""Meaning: the cosine of a query with phrases, from any vector engine, and with the centres of items.

A centre is the direction of the mean of all ways to ask for an item: it forgets what is odd in one phrase,
where the nearest phrase remembers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog_index.encoder import unit
from catalog_index.features import nearest_of_items
from catalog_index.postings import Floats
from catalog_index.vectors import VectorIndex

# Beyond this many neighbours a phrase is no better than chance; its score is the last neighbour's.
NEIGHBOURS = 384


class DenseIndex:
    """The nearest phrases of every item. Args: owners: the item's place of every phrase."""

    def __init__(self, index: VectorIndex, owners: Sequence[int], count: int) -> None:
        self.index = index
        self._owners = np.asarray(owners, np.int64)
        self._count = count

    def measure(self, vector: Floats) -> tuple[Floats, Floats]:
        """Every item's nearest phrase, and the mean of its three nearest; shape (items,) each.

        Args:
            vector: shape (1, width), unit length.
        """
        similarities, positions = self.index.nearest(vector, NEIGHBOURS)
        floor = float(similarities[-1]) if len(similarities) else 0.0
        return nearest_of_items(similarities, self._owners[positions], self._count, floor)


def group_sums(vectors: Floats, groups: npt.NDArray[np.int64], count: int) -> Floats:
    """Sums of the rows of each group, shape (count, width); a row of a negative group is left out."""
    from scipy.sparse import csr_matrix

    kept = np.flatnonzero(groups >= 0)
    picked = csr_matrix((np.ones(len(kept), np.float32), (groups[kept], kept)), (count, len(groups)))
    return np.asarray(picked @ vectors, np.float32)


@dataclass(frozen=True)
class Centres:
    """Attributes: `items`, `titles`, shape (items, width), and `subjects`, all of unit length."""

    items: Floats
    titles: Floats
    subjects: Floats

    @classmethod
    def of(cls, sums: Floats, titles: Floats, names: Floats, subject_of: npt.NDArray[np.int64]) -> Centres:
        """Args: sums: of each item's phrases. names: sums of each subject's own. Both (…, width)."""
        items = unit(sums)
        members = unit(group_sums(items, subject_of, len(names)))
        return cls(items, titles, unit(unit(names) + members))
