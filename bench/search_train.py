"""The training side as queries: the catalog's own utterances, taken out of the index while they are asked.

The encoder was trained on them all, and the fusion's weights on other queries. Left in the index a phrase
would find itself; without it, figures say how well the search knows what it learned from, beside what it
never met.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bench.search import Query
from catalog_index.loader import Catalog
from catalog_index.schema import Item, Subject
from catalog_index.text import normalise

SPLIT = "train"
ITEMS, SUBJECTS = 2_000, 300
_SEED = 20_261_201

Owner = TypeVar("Owner", Item, Subject)


def hidden(catalog: Catalog, items: int = ITEMS, subjects: int = SUBJECTS) -> tuple[Catalog, list[Query]]:
    """One utterance each of so many items and subjects, at random but always the same, and the rest.

    Returns:
        The catalog without them, and they as queries of the kinds "utterance" and "vague".
    """
    chance = random.Random(_SEED)
    queries = [
        Query(text, "utterance", item.id, item.subject_id)
        for item, text in _some(catalog.items, items, chance)
    ]
    queries += [
        Query(text, "vague", None, subject.id) for subject, text in _some(catalog.subjects, subjects, chance)
    ]
    of_item = {query.item: query.query for query in queries if query.item}
    of_subject = {query.subject: query.query for query in queries if not query.item}
    left = tuple(
        _without(subject, of_subject.get(subject.id)).model_copy(
            update={"items": tuple(_without(item, of_item.get(item.id)) for item in subject.items)}
        )
        for subject in catalog.subjects
    )
    return replace(catalog, subjects=left, version=f"{catalog.version}-hidden"), queries


def _some(owners: Sequence[Owner], most: int, chance: random.Random) -> list[tuple[Owner, str]]:
    """An utterance each of so many; none that reads like the title, which stays in the index."""
    known = []
    for owner in owners:
        title = normalise(owner.title)
        own = [text for text in owner.utterances if normalise(text) != title]
        if own:
            known.append((owner, chance.choice(own)))
    return chance.sample(known, min(most, len(known)))


def _without(owner: Owner, text: str | None) -> Owner:
    """The item or subject without what reads like this text once the search has normalised it."""
    if text is None:
        return owner
    plain = normalise(text)

    def kept(texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(one for one in texts if normalise(one) != plain)

    update: dict[str, Any] = {"says": kept(owner.says), "utterances": kept(owner.utterances)}
    if isinstance(owner, Item):
        update["situations"] = kept(owner.situations)
    return owner.model_copy(update=update)
