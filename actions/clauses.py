"""A long story with the need somewhere in it: the one clause that tells it."""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import pairwise

from actions.service import Service
from catalog_index.errors import QueryInvalid

_ENDS = re.compile(r"[，,。；;！!？?、]+")
# A short message is searched whole; so many clauses make a story, and more are not listened to.
_LEAST, _MOST = 5, 12
_SHORTEST = 4
# On the development queries six stories of seven were understood so, shorter messages hardly one of two.
_CERTAIN = 0.5


def telling_clause(service: Service, text: str, likely: Container[str]) -> str | None:
    """The clause, or two in a row, by which the search is surest of one thing; None where it is of none.

    Old people tell what led to it ("腿脚不好，儿子在外地，我那个老年证……不知道丢到哪里去了"), and the words
    that matter drown in the rest. One clause alone misleads as easily, so that it only counts where the
    whole story points the same way.

    Args:
        likely: the items that the whole text made likeliest, though none likely enough.
    """
    clauses = [clause for clause in _ENDS.split(text) if clause][:_MOST]
    if len(clauses) < _LEAST:
        return None
    pairs = [f"{first}，{second}" for first, second in pairwise(clauses)]
    best: tuple[float, str] | None = None
    for clause in (*clauses, *pairs):
        if len(clause) < _SHORTEST:
            continue
        try:
            found = service.engine.search(clause)
        except QueryInvalid:
            continue
        if found.decision in ("item", "clarify") and found.results and found.results[0].id in likely:
            sure = sum(one.probability for one in found.results if one.subject == found.results[0].subject)
            if sure >= _CERTAIN and (best is None or sure > best[0]):
                best = sure, clause
    return best[1] if best else None
