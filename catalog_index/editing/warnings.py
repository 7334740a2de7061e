"""What is no fault but would mislead: phrases that tell the search the wrong answer, missing phrases, long
questions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from catalog_index.clarify import SubjectReader
from catalog_index.faults import Fault
from catalog_index.loader import Catalog
from catalog_index.schema import Item, Subject
from catalog_index.text import clean

# What a person hears in one breath and still knows at its end.
LONGEST_QUESTION = 30


def _labels(subject: Subject) -> dict[tuple[str, str], str]:
    return {
        (facet.id, value.id): f"{facet.title}={value.label}"
        for facet in subject.facets
        for value in facet.values
    }


def _misleading(subject: Subject, item: Item, reader: SubjectReader) -> Iterator[Fault]:
    """Phrases from which clarifying would read an answer that is not this item's."""
    labels = _labels(subject)
    for phrase in (*item.says, *item.situations):
        for facet_id, value in reader.read(clean(phrase)).items():
            own = item.when.get(facet_id)
            if own is None or value in own:
                continue
            wanted = " or ".join(labels[facet_id, one] for one in own)
            yield Fault(
                f"item {item.id}: “{phrase}” tells {labels[facet_id, value]}, but the item is {wanted}",
                "reword it, move it to the item it means, or correct the cue words of the facet's value",
                subject=subject.id, item=item.id, part=phrase,
            )  # fmt: skip


def find_warnings(catalog: Catalog) -> Iterator[Fault]:
    """All warnings, without their lines."""
    for subject in catalog.subjects:
        for facet in subject.facets:
            if len(facet.ask) > LONGEST_QUESTION:
                yield Fault(
                    f"subject {subject.id}: the question “{facet.ask}” has {len(facet.ask)} characters",
                    f"ask it in at most {LONGEST_QUESTION}",
                    subject=subject.id, part=facet.ask,
                )  # fmt: skip
        reader = SubjectReader(subject)
        for item in subject.items:
            here = partial(Fault, subject=subject.id, item=item.id)
            yield from _misleading(subject, item, reader)
            # Without either it is a fault.
            if item.says and not item.situations:
                yield here(f"item {item.id}: no situations", "write what people tell that leads to it")
            elif item.situations and not item.says:
                yield here(f"item {item.id}: no says", "write how people call it")
