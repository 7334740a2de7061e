"""A long story with the need somewhere in it: the one clause that tells it."""

from __future__ import annotations

import re
from itertools import pairwise

from actions.service import Service
from catalog_index.errors import QueryInvalid

_ENDS = re.compile(r"[，,。；;！!？?、\s]+")
# A short message is searched whole; so many clauses make a story, and more are not listened to.
_LEAST, _MOST = 3, 12
_SHORTEST = 4
# One clause says less than the whole: what it finds must be found beyond doubt.
_CERTAIN = 0.85


def telling_clause(service: Service, text: str) -> str | None:
    """The clause, or two in a row, by which the search is surest of one thing; None where it is of none.

    Old people tell what led to it ("腿脚不好，儿子在外地，我那个老年证……不知道丢到哪里去了"), and the words
    that matter drown in the rest.
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
        if found.decision in ("item", "clarify") and found.results:
            sure = sum(one.probability for one in found.results if one.subject == found.results[0].subject)
            if sure >= _CERTAIN and (best is None or sure > best[0]):
                best = sure, clause
    return best[1] if best else None
