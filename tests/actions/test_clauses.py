"""The need in a long story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.clauses import telling_clause

if TYPE_CHECKING:
    from actions.service import Service
    from tests.actions.conftest import Talk

STORY = (
    "哎呀小同志啊，我今年八十二了，腿脚不好，儿子在外地打工，我那个老年证，就是坐公交车不要钱的那个，"
    "前两天买菜的时候不知道丢到哪里去了，你帮我看看"
)


def test_an_old_mans_story_is_listened_to(talk: Talk) -> None:
    # The 老年证 that opens the bus: a clerk would take either card.
    assert talk.say(STORY, "ask_service").item in {"elder-card", "bus-card-senior"}


def test_a_clause_counts_only_where_the_whole_points_there_too(service: Service) -> None:
    assert telling_clause(service, STORY, {"elder-card"}) is not None
    assert telling_clause(service, STORY, {"plate-car-lost"}) is None


def test_a_short_message_is_not_taken_apart(service: Service) -> None:
    assert telling_clause(service, "老年证丢了", {"elder-card"}) is None


def test_english_words_are_no_clauses(service: Service) -> None:
    assert telling_clause(service, "my elder card 老年证丢了 help me", {"elder-card"}) is None
