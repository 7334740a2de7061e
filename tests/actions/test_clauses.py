"""The need in a long story."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from actions.clauses import telling_clause, without_details

if TYPE_CHECKING:
    from actions.service import Service
    from catalog_index.engine import SearchEngine, SearchResult
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


class Counted:
    """The engine, counting what it is asked."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine, self.asked = engine, list[str]()

    def search(self, text: str, **more: Any) -> SearchResult:
        self.asked.append(text)
        return self._engine.search(text, **more)


LONG = "，".join(f"隔壁第{number}户人家昨天炒菜放了太多辣椒" for number in "一二三四五六七八九十")


@pytest.mark.parametrize("words", [LONG, STORY, "，".join("哎呀我说那个" for _ in range(12))])
def test_a_story_costs_a_few_searches_and_no_more(service: Service, words: str) -> None:
    counted: Any = Counted(service.engine)
    telling_clause(replace(service, engine=counted), words, set())
    assert len(counted.asked) <= 6


def test_the_clause_that_names_something_is_searched_first(service: Service) -> None:
    counted: Any = Counted(service.engine)
    telling_clause(replace(service, engine=counted), STORY, set())
    assert any("老年证" in asked for asked in counted.asked)


HURRY = "车牌丢了我叫王强，身份证330782199003074129，电话13957912346，车牌浙G36R58，快点"


def test_details_do_not_drown_the_need(talk: Talk) -> None:
    bare = without_details(HURRY)
    assert bare is not None and bare.startswith("车牌丢了")
    assert not any(sign.isdigit() for sign in bare)
    answer = talk.say(HURRY, "ask_service")
    assert answer.phase != "idle"


def test_without_details_there_is_nothing_to_cut() -> None:
    assert without_details("我想开个面馆") is None
    assert without_details("13957912346") is None


def test_who_swears_hears_an_apology(talk: Talk) -> None:
    assert talk.say("你们他妈的到底办不办事", "ask_service").texts[0] == "对不起，让您着急了。"
