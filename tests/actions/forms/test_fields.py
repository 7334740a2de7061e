from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.forms.fields import (
    applicable,
    constraints_of,
    corrected,
    filled_from,
    is_skip,
    known_values,
    mentioned_field,
    owner_of,
    parse_field,
    speaks_of_self,
)
from actions.state import Filled
from catalog_index.loader import Catalog
from catalog_index.schema import FormField, Item
from speech.values import KINDS
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)


def field(name: str, kind: str, label: str, **more: Any) -> FormField:
    values = {"id": name, "kind": kind, "label": label, "ask": f"{label}？", **more}
    return FormField.model_validate(values)


NAME = field("name", "name", "申请人姓名")
SPOUSE = field("spouse_name", "name", "配偶姓名")
ID = field("resident_id", "resident_id", "身份证号")
SPOUSE_ID = field("spouse_id", "resident_id", "配偶身份证号")
PHONE = field("phone", "phone", "手机号")
ADDRESS = field("address", "address", "联系地址")
ALL = (NAME, ID, SPOUSE, SPOUSE_ID, PHONE, ADDRESS)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("电话错了，是13900005678", PHONE),
        ("手机号后四位不对", PHONE),
        ("身份证号码不对", ID),
        ("我老婆的身份证号不对", SPOUSE_ID),
        ("配偶的身份证错了", SPOUSE_ID),
        ("名字错了", NAME),
        ("我爱人的名字写错了", SPOUSE),
        ("地址填错了", ADDRESS),
        ("联系地址要改", ADDRESS),
        ("不对", None),
        ("错了，应该是二三一八", None),
        ("孩子的名字错了", None),
    ],
)
def test_the_field_that_a_correction_names(words: str, wanted: FormField | None) -> None:
    assert mentioned_field(ALL, words) == wanted


@pytest.mark.parametrize(
    ("words", "owner"),
    [
        ("我媳妇", "配偶"),
        ("我老公叫李强", "配偶"),
        ("对方姓名", "配偶"),
        ("我儿子", "子女"),
        ("我妈", "父母"),
        ("法人代表", "法定代表人"),
        ("经办人姓名", "经办人"),
        ("我叫王芳", None),
    ],
)
def test_whose_detail_it_is(words: str, owner: str | None) -> None:
    assert owner_of(words) == owner


def test_speaking_of_oneself() -> None:
    assert speaks_of_self("我叫王芳")
    assert not speaks_of_self("我老婆叫李红")


@pytest.mark.parametrize(
    "words", ["跳过", "没有", "没有的", "不用了", "下一项。", "还没想好", "我自己来取吧", "先不填"]
)
def test_skips(words: str) -> None:
    assert is_skip(words)


@pytest.mark.parametrize("words", ["没有名字的小店", "跳跳糖专卖", "无名饭店", "没想好面馆", "自己来小店"])
def test_answers_are_no_skips(words: str) -> None:
    assert not is_skip(words)


OWNERS = [{"value": "person", "label": "个人"}, {"value": "company", "label": "单位"}]
CHAIN = (
    field("owner", "choice", "车主类型", options=OWNERS),
    field("uscc", "uscc", "信用代码", when={"owner": "company"}),
    field("big", "yes_no", "是否大型企业", when={"owner": "company"}),
    field("report", "text", "报告编号", when={"big": True}),
)


@pytest.fixture
def chained(catalog: Catalog) -> Item:
    return catalog.items[0].model_copy(update={"fields": CHAIN, "when": {}})


@pytest.mark.parametrize(
    ("known", "ids"),
    [
        ({}, ["owner"]),
        ({"owner": "person"}, ["owner"]),
        ({"owner": "company"}, ["owner", "uscc", "big"]),
        ({"owner": "company", "big": True}, ["owner", "uscc", "big", "report"]),
        ({"owner": "company", "big": False}, ["owner", "uscc", "big"]),
        # 是否大型企业 was answered before 车主类型 was corrected: it decides nothing any more.
        ({"owner": "person", "big": True}, ["owner"]),
    ],
)
def test_fields_that_apply(chained: Item, known: dict[str, object], ids: list[str]) -> None:
    assert [field.id for field in applicable(chained, known)] == ids


def test_known_values_of_an_item_with_a_fixed_facet(chained: Item) -> None:
    item = chained.model_copy(update={"when": {"origin": ("outside",), "kind": ("a", "b")}})
    filled = {"owner": Filled(value="person", display="个人")}
    assert known_values(item, {"kind": "b"}, filled) == {"origin": "outside", "kind": "b", "owner": "person"}


def test_limits_of_a_field() -> None:
    limits = constraints_of(field("d", "date", "日期", not_before="today", not_after="2026-12-31"), TODAY)
    assert (limits.not_before, limits.not_after) == (TODAY, date(2026, 12, 31))
    assert constraints_of(PHONE, TODAY).mobile_only


def test_a_corrected_part() -> None:
    old = filled_from(parse_field(PHONE, "13800001234", today=TODAY))
    assert corrected(PHONE, old, "后四位是2318", today=TODAY).value == "13800002318"


OPTIONS = [{"value": "a", "label": "前号牌"}, {"value": "b", "label": "后号牌"}]
FIELDS = [field(f"f-{kind}", kind, kind, options=OPTIONS if kind == "choice" else []) for kind in KINDS]
WORDS = st.one_of(
    st.text(max_size=80),
    st.text(
        alphabet="零一二三四五六七八九十幺两百千万0123456789年月日号下周个的是不对后前位浙GXx ，。",
        max_size=40,
    ),
)


@settings(deadline=None)
@given(st.sampled_from(FIELDS), WORDS, st.booleans())
def test_any_words_give_a_value_or_a_clear_error(one: FormField, words: str, spoken: bool) -> None:
    try:
        value = parse_field(one, words, today=TODAY, heard=(words,) if spoken else ())
    except ValueInvalid as error:
        assert error.citizen.endswith(("。", "？"))
    else:
        assert value.display
        assert filled_from(value).display == value.display


@settings(deadline=None)
@given(WORDS)
def test_any_words_name_a_field_or_none(words: str) -> None:
    assert mentioned_field(ALL, words) in (None, *ALL)
