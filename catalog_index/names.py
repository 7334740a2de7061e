"""Names that mean a subject and none of its items in particular.

"食品经营许可证怎么办" holds one sibling's title (…补发) but for its end; only the subject is clear.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog_index.decide import LONGEST_LIST
from catalog_index.loader import Catalog
from catalog_index.sparse import mapped
from catalog_index.text import normalise


def bare_subjects(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """What subjects are called, as normalised text -> their ids, where that says nothing about the item.

    A name of several subjects ("社保") is theirs together, as long as they fit into one list.
    """
    of_items = {
        normalise(phrase)
        for item in catalog.items
        for phrase in (item.title, *item.says, *item.situations, *item.utterances)
    }
    owners: dict[str, dict[str, None]] = {}
    for subject in catalog.subjects:
        for name in (subject.title, *subject.says, *subject.utterances):
            owners.setdefault(normalise(name), {})[subject.id] = None
    several = {subject.id for subject in catalog.subjects if len(subject.items) > 1}

    def leaves_open(ids: Collection[str]) -> bool:
        return 1 < len(ids) <= LONGEST_LIST or (len(ids) == 1 and several.issuperset(ids))

    return {name: tuple(ids) for name, ids in owners.items() if name not in of_items and leaves_open(ids)}


class KnownPhrases:
    """Word for word, the ways to ask for an item: who says one of them must not be refused."""

    def __init__(self, keys: npt.NDArray[Any]) -> None:
        """Args: keys: as `of` makes them, in order."""
        self.keys = keys

    @classmethod
    def of(cls, phrases: Iterable[str]) -> KnownPhrases:
        """Args: phrases: normalised."""
        return cls(np.array(sorted({_hash(phrase) for phrase in phrases}), np.uint64))

    def __contains__(self, normal: str) -> bool:
        return _place(self.keys, normal) is not None


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _place(keys: npt.NDArray[Any], normal: str) -> int | None:
    """Where a text's hash stands among sorted ones, or None."""
    key = np.uint64(_hash(normal))
    at = int(np.searchsorted(keys, key))
    return at if at < len(keys) and keys[at] == key else None


class NameBuilder:
    """The same for catalogs of any size: eight bytes a name."""

    def __init__(self) -> None:
        self._of_items: set[int] = set()
        self._owners: dict[int, int] = {}

    def item(self, phrases: Iterable[str]) -> None:
        """Args: phrases: normalised."""
        self._of_items.update(_hash(phrase) for phrase in phrases)

    def subject(self, place: int, names: Iterable[str], several: bool) -> None:
        """Args: names: normalised. several: whether the subject has more than one item."""
        for name in names:
            key = _hash(name)
            other = self._owners.get(key, place)
            self._owners[key] = place if other == place and several else -1

    def save(self, folder: Path) -> NamedSubjects:
        np.save(folder / "known.npy", np.array(sorted(self._of_items), np.uint64))
        known = sorted(
            (key, place) for key, place in self._owners.items() if place >= 0 and key not in self._of_items
        )
        np.save(folder / "names.keys.npy", np.array([key for key, _ in known], np.uint64))
        np.save(folder / "names.places.npy", np.array([place for _, place in known], np.int64))
        return NamedSubjects.load(folder)


class NamedSubjects:
    """Looks names up in arrays on the disk."""

    def __init__(self, keys: npt.NDArray[Any], places: npt.NDArray[Any]) -> None:
        self._keys, self._places = keys, places

    def place(self, normal: str) -> int | None:
        """The subject that this normalised text names, or None."""
        at = _place(self._keys, normal)
        return None if at is None else int(self._places[at])

    @classmethod
    def load(cls, folder: Path) -> NamedSubjects:
        return cls(mapped(folder, "names.keys"), mapped(folder, "names.places"))
