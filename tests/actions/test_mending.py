"""Read-backs, doubtful numbers, corrections and steps back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from actions.questions import doubted_group
from speech.values.speaking import speak_digits

if TYPE_CHECKING:
    from tests.actions.conftest import Answer, Talk

    Fill = Callable[[Talk, Answer], Answer]

HUKOU = "hukou-spouse-outside"
#: Heard with 七 for 一 at the last place: the only repair that proves itself is the right number.
HEARD = "三三零七八二幺九九零零三零七零零二"


def at_identity_number(talk: Talk) -> None:
    talk.start(HUKOU)
    talk.all("农村", "第一个", "王芳")


def test_spoken_number_is_read_back_and_kept_after_a_yes(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    answer = talk.voice(speak_digits(resident_id))
    assert "resident_id" not in answer.fields
    assert answer.texts == ["跟您核对一下：身份证号三三零七八二，幺九九零，零三零七，零零二幺。对吗？"]
    assert answer.labels == ["对", "不对"]
    assert talk.voice("对的", "affirm").fields["resident_id"] == resident_id


def test_typed_number_is_taken_at_once(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    answer = talk.say(resident_id)
    assert answer.fields["resident_id"] == resident_id


def test_part_of_a_phone_put_right_in_the_read_back(talk: Talk) -> None:
    at_identity_number(talk)
    talk.voice("我的电话是幺三八零零零零幺二三四")
    mended = talk.voice("不对，后四位是二三幺八")
    assert "二三幺八" in mended.text
    assert "phone" not in mended.fields
    assert talk.voice("对", "affirm").fields["phone"] == "13800002318"


def test_plain_no_asks_again(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    talk.voice(speak_digits(resident_id))
    answer = talk.voice("不对", "deny")
    assert answer.texts == ["好的，请再说一遍。", "请说一下您的身份证号码。"]
    assert talk.state.reading_back == {}


def doubtful(talk: Talk, resident_id: str) -> Answer:
    """One digit misheard, put right by the check digit."""
    at_identity_number(talk)
    return talk.voice(HEARD + "七")


def test_a_repaired_number_is_not_taken_for_a_yes(talk: Talk, resident_id: str) -> None:
    asked = doubtful(talk, resident_id)
    assert talk.state.doubts == {"resident_id": [18]}
    assert "有一位没听准" in asked.text
    assert "请把后四位再说一遍。" in asked.texts
    again = talk.voice("对", "affirm")
    assert "resident_id" not in again.fields
    assert "后四位" in again.text


@pytest.mark.parametrize("words", ["零零二幺", "后四位是零零二幺", "0021", "嗯零零二幺"])
def test_its_part_said_again_proves_it(talk: Talk, resident_id: str, words: str) -> None:
    doubtful(talk, resident_id)
    answer = talk.voice(words)
    assert answer.fields["resident_id"] == resident_id
    assert talk.state.doubts == {} and talk.state.reading_back == {}
    assert "配偶叫什么" in answer.text


def test_its_part_is_listened_for_as_digits(talk: Talk, resident_id: str) -> None:
    assert doubtful(talk, resident_id).custom["expect"] == {"kind": "digits", "options": []}
    # Heard openly as something else, and as the digits that it was by who listened for them.
    answer = talk.say("零零儿要", spoken=True, narrowed=["零零二幺", "零零二七"])
    assert answer.fields["resident_id"] == resident_id
    assert answer.custom["expect"] != {"kind": "digits", "options": []}


def test_digits_made_of_a_yes_prove_nothing(talk: Talk, resident_id: str) -> None:
    doubtful(talk, resident_id)
    answer = talk.say("对", "affirm", spoken=True, narrowed=["零零二幺"])
    assert "resident_id" not in answer.fields


def test_its_part_said_otherwise_disproves_it(talk: Talk, resident_id: str) -> None:
    doubtful(talk, resident_id)
    answer = talk.voice("零零五幺")
    assert "对不上" in answer.text
    assert "请说一下您的身份证号码。" in answer.texts
    assert talk.state.reading_back == {} and talk.state.doubts == {}


def test_a_repaired_credit_code_is_proved_too(talk: Talk, uscc: str) -> None:
    talk.start("sole-trader-name")
    talk.all("老王小吃店", "老李小吃店")
    # Heard with the 1 of MA2A1 as 七, one place that the check symbol puts right.
    said = speak_digits(uscc, x="X")
    heard = said[: uscc.index("1B")] + "七" + said[uscc.index("1B") + 1 :]
    asked = talk.voice(heard)
    assert talk.state.doubts == {"uscc": [uscc.index("1B") + 1]}
    assert "请把后六位再说一遍。" in asked.texts
    assert "uscc" not in talk.voice("是的", "affirm").fields
    assert talk.voice(speak_digits(uscc[-6:], x="X")).fields["uscc"] == uscc


def test_two_details_in_one_spoken_sentence(talk: Talk) -> None:
    talk.start(HUKOU)
    talk.all("农村", "第一个")
    answer = talk.voice("我叫王芳，电话幺三八零零零零幺二三四")
    assert answer.fields["name"] == "王芳"
    assert "手机号幺三八，零零零零，幺二三四。对吗？" in answer.text
    assert talk.voice("没错", "affirm").fields["phone"] == "13800001234"


def test_a_question_while_a_number_waits_for_its_yes(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    talk.voice(speak_digits(resident_id))
    answer = talk.voice("为什么要身份证", "ask_item")
    assert "加密保存" in answer.texts[0]
    assert answer.texts[-1].endswith("对吗？")


def test_a_no_to_a_doubtful_number_asks_for_it_again(talk: Talk, resident_id: str) -> None:
    doubtful(talk, resident_id)
    answer = talk.voice("不对", "deny")
    assert answer.texts == ["好的，请再说一遍。", "请说一下您的身份证号码。"]


def test_the_whole_number_said_again_is_as_good(talk: Talk, resident_id: str) -> None:
    doubtful(talk, resident_id)
    answer = talk.voice(speak_digits(resident_id))
    assert answer.fields["resident_id"] == resident_id


@pytest.mark.parametrize(
    ("places", "called"),
    [
        ([3], "前六位"),
        ([8, 9], "出生年月日那八位"),
        ([16], "后四位"),
        ([3, 16], "整个号码"),
        ([], "后四位"),
    ],
)
def test_the_group_with_the_changed_places_is_asked_for(talk: Talk, places: list[int], called: str) -> None:
    field = next(field for field in talk.service.catalog.item(HUKOU).fields if field.id == "resident_id")
    assert doubted_group(field, places)[2] == called


def test_a_number_found_only_by_listening_for_it_is_never_taken_silently(
    talk: Talk, resident_id: str
) -> None:
    at_identity_number(talk)
    right = speak_digits(resident_id, x="X")
    # One digit said too much and another wrong: no hypothesis of the open recognizer can be mended alone.
    misheard = right[:9] + "零" + right[9:14] + ("一" if right[14] != "一" else "二") + right[15:]
    others = [right[:3] + "五" + right[4:], right]
    answer = talk.say(misheard, spoken=True, others=[misheard[1:]], narrowed=others)
    assert "resident_id" not in answer.fields
    assert "有一位没听准" in answer.text and "请把整个号码再说一遍。" in answer.texts
    assert talk.state.reading_back["resident_id"].value == resident_id
    assert "resident_id" not in talk.voice("对", "affirm").fields
    assert talk.voice(right).fields["resident_id"] == resident_id


def test_what_was_typed_is_not_listened_to(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    right = speak_digits(resident_id, x="X")
    assert talk.say(right[:-1], narrowed=[right]).phase == "collect"
    assert not talk.state.reading_back and "resident_id" not in talk.state.fields


def test_the_recognizer_is_told_what_is_asked_for(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    assert talk.say("你好", "greet").custom["expect"] == {"kind": "resident_id", "options": []}
    assert talk.voice(speak_digits(resident_id)).custom["expect"] is None, "a read-back waits for anything"
    asked = talk.voice("对", "affirm")
    field = next(one for one in talk.service.catalog.item(HUKOU).fields if one.id == talk.state.asking)
    assert asked.custom["expect"]["kind"] == field.kind


def test_correction_in_the_form(talk: Talk) -> None:
    at_identity_number(talk)
    talk.say("电话13800001234")
    answer = talk.say("电话错了，是13900005678", "correct")
    assert answer.fields["phone"] == "13900005678"
    assert answer.texts == ["好的，手机号改成139 0000 5678。", "请说一下您的身份证号码。"]


def test_correction_of_a_part_in_the_form(talk: Talk) -> None:
    at_identity_number(talk)
    talk.say("电话13800001234")
    assert talk.say("手机号后四位不对，是2318").fields["phone"] == "13800002318"


def test_correction_without_the_right_value_asks_for_it(talk: Talk) -> None:
    at_identity_number(talk)
    talk.say("电话13800001234")
    asked = talk.say("电话错了")
    assert "手机号码" in asked.text and "phone" not in asked.fields
    assert talk.say("13900005678").fields["phone"] == "13900005678"
    assert talk.state.asking == "resident_id"


def test_correction_of_another_persons_name(talk: Talk) -> None:
    at_identity_number(talk)
    talk.say("我老公叫李强")
    asked = talk.say("我老公名字错了", "correct")
    assert asked.texts == ["好的，重新填配偶姓名。", "您配偶叫什么名字？"]
    answer = talk.say("李刚")
    assert (answer.fields["name"], answer.fields["spouse_name"]) == ("王芳", "李刚")


def test_correction_with_an_unusable_value_says_why(talk: Talk) -> None:
    at_identity_number(talk)
    talk.say("电话13800001234")
    answer = talk.say("电话错了，是1390000")
    assert "十一位" in answer.text
    assert talk.state.asking == "phone"


def test_an_answer_that_says_changed_to_is_an_answer(talk: Talk, uscc: str) -> None:
    talk.start("sole-trader-name")
    answer = talk.say("店名改成老王小吃店")
    assert "new_name" in answer.fields


def at_summary(talk: Talk, fill: Fill) -> Answer:
    return fill(talk, talk.start("plate-car-lost"))


def test_correction_in_the_summary(talk: Talk, fill: Fill) -> None:
    at_summary(talk, fill)
    answer = talk.say("电话错了，是13900005678", "correct")
    assert answer.phase == "summary"
    assert "手机号：139 0000 5678" in answer.text


def test_spoken_correction_in_the_summary_is_read_back_before_the_summary(talk: Talk, fill: Fill) -> None:
    at_summary(talk, fill)
    answer = talk.voice("电话错了，是幺三九零零零零五六七八", "correct")
    assert answer.phase == "collect"
    assert "对吗" in answer.text
    summary = talk.voice("对", "affirm")
    assert (summary.phase, summary.fields["phone"]) == ("summary", "13900005678")


@pytest.mark.parametrize("no", ["要修改", "不对", "不提交"])
def test_no_in_the_summary_asks_which_field(talk: Talk, fill: Fill, no: str) -> None:
    at_summary(talk, fill)
    asked = talk.say(no, "deny")
    assert "手机号" in asked.labels
    anew = talk.say("手机号")
    assert anew.phase == "collect" and "手机号码" in anew.text
    assert talk.say("13900005678").phase == "summary"


def test_correction_while_a_commitment_waits(talk: Talk, fill: Fill) -> None:
    at_summary(talk, fill)
    talk.change(phase="commit", agreed=[])
    answer = talk.say("手机号错了，是13900005678", "correct")
    assert (answer.phase, answer.fields["phone"]) == ("commit", "13900005678")


def test_spoken_summary_is_short(talk: Talk, fill: Fill) -> None:
    at_summary(talk, fill)
    talk.change(phase="commit", agreed=[])
    answer = talk.voice("同意", "affirm")
    assert "\n" not in answer.texts[0]
    assert "手机号：尾号幺二三四" in answer.texts[0]


def test_one_step_back(talk: Talk) -> None:
    at_identity_number(talk)
    answer = talk.say("上一步", "go_back")
    assert answer.texts == ["好的，回到上一步。", "请问您叫什么名字？"]
    assert "name" not in answer.fields
    back = talk.all("返回", "上一步", "上一步")
    assert back.texts[0] == "已经是第一步了。"
    assert back.fields == {}


def test_one_step_back_to_a_field_left_out(talk: Talk) -> None:
    talk.start("sole-trader-open")
    talk.say("跳过")
    assert "店打算叫什么名字" in talk.say("上一步").text


def test_one_step_back_from_the_summary_is_the_commitment(talk: Talk, fill: Fill) -> None:
    at_summary(talk, fill)
    assert talk.say("上一步").phase == "commit"
    assert talk.say("上一步").phase == "collect"


def test_spoken_no_then_typed(talk: Talk, resident_id: str) -> None:
    at_identity_number(talk)
    talk.voice(speak_digits(resident_id))
    talk.voice("不对", "deny")
    assert talk.say(resident_id).fields["resident_id"] == resident_id


def test_an_option_by_its_name_corrects_the_choice_it_belongs_to(talk: Talk) -> None:
    talk.start("hukou-spouse-outside")
    talk.say("城镇")
    answer = talk.say("改一下，是农村", "correct")
    assert answer.fields["target_area"] == "rural"
    assert "农村" in answer.text, "the change is acknowledged"


def test_a_name_is_put_right_at_the_summary(talk: Talk, fill: Fill) -> None:
    fill(talk, talk.start("plate-car-lost"))
    answer = talk.say("名字改成李建军", "correct")
    assert answer.phase == "summary" and answer.fields["name"] == "李建军"
