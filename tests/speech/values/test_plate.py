from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import parse_value
from speech.values.speaking import speak_digits

SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("浙G12345", "浙G12345"),
        ("浙g·12345", "浙G12345"),
        ("浙Ｇ１２３４５", "浙G12345"),
        ("浙鸡一二三四五", "浙G12345"),
        ("浙江鸡幺两三四五", "浙G12345"),
        ("浙江省G12345", "浙G12345"),
        ("上海A12345", "沪A12345"),
        ("浙GD12345", "浙GD12345"),
        ("浙鸡弟一二三四五", "浙GD12345"),
        ("浙G12345D", "浙G12345D"),
        ("浙A8888挂", "浙A8888挂"),
        ("浙G1234学", "浙G1234学"),
        ("浙G八艾克斯九一二", "浙G8X912"),
        ("浙GO0I01", "浙G00101"),
        ("车牌号是浙G12345的机动车", "浙G12345"),
        ("浙G12345机动车", "浙G12345"),
        ("浙G12345，不对，是浙G12346", "浙G12346"),
    ],
)
def test_heard(text: str, expected: str, value_of: Callable[..., Any]) -> None:
    assert value_of("plate", text) == expected


def test_a_province_heard_only_by_sound_is_marked(today: date) -> None:
    value = parse_value("plate", "这鸡一二三四五", today=today)
    assert (value.value, value.repaired) == ("浙G12345", True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("G12345", "plate_province"),
        ("浙G1234", "plate_invalid"),
        ("浙G1234567", "plate_invalid"),
        ("浙112345", "plate_invalid"),
        ("我没车", "value_not_understood"),
        ("浙G12345和浙G12346", "value_more_than_one"),
    ],
)
def test_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("plate", text) == code


@given(
    province=st.sampled_from("京沪浙苏粤川"),
    letter=st.sampled_from("ABCDEFGHJKLM"),
    serial=st.text(SERIAL, min_size=5, max_size=5),
    style=st.integers(0, 2),
)
def test_every_plate_survives(province: str, letter: str, serial: str, style: int) -> None:
    plate = province + letter + serial
    said = [plate, plate.lower(), f"我的车牌是{province}{letter}，{speak_digits(serial, x='X')}"][style]
    assert parse_value("plate", said, today=date(2026, 11, 23)).value == plate
