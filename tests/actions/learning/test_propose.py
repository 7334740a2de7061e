from __future__ import annotations

import pytest

from actions.applications.outcomes import Outcome, OutcomeKind
from actions.learning.propose import proposals, unmet
from catalog_index.loader import Catalog

ITEM = "plate-car-lost"


def said(kind: OutcomeKind, *queries: str, item: str | None = ITEM, asked: bool = False) -> list[Outcome]:
    return [Outcome(kind, query, item, asked) for query in queries]


def test_phrases_are_grouped_counted_and_the_known_left_out(catalog: Catalog) -> None:
    item = catalog.item(ITEM)
    outcomes = [
        *said("confirmed", "前面那块铁牌子没了", "前面那块铁牌子没了", "前面那块铁牌子没了呀"),
        *said("confirmed", "只有一个人说过的话"),
        *said("confirmed", item.says[0], item.says[0], item.title, item.title),
        *said("confirmed", "早就没有的事项", "早就没有的事项", item="gone"),
    ]
    (proposal,) = proposals(outcomes, catalog)
    assert (proposal.phrase, proposal.target, proposal.id) == ("前面那块铁牌子没了", "item", ITEM)
    assert (proposal.count, proposal.against) == (3, 0)
    assert proposal.others == ("前面那块铁牌子没了呀",)
    assert len(proposals(outcomes, catalog, least=1)) == 2
    assert proposals(list(reversed(outcomes)), catalog)[0].phrase == proposal.phrase


def test_rejections_count_against(catalog: Catalog) -> None:
    outcomes = said("confirmed", *["铁牌子没了一块"] * 3) + said("rejected", *["铁牌子没了一块"] * 2)
    assert proposals(outcomes, catalog) == []
    (proposal,) = proposals(outcomes, catalog, least=1)
    assert proposal.against == 2


def test_where_a_question_was_needed_the_words_call_the_subject(catalog: Catalog) -> None:
    (proposal,) = proposals(said("confirmed", *["铁牌子的事情"] * 2, asked=True), catalog)
    assert (proposal.target, proposal.id) == ("subject", catalog.item(ITEM).subject_id)


def test_what_found_nothing(catalog: Catalog) -> None:
    outcomes = [
        *said("not_found", "给猫办结婚证", "给猫办结婚证", item=None),
        *said("none_fit", "给猫办结婚证吧", item=None),
        *said("not_found", "只说过一次的事", item=None),
        *said("confirmed", "铁牌子没了一块"),
    ]
    (need,) = unmet(outcomes)
    assert (need.phrase, need.count, need.kinds) == ("给猫办结婚证", 3, {"not_found": 2, "none_fit": 1})


@pytest.mark.parametrize("least", [1, 2])
def test_of_nothing_nothing_is_learned(catalog: Catalog, least: int) -> None:
    assert proposals([], catalog, least) == []
    assert unmet([], least) == []
