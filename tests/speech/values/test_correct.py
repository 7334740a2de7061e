from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import correct_value, parse_value
from speech.values.errors import CorrectionUnclear, IdCheckDigit, PlateProvince
from speech.values.speaking import speak_digits
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)


def _corrected(kind: str, old: str, text: str) -> object:
    return correct_value(parse_value(kind, old, today=TODAY), text, today=TODAY).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("后四位不对，是二三幺八", "13800002318"),
        ("后四位是2318", "13800002318"),
        ("最后两位错了，应该是九九", "13800001299"),
        ("尾号是五六七八", "13800005678"),
        ("前三位不对，是幺三九", "13900001234"),
        ("中间四位是八八八八", "13888881234"),
        ("中间是八八八八", "13888881234"),
        ("最后一位是五", "13800001235"),
        ("第四位是九", "13890001234"),
        ("倒数第二位是六", "13800001264"),
        ("第一位到第三位是一三九", "13900001234"),
        ("不是零零零零，是八八八八", "13888881234"),
        ("不对，是幺三九零零零零幺二三四", "13900001234"),
        ("电话错了，是13900001234", "13900001234"),
    ],
)
def test_phone(text: str, expected: str) -> None:
    assert _corrected("phone", "13800001234", text) == expected


@pytest.mark.parametrize(
    ("kind", "old", "text", "expected"),
    [
        ("resident_id", "330782199001011239", "后四位是幺二四七", "330782199001011247"),
        ("resident_id", "330782199001011239", "不对，是11010519491231002X", "11010519491231002X"),
        ("plate", "浙G12345", "最后一位是6", "浙G12346"),
        ("plate", "浙G12345", "后两位是八八", "浙G12388"),
        ("name", "王芳", "不对，我叫李芳", "李芳"),
        ("name", "王芳", "不是王芳，是王房", "王房"),
        ("name", "章伟", "是弓长张，伟大的伟", "张伟"),
        ("date", "明天", "不对，是后天", "2026-11-25"),
        ("date", "明天", "不是明天，是后天", "2026-11-25"),
        ("money", "三千", "错了，是五千", 5000.0),
        ("yes_no", "对", "不对", False),
        ("address", "稠城街道工人西路88号", "不对，是稠城街道工人北路八号", "稠城街道工人北路8号"),
    ],
)
def test_other_kinds(kind: str, old: str, text: str, expected: object) -> None:
    assert _corrected(kind, old, text) == expected


@pytest.mark.parametrize("text", ["不对", "二三一八", "后四位是二三一", "第三十位是五", "后四位不对"])
def test_a_correction_without_place_or_content_is_asked_again(text: str) -> None:
    with pytest.raises(CorrectionUnclear):
        _corrected("phone", "13800001234", text)


def test_a_correction_that_breaks_the_value_says_why() -> None:
    with pytest.raises(IdCheckDigit):
        _corrected("resident_id", "330782199001011239", "最后一位是叉")
    with pytest.raises(PlateProvince):
        _corrected("plate", "浙G12345", "第一位是A")


@given(
    number=st.text("0123456789", min_size=8, max_size=8), new=st.text("0123456789", min_size=4, max_size=4)
)
def test_the_last_four_of_every_phone_can_be_replaced(number: str, new: str) -> None:
    old = "138" + number
    assert _corrected("phone", old, f"后四位不对，是{speak_digits(new)}") == old[:7] + new


@given(
    kind_and_old=st.sampled_from([("phone", "13800001234"), ("plate", "浙G12345"), ("name", "王芳")]),
    text=st.text(),
)
def test_any_text_gives_a_value_or_a_value_error(kind_and_old: tuple[str, str], text: str) -> None:
    try:
        _corrected(*kind_and_old, text)
    except ValueInvalid as error:
        assert error.citizen
