"""What a citizen already said about the siblings of a subject, and the one question that splits them best."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from catalog_index.conditions import wanted_values
from catalog_index.places import mentions, side_of
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
_NEARLY_ALL = 0.9


@lru_cache(1 << 16)
def _cues(says: tuple[str, ...], label: str) -> tuple[str, ...]:
    """Kept, since the subjects of a large catalog are read anew and anew, and many answers are alike."""
    words = {clean(word) for word in (*says, label, _BRACKETS.sub("", label))}
    return tuple(sorted(words - {""}))


class _Said:
    """A sentence and, looked up once for all facets, the sides of the places that it names."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def place(self) -> str | None:
        return side_of(self.text)

    @cached_property
    def destination(self) -> str | None:
        return side_of(self.text, destination=True)


class _FacetReader:
    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        self._cues = [(cue, value.id) for value in facet.values for cue in _cues(value.says, value.label)]
        self._placed: dict[str, list[str]] = {}
        for value in facet.values:
            if value.places:
                self._placed.setdefault(value.places, []).append(value.id)
        self._asks_destination = bool(_DESTINATION.search(facet.title + facet.ask))
        self._city_cues = frozenset(cue for cue, _ in self._cues if mentions(cue)) if self._placed else ()

    def exact(self, text: str) -> str | None:
        found = {value for cue, value in self._cues if cue == text}
        return found.pop() if len(found) == 1 else None

    def _spans(self, text: str, bare: bool) -> Iterable[tuple[int, int, str, bool]]:
        """Where the values' cues stand in the text, and whether each is denied there."""
        for cue, value in self._cues:
            if cue in text and (bare or cue not in _BARE):
                at = text.find(cue)
                while at >= 0:
                    denied = bool(_DENIAL.search(text[max(0, at - 4) : at]))
                    yield at, at + len(cue), value, denied
                    at = text.find(cue, at + 1)

    def read(self, said: _Said, *, bare: bool) -> str | None:
        every = list(self._spans(said.text, bare))
        if self._city_cues and self._only_headed_for(said):
            every = [span for span in every if said.text[span[0] : span[1]] not in self._city_cues]
        # A cue inside a longer cue of another value does not count ("未成年" holds "成年").
        affirmed = {
            span[2] for span in every if not span[3] and not any(_covers(other, span) for other in every)
        }
        if affirmed:
            return affirmed.pop() if len(affirmed) == 1 else None
        if self._placed:
            side = said.destination if self._asks_destination else said.place
            placed = self._placed.get(side or "", [])
            if len(placed) == 1:
                return placed[0]
        refused = {value for _, _, value, denied in every if denied}
        if len(self.facet.values) == 2 and len(refused) == 1:
            return next(value.id for value in self.facet.values if value.id not in refused)
        return None

    def _only_headed_for(self, said: _Said) -> bool:
        """Whether the city is named as the place to go to, by somebody who says to be from elsewhere.

        "爱人户口在杭州，我们在义乌安家" holds "在义乌", and yet tells that the person is outside.
        """
        return not self._asks_destination and said.place == "outside" and said.destination == "inside"


def _covers(other: tuple[int, int, str, bool], span: tuple[int, int, str, bool]) -> bool:
    longer = other[1] - other[0] > span[1] - span[0]
    return longer and other[2] != span[2] and other[0] <= span[0] and span[1] <= other[1]


class SubjectReader:
    """Reads what a sentence says about one subject's facets; made once, used for every query."""

    def __init__(self, subject: Subject) -> None:
        self._readers = [_FacetReader(facet) for facet in subject.facets]

    def read(self, plain: str) -> dict[str, str]:
        """As `read_facets`, of a text that `clean` has been through."""
        said = _Said(plain)
        found = {reader.facet.id: reader.read(said, bare=False) for reader in self._readers}
        return {name: value for name, value in found.items() if value is not None}


def read_facets(subject: Subject, text: str) -> dict[str, str]:
    """Facet answers that a sentence gives without being asked.

    Args:
        subject: whose facets to look for.
        text: the citizen's words.

    Returns:
        Facet id -> value id; a facet about which the sentence says nothing, or two things, is left out.
    """
    return SubjectReader(subject).read(clean(text))


def read_answer(facet: Facet, text: str) -> str | None:
    """The value that a reply to this facet's own question gives; here 有 or 不是 is an answer too."""
    plain, reader = clean(text), _FacetReader(facet)
    return reader.exact(plain) or reader.read(_Said(plain), bare=True)


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
    best: tuple[bool, float, Facet] | None = None
    for facet in subject.facets:
        if facet.id not in answers:
            gain, general = _gain(facet, outcomes), _concerns_nearly_all(facet, outcomes)
            if gain > 1e-6 and (best is None or (general, gain) > (best[0], best[1] + 1e-9)):
                best = general, gain, facet
    return best[2] if best else None


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


def _concerns_nearly_all(facet: Facet, outcomes: list[Outcome]) -> bool:
    """Whether the question means something to whoever is likely to be asked it.

    What is asked of a firm alone must not be put to a person first, however much it would tell.
    """
    total = sum(weight for _, weight in outcomes)
    return sum(weight for when, weight in outcomes if facet.id in when) >= _NEARLY_ALL * total


def _gain(facet: Facet, outcomes: list[Outcome]) -> float:
    """Bits that an answer is expected to give."""
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
