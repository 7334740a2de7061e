"""Where a large catalog's subjects come from: read in one pass to build an index, by place afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from catalog_index.documents import catalog_words, item_fields
from catalog_index.errors import ItemUnknown
from catalog_index.loader import Catalog
from catalog_index.schema import Subject


@dataclass(frozen=True)
class ItemTexts:
    """Of one item. Attributes: `phrases`, the title first; `fields` as `documents.item_fields`."""

    phrases: tuple[str, ...]
    fields: dict[str, str]


@dataclass(frozen=True)
class SubjectTexts:
    """What of one subject is searched. Attributes: `names`, the title first."""

    names: tuple[str, ...]
    about: str
    items: tuple[ItemTexts, ...]


class SubjectSource(Protocol):
    """Attributes: `version` changes with the content."""

    version: str

    def words(self) -> list[str]:
        """Words for jieba, as `documents.catalog_words`."""
        ...

    def texts(self) -> Iterator[SubjectTexts]:
        """All subjects, by place."""
        ...

    def subject(self, place: int) -> Subject:
        """The whole subject at this place."""
        ...

    def place(self, subject_id: str) -> int:
        """Raises: ItemUnknown."""
        ...


class CatalogSource:
    """A catalog that is in memory as a whole."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self.version = catalog, catalog.version
        self._places = {subject.id: place for place, subject in enumerate(catalog.subjects)}

    def words(self) -> list[str]:
        return catalog_words(self._catalog)

    def texts(self) -> Iterator[SubjectTexts]:
        for subject in self._catalog.subjects:
            yield subject_texts(subject)

    def subject(self, place: int) -> Subject:
        return self._catalog.subjects[place]

    def place(self, subject_id: str) -> int:
        try:
            return self._places[subject_id]
        except KeyError:
            raise ItemUnknown(f"no subject {subject_id!r} in catalog {self.version}") from None


def subject_texts(subject: Subject) -> SubjectTexts:
    return SubjectTexts(
        (subject.title, *subject.says, *subject.utterances),
        subject.about,
        tuple(
            ItemTexts(
                (item.title, *item.says, *item.situations, *item.utterances), item_fields(subject, item)
            )
            for item in subject.items
        ),
    )
