"""What a search answers."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_index.decide import Decision, SearchOption


@dataclass(frozen=True)
class Scored:
    """An item with the probability that it is the one meant."""

    id: str
    title: str
    subject: str
    department: str
    probability: float


@dataclass(frozen=True)
class SearchResult:
    """One search.

    Attributes:
        decision: item: `results[0]` stands out; clarify: ask `question` of facet `facet_id`; choose: offer
            `options`; none: nothing fits (then `question` is the catalog's own sentence, if it has one).
        options: for clarify the facet's value ids, for choose item ids or "subject:<id>".
        answers: facet answers known for the settled subject.
        ms: time the search took.
    """

    query: str
    decision: Decision
    question: str | None
    options: tuple[SearchOption, ...]
    results: tuple[Scored, ...]
    subject_id: str | None
    facet_id: str | None
    answers: dict[str, str]
    ms: float
