"""Text fields take what a clerk would write down, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.forms.fields import corrected, filled_from, is_skip, parse_field
from actions.forms.texts import TextUnfit, TextUnknown, is_number
from catalog_index.loader import Catalog
from catalog_index.schema import FormField
from tests.actions.conftest import valid_words
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)


def text(label: str, ask: str = "请说一下。", **more: Any) -> FormField:
    return FormField.model_validate({"id": "f", "kind": "text", "label": label, "ask": ask, **more})


CERT = text("许可证编号", "请说一下许可证的编号。")
CARD = text("收款银行卡号", "补贴打到哪张卡？请说卡号。")
VIN = text("车辆识别代号", "请说一下十七位的车架号。")
COMPANY = text("单位名称", "请说一下单位的全称。")
LOST = text("遗失情况", "大概是怎么丢的？")
OWN = text("单位名称", "房子是公司的吗？是请说公司全称，不是请说没有。", optional=True)
BOTH = text("单位名称", "单位申请请说全称，个人请说跳过。", optional=True)
POLE = text("灯杆编号", "灯杆上的编号是多少？看不清请说跳过。", optional=True)


@pytest.mark.parametrize(
    ("field", "words", "written"),
    [
        (CERT, "JY23307820012345", "JY23307820012345"),
        (CERT, "我的编号是浙餐证字2019第88号。", "浙餐证字2019第88号"),
        (CERT, "幺二三四五六吧", "123456"),
        (CARD, "农业银行，6228480402564890018", "农业银行，6228480402564890018"),
        (VIN, "车架号是lsvaa4182e2184847", "LSVAA4182E2184847"),
        (text("判决书案号"), "二零二五浙零七八二民初一二三四号", "2025浙0782民初1234号"),
        (POLE, "十二号", "十二号"),
        (COMPANY, "单位名称是义乌市明天广告有限公司", "义乌市明天广告有限公司"),
        (COMPANY, "是个好地方餐厅", "是个好地方餐厅"),
        (LOST, "昨天买菜的时候掉了", "昨天买菜的时候掉了"),
        (text("荣誉或岗位", "有什么荣誉，做什么岗位？"), "没有", "没有"),
        (text("毕业时间", "大概什么时候毕业？"), "明年六月", "明年六月"),
        (text("投诉内容"), "为什么我去了三次都不给办？", "为什么我去了三次都不给办？"),
        (text("店名"), "89号", "89号"),
    ],
)
def test_what_is_written_down(field: FormField, words: str, written: str) -> None:
    value = parse_field(field, words, today=TODAY)
    assert (value.value, value.display) == (written, written)


@pytest.mark.parametrize(
    "words", ["明天", "是的", "好的", "老王", "下周三", "12月5号", "2025年12月1号", "OK"]
)
def test_a_number_holds_digits_and_is_no_day(words: str) -> None:
    with pytest.raises(TextUnfit) as error:
        parse_field(CERT, words, today=TODAY)
    assert error.value.citizen == "许可证编号里应该有数字，请照着许可证上再说一遍，也可以打字。"


@pytest.mark.parametrize(
    "words", ["明天", "是", "对的", "嗯", "不是", "你好", "下周三", "OK", "12345", "跳过"]
)
def test_a_companys_name_is_none_of_these(words: str) -> None:
    with pytest.raises(TextUnfit) as error:
        parse_field(COMPANY, words, today=TODAY)
    assert error.value.citizen.endswith(COMPANY.ask)


@pytest.mark.parametrize("words", ["这个填什么？", "什么意思", "单位名称在哪里看", "为什么要填这个"])
def test_a_question_is_no_answer(words: str) -> None:
    with pytest.raises(ValueInvalid):
        parse_field(COMPANY, words, today=TODAY)


@pytest.mark.parametrize(
    "words", ["不知道", "我忘了", "没有", "记不得了", "没带", "在哪里看？", "这个哪里有啊", "I don't know"]
)
def test_who_does_not_know_a_number_hears_where_it_stands(words: str) -> None:
    with pytest.raises(TextUnknown) as error:
        parse_field(CERT, words, today=TODAY)
    assert "一般印在许可证上" in error.value.citizen
    assert "停止办理" in error.value.citizen


@pytest.mark.parametrize("words", ["不知道", "忘了", "我真的记不清了"])
def test_who_does_not_know_the_rest_may_say_what_he_knows(words: str) -> None:
    with pytest.raises(TextUnknown, match="not known") as error:
        parse_field(LOST, words, today=TODAY)
    assert "大概" in error.value.citizen


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        (VIN, "12345", "现在是5位"),
        (VIN, "LSVAA4182E218484O", "不会有字母I、O、Q"),
        (CARD, "尾号1234", "位数不够"),
        (text("护照号码"), "G12", "不会这么短"),
        (text("残疾人证号"), "330782199003074129", "一共二十位，现在是18位"),
    ],
)
def test_numbers_of_known_length(field: FormField, words: str, said: str) -> None:
    with pytest.raises(TextUnfit) as error:
        parse_field(field, words, today=TODAY)
    assert said in error.value.citizen


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (OWN, "不是"),
        (OWN, "不是的"),
        (OWN, "没有"),
        (BOTH, "个人"),
        (BOTH, "我是个人"),
        (POLE, "看不清"),
        (POLE, "忘记了"),
        (POLE, "不晓得"),
    ],
)
def test_an_optional_field_is_left_out_in_its_own_words(field: FormField, words: str) -> None:
    assert is_skip(words, field)


def test_a_name_is_no_way_to_leave_it_out() -> None:
    assert not is_skip("义乌市个人用品有限公司", BOTH)


def test_a_correction_is_held_to_the_same() -> None:
    old = filled_from(parse_field(CERT, "A1234", today=TODAY))
    with pytest.raises(ValueInvalid):
        corrected(CERT, old, "应该是明天", today=TODAY)


def test_every_text_field_of_the_catalog_takes_a_good_answer_and_no_bad_one(catalog: Catalog) -> None:
    fields = {(f.label, f.ask): f for item in catalog.items for f in item.fields if f.kind == "text"}
    for field in fields.values():
        parse_field(field, valid_words(field), today=TODAY)
        for words in ("不知道", "我忘了", "是什么意思？", *(("明天", "是的") if is_number(field) else ())):
            with pytest.raises(ValueInvalid) as error:
                parse_field(field, words, today=TODAY)
            assert len(error.value.citizen) <= 110, error.value.citizen
