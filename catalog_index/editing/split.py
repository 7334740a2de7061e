"""颗粒化: one coarse item becomes leaves, one for each way in which the facets can be answered.

What the coarse item states stays common to all; what differs is left for the editor, marked with comments.
Phrases that answer the facets go to their leaf; the others call the subject, and which of its leaves they
mean is asked.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from catalog_index.checks import path_faults
from catalog_index.clarify import SubjectReader, consistent_items
from catalog_index.editing.questions import MOST, questions_needed
from catalog_index.editing.split_text import Phrases, raw_entries, split_text
from catalog_index.errors import CatalogInvalid
from catalog_index.faults import Fault, located
from catalog_index.loader import Catalog
from catalog_index.schema import Facet, Item, Subject
from catalog_index.text import clean

MOST_LEAVES = 200


@dataclass(frozen=True)
class Split:
    """Attributes:
    text: YAML to put into the department's file. subject: as it would be then, for the analysis.
    leaves: the new items. place: file and line of the coarse item; whole: text replaces its whole subject.
    """

    text: str
    subject: Subject
    leaves: tuple[Item, ...]
    place: str
    whole: bool


def parse_facet(text: str) -> Facet:
    """A facet from `id:title:ask:value=label,value=label`; full-width ： ， ＝ will do.

    >>> parse_facet("state:情况:车牌是丢了还是坏了？:lost=丢失,broken=损坏").values[1].label
    '损坏'

    Raises:
        CatalogInvalid: says what is missing.
    """
    parts = [part.strip() for part in re.split("[:：]", text, maxsplit=3)]
    if len(parts) != 4:
        raise CatalogInvalid([f"{text!r}: write id:title:ask:value=label,value=label"])
    values = [
        [side.strip() for side in re.split("[=＝]", one, maxsplit=1)] for one in re.split("[,，]", parts[3])
    ]
    if any(len(value) != 2 for value in values):
        raise CatalogInvalid([f"{text!r}: every value needs an id and a label: lost=丢失,broken=损坏"])
    return make_facet(parts[0], parts[1], parts[2], [(value[0], value[1]) for value in values])


def make_facet(facet_id: str, title: str, ask: str, values: Sequence[tuple[str, str]]) -> Facet:
    """A facet from its parts, values as (id, label).

    Raises:
        CatalogInvalid: an id, the question or a second value is missing, or a value stands twice.
    """
    if len({value for value, _ in values}) < len(values):
        raise CatalogInvalid([f"facet {facet_id}: a value stands twice"])
    entries = [{"id": value, "label": label} for value, label in values]
    try:
        return Facet.model_validate({"id": facet_id, "title": title, "ask": ask, "values": entries})
    except ValidationError as error:
        wrong = "；".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise CatalogInvalid([f"facet {facet_id!r}: {wrong}"]) from error


def find_item(catalog: Catalog, name: str) -> Item:
    """The item with this id, or the only item of the subject with this id.

    Raises:
        ItemUnknown: there is neither. CatalogInvalid: the subject has several items.
    """
    if any(subject.id == name for subject in catalog.subjects):
        subject = catalog.subject(name)
        if len(subject.items) > 1:
            ids = ", ".join(item.id for item in subject.items)
            raise CatalogInvalid([f"subject {name} has {len(subject.items)} items; name one of them: {ids}"])
        return subject.items[0]
    return catalog.item(name)


def split_item(
    catalog: Catalog, folder: Path, item: Item, facets: Sequence[Facet],
    without: Sequence[dict[str, str]] = (),
) -> Split:  # fmt: skip
    """Leaves for every combination of the facets' values.

    Args:
        folder: the catalog's, for what the item itself states there.
        without: combinations for which there is no leaf.

    Raises:
        CatalogInvalid: a facet is there already, or there would be more than `MOST_LEAVES` leaves.
    """
    before = catalog.subject(item.subject_id)
    taken = {facet.id for facet in before.facets} & {facet.id for facet in facets}
    taken |= {facet.id for facet in facets} & {field.id for field in item.fields}
    if taken or len({facet.id for facet in facets}) < len(facets):
        raise CatalogInvalid(
            [f"subject {before.id} has {', '.join(sorted(taken)) or 'it'} already; rename it"]
        )
    leaves = [
        _leaf(item, facets, chosen)
        for chosen in itertools.product(*(facet.values for facet in facets))
        if not any(
            all((facet, value) in {(f.id, v.id) for f, v in zip(facets, chosen, strict=True)}
                for facet, value in gone.items())
            for gone in without
        )
    ]  # fmt: skip
    if not 0 < len(leaves) <= MOST_LEAVES:
        raise CatalogInvalid([f"{len(leaves)} leaves; at least one and at most {MOST_LEAVES}"])
    others = [other for other in before.items if other.id != item.id]
    after = before.model_copy(update={"facets": (*before.facets, *facets), "items": (*others, *leaves)})
    (place,) = located([Fault("", subject=before.id, item=item.id)], folder)
    phrases = _sorted_phrases(after, leaves, item)
    whole = not others
    raw = raw_entries(folder / str(place.file), before.id, item.id)
    text = split_text(raw, item, facets, leaves, phrases, whole=whole)
    return Split(text, after, tuple(leaves), f"{place.file}:{place.line}", whole)


def ambiguities(split: Split) -> list[str]:
    """What would still be unclear: paths that end nowhere or at two items, and long questionings."""
    found = [str(fault) for fault in path_faults(split.subject)]
    ids = {leaf.id for leaf in split.leaves}
    for item_id, count in questions_needed(split.subject).items():
        if item_id in ids and (count is None or count > MOST):
            many = "no way of asking" if count is None else f"{count} questions, more than {MOST},"
            found.append(f"{many} may be needed to reach {item_id}; merge facets, or split the subject")
    return found


def _leaf(item: Item, facets: Sequence[Facet], chosen: Sequence[Any]) -> Item:
    when = {facet.id: (value.id,) for facet, value in zip(facets, chosen, strict=True)}
    return item.model_copy(
        update={
            "id": "-".join([item.id, *(value.id for value in chosen)])[:64],
            "title": f"{item.title}（{'、'.join(value.label for value in chosen)}）",
            "when": {**item.when, **when},
            "coarse": item.coarse,
            "says": (),
            "situations": (),
        }
    )


def _sorted_phrases(after: Subject, leaves: Sequence[Item], item: Item) -> Phrases:
    reader, ids = SubjectReader(after), {leaf.id for leaf in leaves}
    found: Phrases = {}
    for key, phrases in (("says", item.says), ("situations", item.situations)):
        for phrase in phrases:
            possible = [
                one.id for one in consistent_items(after, reader.read(clean(phrase))) if one.id in ids
            ]
            found.setdefault(possible[0] if len(possible) == 1 else None, []).append((key, phrase))
    return found
