from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from speech.values import KINDS, Option, parse_value
from speech.values.errors import TextTooLong
from speech.values.parse import PARSERS
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)
OPTIONS = (Option("in", "市内"), Option("out", "市外"))
#: What parsers look for, so that random text reaches deep into them.
_PIECES = st.lists(
    st.sampled_from(
        [
            "零",
            "一",
            "二",
            "三",
            "九",
            "十",
            "百",
            "千",
            "万",
            "亿",
            "两",
            "半",
            "点",
            "幺",
            "洞",
            "0",
            "1",
            "9",
            "12",
            "2026",
            "13800001234",
            "330782199001011239",
            "年",
            "月",
            "日",
            "号",
            "天",
            "周",
            "后",
            "到",
            "起",
            "-",
            ".",
            "/",
            "，",
            "块",
            "毛",
            "平",
            "亩",
            "米",
            "乘",
            "个",
            "第",
            "不是",
            "是",
            "不对",
            "的",
            "我叫",
            "王",
            "弓长张",
            "芳草的芳",
            "浙",
            "G",
            "鸡",
            "叉",
            "稠城街道",
            "路",
            "室",
            "😀",
            "今天",
            "明年",
            "下",
            "月底",
            "农历",
            "后四位",
            "最后一个",
            "都不是",
            "A",
            "·",
            "负",
            "¥",
            "大后天",
            "过",
            "廿",
            "9999",
            "㎡",
            "①",
            "ﷺ",
        ]
    ),
    max_size=12,
).map("".join)


def test_every_kind_has_a_parser() -> None:
    assert set(PARSERS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "filler", ["好", "1", "一", "😀", " ", "不是", "三月一号", "浙G", "弓长张", "-1.", "零点"]
)
def test_five_thousand_characters_are_refused(kind: str, filler: str) -> None:
    with pytest.raises(TextTooLong):
        parse_value(kind, (filler * 5000)[:5000], today=TODAY, options=OPTIONS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "   ", "\n", "😀😀", "，。！", "\u200b"])
def test_nothing_said_is_refused(kind: str, text: str) -> None:
    with pytest.raises(ValueInvalid) as caught:
        parse_value(kind, text, today=TODAY, options=OPTIONS)
    assert caught.value.citizen


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.one_of(st.text(max_size=80), _PIECES), heard=st.booleans())
@example(text="\ud800", heard=True)
@example(text="9999年底半个月", heard=True)
def test_any_text_gives_a_json_value_or_a_value_error(kind: str, text: str, heard: bool) -> None:
    try:
        value = parse_value(kind, text, today=TODAY, options=OPTIONS, alternatives=[text] if heard else [])
    except ValueInvalid as error:
        assert error.citizen.endswith("。")
        assert error.code != ValueInvalid.code
    else:
        assert json.loads(json.dumps(value.value)) == value.value
        assert value.text == text and value.kind == kind and value.display


@given(text=_PIECES)
def test_a_canonical_value_is_its_own_value(text: str) -> None:
    for kind in ("phone", "resident_id", "uscc", "date", "plate", "name", "address"):
        try:
            value = parse_value(kind, text, today=TODAY)
        except ValueInvalid:
            continue
        assert parse_value(kind, value.value, today=TODAY).value == value.value


def test_free_text_keeps_its_numerals(today: date) -> None:
    assert parse_value("text", " 三月一号下午，二楼第三间 ", today=today).value == "三月一号下午，二楼第三间"
