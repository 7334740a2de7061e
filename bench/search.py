"""Search measured: the right item, the right next step, calibration and speed, beside simpler ways.

Queries are read from bench/queries/SPLIT.jsonl. A query names its item; or only a subject, where a person
could not say more; or neither, where nothing in the catalog is meant.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from bench.reliability import calibration_error, reliability
from catalog_index.engine import SearchEngine, SearchResult
from catalog_index.loader import Catalog
from wenban.errors import SetupError
from wenban.settings import PROJECT_ROOT

QUERIES = PROJECT_ROOT / "bench" / "queries"
MOST_QUESTIONS = 8
# Queries that a baseline ranks together.
_AT_ONCE = 64

Ranker = Callable[[Sequence[str]], list[list[str]]]


@dataclass(frozen=True)
class Query:
    """A line of a query file: `item` and `subject` are ids or None."""

    query: str
    kind: str
    item: str | None
    subject: str | None


@dataclass
class Quality:
    """Counts of one group of queries for one system; shares are out of the queries that name an item."""

    queries: int = 0
    first: int = 0
    third: int = 0
    reciprocal: float = 0.0

    def add(self, ranked: Sequence[str], item: str) -> None:
        place = ranked.index(item) + 1 if item in ranked else 0
        self.queries += 1
        self.first += place == 1
        self.third += 1 <= place <= 3
        self.reciprocal += 1 / place if place else 0.0

    def shares(self) -> dict[str, float]:
        count = max(self.queries, 1)
        return {
            "queries": self.queries,
            "top1": round(self.first / count, 4),
            "top3": round(self.third / count, 4),
            "mrr": round(self.reciprocal / count, 4),
        }


@dataclass
class Steps:
    """What our decisions led to.

    Attributes:
        settled: the right item named at once. led: the right item reached by answering truthfully.
        questions: asked on the way, in all. wrong: a wrong item named.
        vague_led: queries that name a subject, answered by it or by its question.
        refused: out of scope and told so. in_scope_refused: not out of scope, yet told so.
    """

    items: int = 0
    settled: int = 0
    led: int = 0
    questions: int = 0
    wrong: int = 0
    in_scope_refused: int = 0
    vague: int = 0
    vague_led: int = 0
    outside: int = 0
    refused: int = 0
    sure: list[tuple[float, bool]] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def shares(self) -> dict[str, float]:
        def share(part: int, whole: int) -> float:
            return round(part / whole, 4) if whole else 0.0

        decided = self.led + self.vague_led + self.refused
        every = self.items + self.vague + self.outside
        return {
            "decision_accuracy": share(decided, every),
            "settled_at_once": share(self.settled, self.items),
            "reached": share(self.led, self.items),
            "questions_each": round(self.questions / max(self.led, 1), 3),
            "wrong_item": share(self.wrong, self.items),
            "in_scope_refused": share(self.in_scope_refused, self.items + self.vague),
            "vague_led": share(self.vague_led, self.vague),
            "out_of_scope_refused": share(self.refused, self.outside),
            "ece": round(calibration_error(reliability(self.sure)), 4),
            "p50_ms": round(float(np.percentile(self.ms, 50)), 2) if self.ms else 0.0,
            "p95_ms": round(float(np.percentile(self.ms, 95)), 2) if self.ms else 0.0,
        }


def read_queries(split: str, catalog: Catalog, folder: Path = QUERIES) -> list[Query]:
    """The queries of a split; one that names an unknown item or subject is an error.

    Raises:
        SetupError: the file is missing or a line of it is wrong; says which.
    """
    path = folder / f"{split}.jsonl"
    items = {item.id for item in catalog.items}
    subjects = {subject.id for subject in catalog.subjects}
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SetupError(f"no queries at {path}: {error}") from error
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            query = Query(record["query"], record["kind"], record["item"], record["subject"])
        except (ValueError, KeyError, TypeError) as error:
            raise SetupError(f"{path.name}:{number}: not a query record: {error!r}") from error
        if query.item is not None and query.item not in items:
            raise SetupError(f"{path.name}:{number}: no item {query.item!r} in the catalog")
        if query.subject is not None and query.subject not in subjects:
            raise SetupError(f"{path.name}:{number}: no subject {query.subject!r} in the catalog")
        found.append(query)
    return found


def _follow(engine: SearchEngine, query: Query, first: SearchResult) -> tuple[bool, int]:
    """Whether a citizen who answers truthfully reaches the item, and after how many questions."""
    item = engine.catalog.item(query.item or "")
    result, answers, asked = first, dict(first.answers), 0
    while asked < MOST_QUESTIONS:
        if result.decision == "item":
            return result.results[0].id == item.id, asked
        if result.decision == "none":
            return False, asked
        values = {option.value for option in result.options}
        asked += 1
        if result.decision == "choose" and item.id in values:
            return True, asked
        if result.decision == "choose" and f"subject:{item.subject_id}" not in values:
            return False, asked
        if result.decision == "clarify":
            if result.subject_id != item.subject_id or result.facet_id is None:
                return False, asked
            wanted = item.when.get(result.facet_id, tuple(values))
            truthful = [value for value in wanted if value in values]
            if not truthful:
                return False, asked
            answers[result.facet_id] = truthful[0]
        result = engine.search(query.query, within_subject=item.subject_id, answers=answers)
        answers = {**result.answers, **answers}
    return False, asked


def measure(engine: SearchEngine, queries: Iterable[Query]) -> tuple[dict[str, Quality], Steps]:
    """Quality by kind (and "all"), and what the decisions led to."""
    by_kind: dict[str, Quality] = defaultdict(Quality)
    steps = Steps()
    for query in queries:
        result = engine.search(query.query, top=20)
        steps.ms.append(result.ms)
        top = result.results[0]
        if query.item is not None:
            ranked = [scored.id for scored in result.results]
            by_kind["all"].add(ranked, query.item)
            by_kind[query.kind].add(ranked, query.item)
            reached, asked = _follow(engine, query, result)
            steps.items += 1
            steps.settled += reached and asked == 0
            steps.led += reached
            steps.questions += asked if reached else 0
            steps.wrong += result.decision == "item" and top.id != query.item
            steps.in_scope_refused += result.decision == "none"
            steps.sure.append((top.probability, top.id == query.item))
        elif query.subject is not None:
            steps.vague += 1
            offered = {option.value for option in result.options}
            steps.vague_led += result.subject_id == query.subject or f"subject:{query.subject}" in offered
            steps.in_scope_refused += result.decision == "none" and result.subject_id is None
        else:
            steps.outside += 1
            steps.refused += result.decision == "none"
            steps.sure.append((top.probability, False))
    return dict(by_kind), steps


def measure_ranker(
    rank: Ranker, queries: Sequence[Query], progress: Callable[[int], object] = lambda _: None
) -> tuple[dict[str, Quality], float]:
    """Quality by kind of a baseline, and its mean milliseconds a query.

    Args:
        progress: told how many more queries are done.
    """
    asked = [query for query in queries if query.item is not None]
    by_kind: dict[str, Quality] = defaultdict(Quality)
    seconds = 0.0
    for first in range(0, len(asked), _AT_ONCE):
        some = asked[first : first + _AT_ONCE]
        start = perf_counter()
        ranked = rank([query.query for query in some])
        seconds += perf_counter() - start
        for query, own in zip(some, ranked, strict=True):
            by_kind["all"].add(own, query.item or "")
            by_kind[query.kind].add(own, query.item or "")
        progress(len(some))
    return dict(by_kind), seconds * 1000 / max(len(asked), 1)
