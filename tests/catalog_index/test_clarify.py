from __future__ import annotations

import pytest

from catalog_index.clarify import next_question, open_values, read_answer, read_facets, resolve
from catalog_index.loader import Catalog
from catalog_index.schema import Item, NoItem, Subject

MOST_QUESTIONS = 2


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("我老婆户口在上海，想迁到我这里", {"reason": "spouse", "origin": "outside"}),
        ("我不是博士，我是来投奔老公的", {"reason": "spouse"}),
        ("老婆是博士", {}),
        ("迁户口", {}),
        ("我老家的户口", {"origin": "outside"}),
    ],
)
def test_what_was_said_is_read(toy_catalog: Catalog, text: str, answers: dict[str, str]) -> None:
    assert read_facets(toy_catalog.subject("move"), text) == answers


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("爱人户口在杭州，我们在义乌安家", "outside"),
        ("户口在义乌，我从杭州来的", "inside"),
        ("我和老婆都在义乌，想迁户口", "inside"),
    ],
)
def test_the_place_to_go_to_is_not_where_somebody_is(catalog: Catalog, text: str, origin: str) -> None:
    move = catalog.subject(catalog.item("hukou-spouse-outside").subject_id)
    assert read_facets(move, text)["origin"] == origin


def test_the_refusal_of_one_of_two_is_the_other(toy_catalog: Catalog) -> None:
    assert read_facets(toy_catalog.subject("plate"), "车牌没丢失") == {"problem": "broken"}


def test_a_reply_may_be_a_label(toy_catalog: Catalog) -> None:
    facet = toy_catalog.subject("move").facets[1]
    assert read_answer(facet, "市外") == "outside"
    assert read_answer(facet, "在苏州") == "outside"
    assert read_answer(facet, "不知道") is None


def test_the_question_that_splits_best_comes_first(toy_catalog: Catalog) -> None:
    subject = toy_catalog.subject("move")
    # Both spouses' items likely: where the household is registered tells them apart.
    likely = {"move-spouse-inside": 0.45, "move-spouse-outside": 0.45, "move-talent": 0.1}
    first = next_question(subject, likely, {})
    assert first is not None
    assert first.id == "origin"


def test_nothing_known_is_asked_again(toy_catalog: Catalog) -> None:
    subject = toy_catalog.subject("move")
    question = next_question(subject, {}, {"origin": "outside"})
    assert question is not None
    assert question.id == "reason"
    assert next_question(subject, {}, {"origin": "outside", "reason": "spouse"}) is None


def test_an_honest_none(toy_catalog: Catalog) -> None:
    end = resolve(toy_catalog.subject("move"), {"reason": "talent", "origin": "inside"})
    assert isinstance(end, NoItem)
    assert "市外迁入" in end.say


def test_an_item_is_not_named_while_a_none_is_possible(toy_catalog: Catalog) -> None:
    subject = toy_catalog.subject("move")
    assert resolve(subject, {"reason": "talent"}) is None
    question = next_question(subject, {"move-talent": 1.0}, {"reason": "talent"})
    assert question is not None
    assert question.id == "origin"
    assert [value.id for value in open_values(subject, question, {"reason": "talent"})] == [
        "inside",
        "outside",
    ]


def _answered_truthfully(subject: Subject, item: Item, *, first_value: bool) -> tuple[Item | NoItem, int]:
    answers: dict[str, str] = {}
    even = {sibling.id: 1 / len(subject.items) for sibling in subject.items}
    while (end := resolve(subject, answers)) is None:
        facet = next_question(subject, even, answers)
        assert facet is not None, (item.id, answers)
        assert facet.id not in answers
        values = [value.id for value in open_values(subject, facet, answers)]
        true = [value for value in item.when.get(facet.id, values) if value in values]
        answers[facet.id] = true[0 if first_value else -1]
    return end, len(answers)


@pytest.mark.parametrize("first_value", [True, False])
def test_truthful_answers_end_at_the_item(catalog: Catalog, first_value: bool) -> None:
    for subject in catalog.subjects:
        for item in subject.items:
            end, asked = _answered_truthfully(subject, item, first_value=first_value)
            assert isinstance(end, Item), (item.id, end)
            assert end.id == item.id
            assert asked <= MOST_QUESTIONS, (item.id, asked)
