"""What of the catalog is searched: an item's fields, and every phrase as a small document of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from catalog_index.loader import Catalog
from catalog_index.schema import Item, Subject
from catalog_index.text import normalise

PhraseKind = Literal["title", "say", "situation", "utterance", "subject"]
_BRACKETED = re.compile(r"[（(「《].*?[)）」》]")
_CHINESE_WORD = re.compile(r"^[㐀-鿿]{2,6}$")


@dataclass(frozen=True)
class Phrase:
    """One searchable phrase.

    Attributes:
        text: as written. owner: index of the item, or of the subject when kind is "subject".
    """

    text: str
    kind: PhraseKind
    owner: int


def item_phrases(item: Item, index: int) -> Iterator[Phrase]:
    yield Phrase(item.title, "title", index)
    for text in item.says:
        yield Phrase(text, "say", index)
    for text in item.situations:
        yield Phrase(text, "situation", index)
    for text in item.utterances:
        yield Phrase(text, "utterance", index)


def subject_phrases(subject: Subject, index: int) -> Iterator[Phrase]:
    for text in (subject.title, subject.about, *subject.says, *subject.utterances):
        yield Phrase(text, "subject", index)


def all_phrases(catalog: Catalog) -> tuple[list[Phrase], list[Phrase]]:
    """Phrases of the items, sorted by item, and phrases of the subjects, sorted by subject."""
    items = [phrase for index, item in enumerate(catalog.items) for phrase in item_phrases(item, index)]
    subjects = [
        phrase for index, subject in enumerate(catalog.subjects) for phrase in subject_phrases(subject, index)
    ]
    return items, subjects


def without_phrases(catalog: Catalog, kinds: Collection[str]) -> Catalog:
    """The catalog as it would be searched without these ways to ask.

    Args:
        kinds: of "says", "situations" and "utterances"; those that subjects have are theirs too.
    """

    def emptied(model: type[Item | Subject]) -> dict[str, object]:
        return {kind: () for kind in kinds if kind in model.model_fields}

    subjects = []
    for subject in catalog.subjects:
        items = tuple(item.model_copy(update=emptied(Item)) for item in subject.items)
        subjects.append(subject.model_copy(update=emptied(Subject) | {"items": items}))
    return replace(catalog, subjects=tuple(subjects), version=f"{catalog.version}-plain")


def facet_texts(subject: Subject, item: Item) -> list[str]:
    """Labels and cues of the facet values that the item has."""
    texts: list[str] = []
    for facet in subject.facets:
        wanted = item.when.get(facet.id, ())
        # A facet of which the item takes most values does not describe it.
        if 0 < len(wanted) <= max(1, len(facet.values) // 2):
            for value in facet.values:
                if value.id in wanted:
                    texts.extend((value.label, *value.says))
    return texts


def item_fields(subject: Subject, item: Item) -> dict[str, str]:
    """The item's text by field of `catalog_index.lexical.FIELD_WEIGHTS`, normalised."""
    fields = {
        "title": item.title,
        "subject": subject.title,
        "facets": " ".join(facet_texts(subject, item)),
        "conditions": " ".join(item.conditions),
        "materials": " ".join(material.name for material in item.materials),
        "result": item.result,
    }
    return {name: normalise(text) for name, text in fields.items()}


def spoken_texts(catalog: Catalog) -> list[str]:
    """What people may say because of the catalog: names, phrases, answers, papers; no duplicates."""
    texts: list[str] = []
    for subject in catalog.subjects:
        texts += (subject.title, subject.about, *subject.says, *subject.utterances)
        texts += (subject.department.name, subject.department.short, subject.department.place)
        for facet in subject.facets:
            for value in facet.values:
                texts += (value.label, *value.says)
        for item in subject.items:
            texts += (item.title, *item.says, *item.situations, *item.utterances)
            texts += (item.result, *item.delivery)
            texts += (material.name for material in item.materials)
            for field in item.fields:
                texts.append(field.label)
                for option in field.options:
                    texts += (option.label, *option.says)
    return list(dict.fromkeys(texts))


def catalog_words(catalog: Catalog) -> list[str]:
    """Words for jieba: short names of subjects, answers, materials and fields; sorted, no duplicates."""
    words: set[str] = set()
    for subject in catalog.subjects:
        texts: list[str] = [subject.title, *(text for text in subject.says if len(text) <= 4)]
        for facet in subject.facets:
            texts += [value.label for value in facet.values]
            texts += [text for value in facet.values for text in value.says if len(text) <= 4]
        for item in subject.items:
            texts += [material.name for material in item.materials]
            texts += [text for text in item.says if len(text) <= 4]
            texts += [item.result, item.department.short]
            texts += [field.label for field in item.fields]
        for text in texts:
            plain = normalise(_BRACKETED.sub("", text))
            words.update(
                part for part in re.split(r"[\s、，/或和及与的]", plain) if _CHINESE_WORD.match(part)
            )
    return sorted(words)


def write_dictionary(catalog: Catalog, path: Path) -> int:
    """Writes the catalog's words in jieba's user dictionary form, for Rasa's JiebaTokenizer.

    Returns:
        The number of words.
    """
    words = catalog_words(catalog)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text("".join(f"{word} 1000 n\n" for word in words), encoding="utf-8")
    fresh.replace(path)
    return len(words)
