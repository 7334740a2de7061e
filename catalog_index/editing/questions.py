"""How many questions clarifying needs until one item is left, when nothing but the subject was told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from catalog_index.clarify import next_question, resolve
from catalog_index.schema import Item, Subject

# More than two questions, and people give up or take whatever comes next.
MOST = 2


def questions_needed(subject: Subject) -> dict[str, int | None]:
    """Item id -> questions asked on the longest way to it; None where no way ends at it."""

    @cache
    def ways(answered: tuple[tuple[str, str], ...]) -> Mapping[str, int]:
        answers = dict(answered)
        end = resolve(subject, answers)
        if isinstance(end, Item):
            return {end.id: 0}
        facet = None if end is not None else next_question(subject, {}, answers)
        longest: dict[str, int] = {}
        for value in facet.values if facet is not None else ():
            extended = tuple(sorted({**answers, facet.id: value.id}.items())) if facet else ()
            for item_id, count in ways(extended).items():
                longest[item_id] = max(longest.get(item_id, 0), count + 1)
        return longest

    found = ways(())
    return {item.id: found.get(item.id) for item in subject.items}
