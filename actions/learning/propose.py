"""What an editor may want to write into the catalog: phrases that citizens confirmed, and needs nothing met.

Nothing is ever applied by itself. A phrase is shown once several people said it in nearly the same words,
which keeps the odd detail of one person from an editor's screen as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from actions.applications.outcomes import Outcome
from catalog_index.loader import Catalog
from catalog_index.schema import Item
from catalog_index.text import normalise

# Two sentences that share so much (0..100) are one, said by two people.
ALIKE = 80.0
LEAST = 2


@dataclass(frozen=True)
class Proposal:
    """A phrase for the `says` of an item, or of a subject where the words alone did not tell the item.

    Attributes:
        count: how many confirmed it; against: how many turned the same item down for nearly these words.
        others: further wordings. outcomes: ids of what it was made from.
    """

    phrase: str
    target: Literal["item", "subject"]
    id: str
    title: str
    count: int
    against: int
    others: tuple[str, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Unmet:
    """A need for which the search had nothing, or nothing that the citizen wanted."""

    phrase: str
    count: int
    kinds: dict[str, int]
    outcomes: tuple[str, ...]


def proposals(outcomes: Iterable[Outcome], catalog: Catalog, least: int = LEAST) -> list[Proposal]:
    """Phrases that so many citizens confirmed and the catalog does not have; most confirmed first."""
    confirmed: dict[tuple[Literal["item", "subject"], str], list[Outcome]] = defaultdict(list)
    rejected: dict[str, list[str]] = defaultdict(list)
    for one in outcomes:
        item = catalog.successor(one.item_id) if one.item_id else None
        if item is None:
            continue
        if one.kind == "rejected":
            rejected[item.id].append(normalise(one.query))
        elif one.kind == "confirmed" and normalise(one.query) not in _known(catalog, item):
            of_subject = one.asked and len(catalog.subject(item.subject_id).items) > 1
            confirmed[("subject", item.subject_id) if of_subject else ("item", item.id)].append(one)
    found = []
    for (target, identifier), own in confirmed.items():
        title = catalog.item(identifier).title if target == "item" else catalog.subject(identifier).title
        for group in _alike(own):
            phrase, others = _wordings(group)
            against = sum(fuzz.ratio(normalise(phrase), said) >= ALIKE for said in rejected[identifier])
            if len(group) - against >= least:
                ids = tuple(one.id for one in group)
                found.append(Proposal(phrase, target, identifier, title, len(group), against, others, ids))
    return sorted(found, key=lambda one: (one.against - one.count, one.id, one.phrase))


def unmet(outcomes: Iterable[Outcome], least: int = LEAST) -> list[Unmet]:
    """Needs that found nothing or nothing fitting; the most frequent first."""
    found = []
    for group in _alike([one for one in outcomes if one.kind in ("not_found", "none_fit", "rejected")]):
        if len(group) >= least:
            kinds = Counter(str(one.kind) for one in group)
            found.append(Unmet(_wordings(group)[0], len(group), dict(kinds), tuple(one.id for one in group)))
    return sorted(found, key=lambda one: (-one.count, one.phrase))


def _known(catalog: Catalog, item: Item) -> set[str]:
    subject = catalog.subject(item.subject_id)
    return {
        normalise(text) for text in (item.title, *item.says, *item.situations, subject.title, *subject.says)
    }


def _alike(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """Groups in which each is like the first; in an order that does not depend on when anything was said."""
    groups: list[tuple[str, list[Outcome]]] = []
    for one in sorted(outcomes, key=lambda one: (len(one.query), one.query, one.id)):
        plain = normalise(one.query)
        for first, group in groups:
            if fuzz.ratio(first, plain) >= ALIKE:
                group.append(one)
                break
        else:
            groups.append((plain, [one]))
    return [group for _, group in groups]


def _wordings(group: Sequence[Outcome]) -> tuple[str, tuple[str, ...]]:
    """The most frequent wording, the shortest of several, and the others."""
    counts = Counter(one.query for one in group)
    ordered = sorted(counts, key=lambda text: (-counts[text], len(text), text))
    return ordered[0], tuple(ordered[1:])
