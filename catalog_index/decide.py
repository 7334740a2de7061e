"""From probabilities to what is said next: the choice with the least expected cost to the citizen.

Costs are in turns. A wrong item is found out late and costs most. Who is sent away and could have been helped
is asked to say it otherwise, and loses about as much as two questions and a half; a question or a list costs
a turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from catalog_index.clarify import consistent_items, next_question, open_values, resolve
from catalog_index.layout import Layout
from catalog_index.postings import Floats
from catalog_index.schema import NoItem, Subject

Decision = Literal["item", "clarify", "choose", "none"]

WRONG_ITEM = 5.0
REFUSED = 2.5
QUESTION = 1.0
LIST = 1.4
# Less than this is not worth a line in a list.
WORTH_A_LINE = 0.04
LONGEST_LIST = 4
# A subject is named instead of its item where no item holds this share of it.
ONE_ITEM_SHARE = 0.75
# An answer read from a sentence is believed where the items that agree with it hold so much of the subject.
BELIEVED = 0.5


@dataclass(frozen=True)
class SearchOption:
    """A numbered answer: `value` is a facet value's id, an item's id, or "subject:<id>"."""

    value: str
    label: str


@dataclass(frozen=True)
class Verdict:
    """What was decided; `subject_id` and `facet_id` where a subject is settled and a question is open."""

    decision: Decision
    question: str | None = None
    options: tuple[SearchOption, ...] = ()
    subject_id: str | None = None
    facet_id: str | None = None
    item_id: str | None = None


CHOOSE_QUESTION = "您说的是下面哪一件事？"


def believed(subject: Subject, candidates: Mapping[str, float], read: Mapping[str, str]) -> dict[str, str]:
    """The answers read from a sentence, without those that the rest of it speaks against.

    A cue may stand in a sentence for another reason ("2022年的年报漏了" holds the 年报 of every year). The
    probabilities have weighed it beside everything else, so they are the better witness.

    Args:
        candidates: item id -> probability, of this subject.
        read: facet id -> value id.
    """
    if isinstance(resolve(subject, read), NoItem):
        return dict(read)  # an honest none, of which the probabilities know nothing
    total = sum(candidates.values())

    def credible(facet: str, value: str) -> bool:
        agreeing = (item for item in subject.items if value in item.when.get(facet, (value,)))
        return sum(candidates.get(item.id, 0.0) for item in agreeing) >= BELIEVED * total

    return {facet: value for facet, value in read.items() if credible(facet, value)}


def within(subject: Subject, candidates: Mapping[str, float], answers: Mapping[str, str]) -> Verdict:
    """The next step inside a settled subject: its item, its question, or its honest none."""
    end = resolve(subject, answers)
    if isinstance(end, NoItem):
        return Verdict("none", question=end.say, subject_id=subject.id)
    if end is not None:
        return Verdict("item", subject_id=subject.id, item_id=end.id)
    facet = next_question(subject, candidates, answers)
    if facet is None:
        left = sorted(consistent_items(subject, answers), key=lambda item: -candidates.get(item.id, 0.0))
        options = tuple(SearchOption(item.id, item.title) for item in left[:LONGEST_LIST])
        return Verdict("choose", CHOOSE_QUESTION, options, subject.id)
    options = tuple(SearchOption(value.id, value.label) for value in open_values(subject, facet, answers))
    return Verdict("clarify", facet.ask, options, subject.id, facet.id)


def decide(
    layout: Layout, probabilities: Floats, none: float, read: Mapping[str, Mapping[str, str]]
) -> Verdict:
    """The cheapest of item, question, list and refusal.

    Args:
        probabilities: of every item of the catalog, in its order.
        none: probability that no item is meant.
        read: subject id -> facet answers found in the query, for the subjects that matter.
    """
    best = layout.catalog.items[int(probabilities.argmax())]
    masses = layout.masses(probabilities)
    ranked = np.argsort(-masses, kind="stable")[:LONGEST_LIST].tolist()
    subject = layout.catalog.subjects[ranked[0]]
    candidates = layout.within(ranked[0], probabilities)
    inner = within(subject, candidates, believed(subject, candidates, read.get(subject.id, {})))
    listed = [place for place in ranked if masses[place] >= WORTH_A_LINE]
    costs: dict[Decision, float] = {
        "item": WRONG_ITEM * (1 - float(probabilities.max())),
        "clarify": WRONG_ITEM * (1 - candidates.get(inner.item_id, 0.0))
        if inner.item_id is not None
        else QUESTION + WRONG_ITEM * (1 - float(masses[ranked[0]])),
        "none": REFUSED * (1 - none),
    }
    if len(listed) > 1:
        costs["choose"] = LIST + WRONG_ITEM * (1 - float(masses[listed].sum()))
    choice = min(costs, key=lambda name: costs[name])
    if choice == "none":
        return Verdict("none")
    if choice == "item":
        return Verdict("item", subject_id=best.subject_id, item_id=best.id)
    if choice == "clarify":
        return inner
    return Verdict("choose", CHOOSE_QUESTION, tuple(_line(layout, probabilities, place) for place in listed))


def among(layout: Layout, probabilities: Floats, subject_ids: Sequence[str]) -> Verdict:
    """A list of these subjects, the likeliest first: a name of them all leaves nothing else to ask."""
    masses = layout.masses(probabilities)
    places = sorted((layout.subject_place[one] for one in subject_ids), key=lambda place: -masses[place])
    subjects = [layout.catalog.subjects[place] for place in places]
    lines = [
        SearchOption(f"subject:{one.id}", one.title)
        if len(one.items) > 1
        else SearchOption(one.items[0].id, one.items[0].title)
        for one in subjects
    ]
    return Verdict("choose", CHOOSE_QUESTION, tuple(lines))


def _line(layout: Layout, probabilities: Floats, place: int) -> SearchOption:
    subject, rows = layout.catalog.subjects[place], layout.rows[place]
    own = probabilities[rows.start : rows.stop]
    if len(own) == 1 or own.max() >= ONE_ITEM_SHARE * own.sum():
        item = subject.items[int(own.argmax())]
        return SearchOption(item.id, item.title)
    return SearchOption(f"subject:{subject.id}", subject.title)
