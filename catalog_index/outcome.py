"""From evidence to an answer: what is still possible, how likely it is, and in which order it is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from catalog_index.clarify import consistent_items
from catalog_index.decide import Verdict, believed, within
from catalog_index.fusion import Fusion
from catalog_index.layout import Layout
from catalog_index.postings import Floats
from catalog_index.result import Scored
from catalog_index.schema import Subject


@dataclass(frozen=True)
class View:
    """What one hypothesis says: features, shape (items, FEATURES), and context, shape (CONTEXT,), with the
    weight that the hypothesis has."""

    weight: float
    features: Floats
    context: Floats


@dataclass(frozen=True)
class Evidence:
    """What a query says of the items of `layout`: a view for each hypothesis, the best first, and the facet
    answers read by subject."""

    layout: Layout
    views: tuple[View, ...]
    read: dict[str, dict[str, str]]

    def probabilities(self, fusion: Fusion) -> tuple[Floats, float]:
        """Of every item, and of none: each hypothesis is as likely as the recognizer says, and an item as
        likely as it is under each of them."""
        total = sum(view.weight for view in self.views)
        items, none = np.zeros(len(self.layout.subject_of), np.float32), 0.0
        for view in self.views:
            own, own_none = fusion.probabilities(view.features, view.context)
            items += np.float32(view.weight / total) * own
            none += view.weight / total * own_none
        return items, none


def inside(
    subject_id: str, given: Mapping[str, str], evidence: Evidence, probabilities: Floats
) -> tuple[Verdict, dict[str, str], Floats]:
    """The next step inside a settled subject, the answers known for it, and its items' probabilities."""
    layout = evidence.layout
    subject = layout.catalog.subject(subject_id)
    own = own_answers(subject, given)
    texts_said = believed_of(subject_id, evidence, probabilities)
    known = {**texts_said, **own}
    possible = {item.id for item in consistent_items(subject, known)}
    if not possible:
        # What was read contradicts what was answered outright: the answers count.
        known = own
        possible = {item.id for item in consistent_items(subject, known)}
    kept = np.zeros_like(probabilities)
    for item in subject.items:
        if item.id in possible:
            row = layout.item_place[item.id]
            kept[row] = max(float(probabilities[row]), 1e-9)
    kept, _ = renormalise(kept, 0.0)
    candidates = layout.within(layout.subject_place[subject_id], kept)
    return within(subject, candidates, known), known, kept


def believed_of(subject_id: str | None, evidence: Evidence, probabilities: Floats) -> dict[str, str]:
    """The answers that the query gives for a subject, as far as its probabilities bear them out."""
    if subject_id is None:
        return {}
    place = evidence.layout.subject_place[subject_id]
    subject = evidence.layout.catalog.subjects[place]
    return believed(subject, evidence.layout.within(place, probabilities), evidence.read.get(subject_id, {}))


def allowed_items(layout: Layout, given: Mapping[str, str], exclude: Collection[str]) -> Floats:
    """1 for every item that the answers allow and that was not turned down, else 0; shape (items,)."""
    allowed = np.ones(len(layout.catalog.items), np.float32)
    for item_id in exclude:
        if item_id in layout.item_place:
            allowed[layout.item_place[item_id]] = 0.0
    if given:
        for place, subject in enumerate(layout.catalog.subjects):
            own = own_answers(subject, given)
            if own:
                possible = {item.id for item in consistent_items(subject, own)}
                for row, item in zip(layout.rows[place], subject.items, strict=True):
                    if item.id not in possible:
                        allowed[row] = 0.0
    return allowed


def ranked(layout: Layout, probabilities: Floats, top: int, first: str | None) -> tuple[Scored, ...]:
    """The likeliest items, at most `top`, that are possible at all; `first` leads."""
    count = min(top, len(probabilities))
    nearest = np.argpartition(-probabilities, count - 1)[:count] if count else np.array([], np.int64)
    order = [int(row) for row in nearest[np.argsort(-probabilities[nearest], kind="stable")]]
    if first is not None:
        # The decided item leads even where facet answers, not similarity, settled it.
        place = layout.item_place[first]
        order = [place, *(row for row in order if row != place)][:count]
    told = []
    for row in order:
        item = layout.catalog.items[row]
        if probabilities[row] > 0 or item.id == first:
            name = item.department.name
            told.append(Scored(item.id, item.title, item.subject, name, round(float(probabilities[row]), 4)))
    return tuple(told)


def own_answers(subject: Subject, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that belong to this subject's facets."""
    values = {facet.id: {value.id for value in facet.values} for facet in subject.facets}
    return {name: value for name, value in answers.items() if value in values.get(name, ())}


def renormalise(probabilities: Floats, none: float) -> tuple[Floats, float]:
    """Scaled so that all and none are 1 together."""
    total = float(probabilities.sum()) + none
    return (probabilities / np.float32(total), none / total) if total > 0 else (probabilities, 1.0)
