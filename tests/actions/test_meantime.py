"""A question or a doubt while a kind is still open is answered, and what was asked stays asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actions.meantime import is_unsure

if TYPE_CHECKING:
    from tests.actions.conftest import Talk


@pytest.mark.parametrize(
    "words",
    [
        "不知道",
        "我也不知道啊",
        "不太清楚",
        "搞不清楚是哪一种",
        "分不清",
        "这个我不懂",
        "i don't know",
        "不曉得",
    ],
)
def test_doubt_is_understood(words: str) -> None:
    assert is_unsure(words)


@pytest.mark.parametrize(
    "words", ["不知道去哪里补身份证", "不是", "不清楚的那块车牌", "小汽车", "没有", "都不是"]
)
def test_an_answer_is_no_doubt(words: str) -> None:
    assert not is_unsure(words)


@pytest.mark.parametrize(
    ("words", "act"), [("我也不太清楚", "inform"), ("不知道", "deny"), ("我也不清楚", "stop")]
)
def test_who_cannot_tell_is_helped_and_asked_again(talk: Talk, words: str, act: str) -> None:
    asked = talk.say("车牌丢了", "ask_service")
    again = talk.say(words, act)
    assert (again.phase, again.texts[-1]) == ("clarify", asked.texts[-1])
    assert "最接近" in again.text
    assert again.labels == [*asked.labels, "转人工"]
    assert talk.say("小汽车", "pick").item == "plate-car-lost"


def test_a_question_with_one_answer_for_all_kinds_is_answered(talk: Talk) -> None:
    asked = talk.say("车牌丢了", "ask_service")
    again = talk.say("要多少钱", "ask_item")
    assert (again.phase, again.texts[-1]) == ("clarify", asked.texts[-1])
    subject = talk.service.catalog.subject(talk.state.subject_id or "")
    fees = {(item.fee.yuan, item.fee.note) for item in subject.items}
    assert ("都一样" in again.text) == (len(fees) == 1)


def test_working_hours_are_those_of_one_department(talk: Talk) -> None:
    talk.say("车牌丢了", "ask_service")
    assert "窗口时间" in talk.say("几点下班", "ask_item").text


def test_doubt_about_an_item_is_no_refusal(talk: Talk) -> None:
    asked = talk.say("小汽车车牌丢了", "ask_service")
    assert asked.phase == "confirm_item"
    again = talk.say("不知道", "deny")
    assert (again.phase, again.item, again.texts[-1]) == ("confirm_item", asked.item, asked.texts[-1])
    assert "转人工" in again.labels
