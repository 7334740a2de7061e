"""What a citizen already said about the siblings of a subject, and the one question that splits them best."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from catalog_index.conditions import wanted_values
from catalog_index.places import side_of
from catalog_index.schema import Facet, FacetValue, Item, NoItem, Subject
from catalog_index.text import clean

# Labels that answer a question but mean nothing inside a free sentence.
_BARE = frozenset(
    (*"有没无是否不已未能", "没有", "不是", "需要", "不需要", "其他", "其它", "都不是", "不知道", "可以")
)
_DENIAL = re.compile(
    r"(?:不是|不在|不用|不想|不要|不算|没有|并非|没|未|无|非|别|不)(?:去|到|有|过|办|要|在)?$"
)
_BRACKETS = re.compile(r"[（(].*?[)）]")
_DESTINATION = re.compile(r"迁往|前往|去向|目的地|(?:迁|去|搬|转)到哪|去哪")
# A refused citizen is rarer than one who may apply, yet must not be forgotten.
_NONE_WEIGHT = 0.3
_FLOOR = 1e-3


@lru_cache(maxsize=8192)
def _cues(value: FacetValue, bare: bool) -> tuple[str, ...]:
    words = {clean(word) for word in (*value.says, value.label, _BRACKETS.sub("", value.label))}
    return tuple(sorted((word for word in words if word and (bare or word not in _BARE)), key=len))


def _spans(text: str, value: FacetValue, bare: bool) -> Iterable[tuple[int, int, bool]]:
    """Where the value's cues stand in the text, and whether each is denied there."""
    for cue in _cues(value, bare):
        at = text.find(cue)
        while at >= 0:
            yield at, at + len(cue), bool(_DENIAL.search(text[max(0, at - 4) : at]))
            at = text.find(cue, at + 1)


def _read(facet: Facet, text: str, bare: bool) -> str | None:
    said: list[tuple[int, int, str]] = []
    denied: list[tuple[int, int, str]] = []
    for value in facet.values:
        for start, end, is_denied in _spans(text, value, bare):
            (denied if is_denied else said).append((start, end, value.id))
    # A cue inside a longer cue of another value does not count ("未成年" holds "成年").
    every = said + denied
    said = [
        span
        for span in said
        if not any(
            other[2] != span[2] and other[0] <= span[0] and span[1] <= other[1] and _longer(other, span)
            for other in every
        )
    ]
    values = {value for _, _, value in said}
    if len(values) == 1:
        return values.pop()
    if values:
        return None
    side = side_of(text, destination=bool(_DESTINATION.search(facet.title + facet.ask)))
    if side is not None:
        placed = [value.id for value in facet.values if value.places == side]
        if len(placed) == 1:
            return placed[0]
    refused = {value for _, _, value in denied}
    if len(facet.values) == 2 and len(refused) == 1:
        return next(value.id for value in facet.values if value.id not in refused)
    return None


def _longer(a: tuple[int, int, str], b: tuple[int, int, str]) -> bool:
    return a[1] - a[0] > b[1] - b[0]


def read_facets(subject: Subject, text: str) -> dict[str, str]:
    """Facet answers that a sentence gives without being asked.

    Args:
        subject: whose facets to look for.
        text: the citizen's words.

    Returns:
        Facet id -> value id; a facet about which the sentence says nothing, or two things, is left out.
    """
    plain = clean(text)
    found = {facet.id: _read(facet, plain, bare=False) for facet in subject.facets}
    return {name: value for name, value in found.items() if value is not None}


def read_answer(facet: Facet, text: str) -> str | None:
    """The value that a reply to this facet's own question gives; here 有 or 不是 is an answer too."""
    plain = clean(text)
    exact = [value.id for value in facet.values if plain in _cues(value, bare=True)]
    return exact[0] if len(exact) == 1 else _read(facet, plain, bare=True)


Outcome = tuple[Mapping[str, tuple[str, ...]], float]


def _consistent(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    return all(answers[name] in wanted for name, wanted in when.items() if name in answers)


def consistent_items(subject: Subject, answers: Mapping[str, str]) -> list[Item]:
    """The items that these answers leave possible."""
    return [item for item in subject.items if _consistent(item.when, answers)]


def _none_when(entry: NoItem) -> dict[str, tuple[str, ...]]:
    return {name: wanted_values(wanted) for name, wanted in entry.when.items()}


def _open_nones(subject: Subject, answers: Mapping[str, str]) -> list[NoItem]:
    return [entry for entry in subject.none if _consistent(_none_when(entry), answers)]


def resolve(subject: Subject, answers: Mapping[str, str]) -> Item | NoItem | None:
    """Where the answers end: the one item left, an honest none, or None while several are possible."""
    items = consistent_items(subject, answers)
    nones = _open_nones(subject, answers)
    if len(items) == 1 and not nones:
        return items[0]
    if not items and nones:
        met = [entry for entry in nones if all(name in answers for name in entry.when)]
        return (met or nones)[0]
    return None


def next_question(
    subject: Subject, candidates: Mapping[str, float], answers: Mapping[str, str]
) -> Facet | None:
    """The unanswered facet whose answer is expected to narrow the choice most.

    Args:
        subject: whose items compete.
        candidates: item id -> probability; an item not named here counts as barely possible.
        answers: what is known already; never asked again.

    Returns:
        None when no facet still splits what is possible.
    """
    items = consistent_items(subject, answers)
    outcomes: list[Outcome] = [(item.when, max(candidates.get(item.id, 0.0), _FLOOR)) for item in items]
    mean = sum(weight for _, weight in outcomes) / max(len(outcomes), 1) or 1.0
    outcomes += [(_none_when(entry), _NONE_WEIGHT * mean) for entry in _open_nones(subject, answers)]
    best: tuple[float, Facet] | None = None
    for facet in subject.facets:
        if facet.id not in answers:
            gain = _gain(facet, outcomes)
            if gain > 1e-6 and (best is None or gain > best[0] + 1e-9):
                best = gain, facet
    return best[1] if best else None


def open_values(subject: Subject, facet: Facet, answers: Mapping[str, str]) -> list[FacetValue]:
    """The facet's values that still lead somewhere, in the catalog's order."""
    return [
        value
        for value in facet.values
        if (extended := {**answers, facet.id: value.id})
        and (consistent_items(subject, extended) or _open_nones(subject, extended))
    ]


def _entropy(weights: Iterable[float]) -> float:
    positive = [weight for weight in weights if weight > 0]
    total = sum(positive)
    return -sum(weight / total * math.log2(weight / total) for weight in positive) if total else 0.0


def _gain(facet: Facet, outcomes: list[Outcome]) -> float:
    total = sum(weight for _, weight in outcomes)
    after = 0.0
    for value in facet.values:
        share = [
            weight / len(when.get(facet.id, facet.values))
            if value.id in when.get(facet.id, (value.id,))
            else 0.0
            for when, weight in outcomes
        ]
        if total:
            after += sum(share) / total * _entropy(share)
    return _entropy(weight for _, weight in outcomes) - after
