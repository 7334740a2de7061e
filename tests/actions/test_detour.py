"""A change of mind in the middle of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.actions.conftest import Talk


@pytest.fixture
def begun(talk: Talk) -> Talk:
    talk.start("idcard-lost-local")
    talk.say("王桂芳")
    return talk


def test_another_need_is_offered_and_not_acted_on(begun: Talk) -> None:
    answer = begun.say("等一下，我要补办社保卡", "ask_service")
    assert "社会保障卡补换卡" in answer.text
    assert answer.labels == ["改办", "接着填"]
    assert answer.item == "idcard-lost-local" and answer.fields == {"name": "王桂芳"}


@pytest.mark.parametrize("words", ["改办", "是", "好的"])
def test_a_yes_changes_over_and_the_first_form_waits(begun: Talk, words: str) -> None:
    begun.say("等一下，我要补办社保卡", "ask_service")
    assert "身份证" not in begun.say(words).text
    back = begun.say("继续办理") if begun.state.phase == "idle" else begun.all("停", "继续办理")
    assert back.fields.get("name") == "王桂芳"


def test_a_no_goes_on(begun: Talk) -> None:
    asked = begun.say("等一下，我要补办社保卡", "ask_service")
    answer = begun.say("接着填")
    assert answer.phase == "collect" and "身份证号码" in answer.text
    assert answer.item == asked.item


def test_an_answer_goes_on_too(begun: Talk, resident_id: str) -> None:
    begun.say("等一下，我要补办社保卡", "ask_service")
    assert begun.say(resident_id).fields["resident_id"] == resident_id
    assert begun.state.other_need is None


def test_what_is_not_understood_is_no_other_need(begun: Talk) -> None:
    assert "改办" not in begun.say("我不记得了").labels
    assert "改办" not in begun.say("身份证丢了", "ask_service").labels, "that is what is being done"
