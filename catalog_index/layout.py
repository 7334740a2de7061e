"""Where each item and subject stands in the arrays of the search: items in the catalog's order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from catalog_index.loader import Catalog
from catalog_index.postings import Floats


@dataclass(frozen=True)
class Layout:
    """Attributes:
    subject_of: place of every item's subject, shape (items,). rows: of every subject, its items' places.
    item_place, subject_place: by id.
    """

    catalog: Catalog
    subject_of: npt.NDArray[np.int64]
    rows: tuple[range, ...]
    item_place: dict[str, int]
    subject_place: dict[str, int]

    @classmethod
    def of(cls, catalog: Catalog) -> Layout:
        rows, first = [], 0
        for subject in catalog.subjects:
            rows.append(range(first, first + len(subject.items)))
            first += len(subject.items)
        return cls(
            catalog,
            np.repeat(np.arange(len(rows)), [len(own) for own in rows]).astype(np.int64),
            tuple(rows),
            {item.id: place for place, item in enumerate(catalog.items)},
            {subject.id: place for place, subject in enumerate(catalog.subjects)},
        )

    def masses(self, probabilities: Floats) -> npt.NDArray[np.float64]:
        """Probability of every subject, shape (subjects,)."""
        sums = np.bincount(self.subject_of, weights=probabilities, minlength=len(self.rows))
        return sums.astype(np.float64)

    def within(self, place: int, probabilities: Floats) -> dict[str, float]:
        """Item id -> probability, of one subject."""
        items = self.catalog.subjects[place].items
        return {item.id: float(probabilities[row]) for row, item in zip(self.rows[place], items, strict=True)}
