"""From a need to one confirmed item: clarifying, choosing, confirming, and finding nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from actions.state import Choice

if TYPE_CHECKING:
    from tests.actions.conftest import Answer, Talk


@pytest.mark.parametrize("words", ["小汽车", "第一个", "第一种", "1"])
def test_a_facet_is_answered_by_its_words_or_its_place(talk: Talk, words: str) -> None:
    asked = talk.say("车牌丢了", "ask_service")
    assert asked.phase == "clarify"
    assert asked.labels[0] == "小汽车"
    assert asked.labels[-1] == "都不是"
    assert talk.say(words, "pick").item == "plate-car-lost"


def test_none_of_the_options(talk: Talk) -> None:
    talk.say("车牌丢了", "ask_service")
    answer = talk.say("都不是", "deny")
    assert answer.phase == "idle"
    assert answer.labels == ["转人工"]


def test_an_answer_that_fits_no_option_is_asked_again(talk: Talk) -> None:
    asked = talk.say("车牌丢了", "ask_service")
    again = talk.say("嗯")
    assert again.phase == "clarify"
    assert again.texts[-1] == asked.texts[-1]
    assert again.labels == asked.labels
    assert "转人工" in talk.say("啊").text


def test_another_need_in_the_middle(talk: Talk) -> None:
    talk.say("车牌丢了", "ask_service")
    other = talk.say("我想办施工临时占用城市道路", "ask_service")
    assert other.item == "road-occupy-works" or other.phase in ("clarify", "choose")
    assert "车牌" not in other.text


def choosing(talk: Talk) -> Answer:
    """A list of several subjects, as the search offers it for a need that fits several."""
    for need in ("社保", "公积金", "办营业执照", "补办证件", "证丢了", "开店", "变更地址", "注销"):
        answer = talk.say(need, "ask_service")
        if answer.phase == "choose":
            return answer
    raise AssertionError("no need of these leads to a list")


@pytest.mark.parametrize("how", ["ordinal", "words", "value"])
def test_picking_from_a_list(talk: Talk, how: str) -> None:
    offered = choosing(talk)
    options = offered.custom["options"]
    second = options[1]
    words = {"ordinal": "第二个", "words": second["label"], "value": second["value"]}[how]
    answer = talk.say(words, "pick")
    assert answer.phase in ("clarify", "confirm_item", "collect", "choose")
    wanted = second["value"]
    subject = wanted.removeprefix("subject:")
    found = talk.state.subject_id
    assert found == subject or answer.item == wanted


def test_nothing_of_a_list(talk: Talk) -> None:
    choosing(talk)
    answer = talk.say("都不是")
    assert (answer.phase, answer.labels) == ("idle", ["转人工"])


@pytest.mark.parametrize("words", ["是", "对的", "就办这个", "嗯嗯", "好的"])
def test_confirming(talk: Talk, words: str) -> None:
    talk.say("小汽车车牌丢了", "ask_service")
    assert talk.say(words, "affirm").phase == "collect"


def test_a_question_before_confirming(talk: Talk) -> None:
    talk.say("小汽车车牌丢了", "ask_service")
    answer = talk.say("要多少钱", "ask_item")
    assert (answer.phase, answer.item) == ("confirm_item", "plate-car-lost")
    assert answer.texts[-1].endswith("吗？")


def test_a_question_as_the_need(talk: Talk) -> None:
    answer = talk.say("小汽车车牌丢了补办要什么材料", "ask_item")
    assert answer.item == "plate-car-lost"
    assert "不用您交材料" in answer.text
    assert "现在就为您办理吗？" in answer.text


def test_not_this_one(talk: Talk) -> None:
    talk.say("小汽车车牌丢了", "ask_service")
    answer = talk.say("不是", "deny")
    assert answer.item != "plate-car-lost"
    assert "plate-car-lost" in talk.state.excluded or answer.phase == "idle"


def test_not_this_one_but_that(talk: Talk) -> None:
    talk.say("小汽车车牌丢了", "ask_service")
    answer = talk.say("不是，是摩托车的", "deny")
    assert answer.item == "plate-motorcycle-lost"


@pytest.mark.parametrize("words", ["这首歌真好听啊", "给我讲个笑话吧", "asdfghjkl"])
def test_nothing_found_is_said(talk: Talk, words: str) -> None:
    answer = talk.say(words, "nlu_fallback")
    assert answer.phase == "idle"
    assert "没有找到" in answer.text
    assert "转人工" in answer.labels


@pytest.mark.parametrize(
    ("words", "part"), [("🙃🙃", "没有看到文字"), ("", "没有看到文字"), ("办" * 600, "太长")]
)
def test_unusable_words_before_anything_is_known(talk: Talk, words: str, part: str) -> None:
    answer = talk.say(words, "nlu_fallback")
    assert (answer.phase, part in answer.text) == ("idle", True)


def test_going_back_while_an_item_is_looked_for(talk: Talk) -> None:
    talk.say("车牌丢了", "ask_service")
    talk.say("小汽车")
    assert talk.say("上一步").phase == "idle"


def test_greetings_and_thanks(talk: Talk) -> None:
    assert "我是问办" in talk.say("你好", "greet").text
    assert "不客气" in talk.say("谢谢", "thank").text
    assert "我是问办" in talk.say("是", "affirm").text


def test_spoken_need_uses_the_other_hypotheses(talk: Talk) -> None:
    answer = talk.voice("小汽车车牌丢了", "ask_service", others=["小汽车车票丢了"])
    assert answer.item == "plate-car-lost"


def test_a_few_words_at_the_confirmation_say_which_kind(talk: Talk) -> None:
    talk.change(phase="confirm_item", item_id="plate-motorcycle-lost", query="前面车牌不见了",
                subject_id=talk.service.catalog.item("plate-motorcycle-lost").subject_id)  # fmt: skip
    assert talk.say("小汽车").item == "plate-car-lost"
    assert talk.say("小汽车").texts[0] == "对，就是这一种。"


def test_words_that_name_no_option_may_still_mean_one(talk: Talk) -> None:
    options = [Choice(label="小餐饮店登记", value="food-making-eatery"),
               Choice(label="个体工商户登记", value="subject:sole-trader")]  # fmt: skip
    talk.change(phase="choose", query="我想开个小面馆", options=options)
    answer = talk.say("个体户")
    assert talk.state.subject_id == "sole-trader" and "没有听懂" not in answer.text


@pytest.mark.parametrize("question", ["需要什么材料", "多久能办好", "How much?"])
def test_a_question_without_a_need_starts_no_search(talk: Talk, question: str) -> None:
    assert "先说说您要办什么事" in talk.say(question, "ask_item").text
    options = [Choice(label="小餐饮店登记", value="food-making-eatery")]
    talk.change(phase="choose", query="我想开个小面馆", options=options)
    assert "先选一件" in talk.say("要交多少钱", "ask_item").text
    asked = talk.say(question, "ask_item")
    assert "先选一件" in asked.text and "小餐饮店登记" in asked.labels


def test_who_are_you_is_no_yes(talk: Talk) -> None:
    talk.change(phase="confirm_item", item_id="elder-card", subject_id="elder")
    assert talk.say("你是谁").phase != "collect"
