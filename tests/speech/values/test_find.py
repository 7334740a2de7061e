from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import KINDS, find_values
from speech.values.errors import TextTooLong
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)


def _found(text: str) -> list[tuple[str, object]]:
    return [(one.kind, one.value.value) for one in find_values(text, today=TODAY, kinds=KINDS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "我叫王芳，电话幺三八零零零零幺二三四，身份证三三零七八二一九九零零幺零幺幺二三九",
            [("name", "王芳"), ("phone", "13800001234"), ("resident_id", "330782199001011239")],
        ),
        (
            "我叫王芳电话幺三八零零零零幺二三四住在稠城街道工人西路八十八号",
            [("name", "王芳"), ("phone", "13800001234"), ("address", "稠城街道工人西路88号")],
        ),
        (
            "我是李建国,13800001234,330782199001011239,浙G12345",
            [
                ("name", "李建国"),
                ("phone", "13800001234"),
                ("resident_id", "330782199001011239"),
                ("plate", "浙G12345"),
            ],
        ),
        (
            "明年三月一号起三天，在稠州北路1号占用人行道五十平",
            [("date_range", ["2027-03-01", "2027-03-03"]), ("area", 50.0)],
        ),
        ("下周三到周五，两个摊位", [("date_range", ["2026-12-02", "2026-12-04"]), ("count", 2)]),
        ("注册资本一百万元，代码91350100M000100Y43", [("money", 1000000.0), ("uscc", "91350100M000100Y43")]),
        ("我叫陳大文，明天过来", [("name", "陳大文"), ("date", "2026-11-24")]),
        ("我叫Mohammed Ali，电话是13800001234", [("name", "Mohammed Ali"), ("phone", "13800001234")]),
        ("我是农村户口，我老婆户口在上海，想迁到我这里", []),
        ("我在江东街道开了一家小吃店，想办食品经营许可证", []),
        ("我要办一个身份证", []),
        ("车牌补办要多少钱", []),
        ("身份证330782199001011238", []),
    ],
)
def test_found(text: str, expected: list[tuple[str, object]]) -> None:
    assert _found(text) == expected


def test_spans_are_of_the_original_text() -> None:
    text = "😀 ㎡ 我叫王芳，手机１３８ ００００ １２３４！"
    spans = {one.kind: text[slice(*one.span)] for one in find_values(text, today=TODAY, kinds=KINDS)}
    assert spans == {"name": "王芳", "phone": "１３８ ００００ １２３４"}


def test_only_the_kinds_asked_for() -> None:
    found = find_values("我叫王芳，电话13800001234", today=TODAY, kinds=("phone",))
    assert [one.kind for one in found] == ["phone"]


def test_long_text_is_refused() -> None:
    with pytest.raises(TextTooLong):
        find_values("好" * 501, today=TODAY, kinds=KINDS)


@given(
    text=st.text(st.sampled_from("我叫王芳电话13800浙G一二三年月日号到起天平元,，。 😀ß\u200b"), max_size=60)
)
def test_spans_never_overlap_and_hold_their_text(text: str) -> None:
    try:
        found = find_values(text, today=TODAY, kinds=KINDS)
    except ValueInvalid:
        return
    end = 0
    for one in found:
        assert end <= one.span[0] < one.span[1] <= len(text)
        assert one.value.text == text[slice(*one.span)]
        end = one.span[1]


def test_the_word_before_ones_numbers_is_the_name() -> None:
    assert ("name", "王桂芳") in _found("王桂芳，身份证330782199001011239，电话13857912211")
    assert not [value for kind, value in _found("前号牌，电话13857912211") if kind == "name"]
