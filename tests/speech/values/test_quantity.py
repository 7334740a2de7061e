from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import parse_value
from speech.values.numerals import evaluate, numbers
from speech.values.speaking import speak_decimal, speak_number

TODAY = date(2026, 11, 23)


@given(number=st.integers(0, 10**13 - 1))
def test_every_spoken_number_is_read_back_the_same(number: int) -> None:
    assert evaluate(speak_number(number)) == number


@given(cents=st.integers(0, 10**10), style=st.integers(0, 4))
def test_every_amount_of_money_survives(cents: int, style: int) -> None:
    yuan = cents / 100
    whole, rest = divmod(cents, 100)
    said = [
        f"{yuan:.2f}元",
        f"¥{yuan:,.2f}",
        f"{speak_decimal(yuan)}块钱",
        f"人民币{speak_decimal(yuan)}元整",
        f"{speak_number(whole)}块{rest // 10}毛{rest % 10}分",
    ][style]
    assert parse_value("money", said, today=TODAY).value == pytest.approx(yuan, abs=0.001)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("十三万五", "135000"),
        ("一百二", "120"),
        ("两千零五", "2005"),
        ("一亿三", "130000000"),
        ("一万亿", "1000000000000"),
        ("廿三", "23"),
        ("二零二六", "2026"),
        ("13万5千", "135000"),
        ("1.5万", "15000"),
        ("三点一四", "3.14"),
        ("12,345,678", "12345678"),
    ],
)
def test_numerals(said: str, expected: str) -> None:
    assert evaluate(said) == Decimal(expected)


@pytest.mark.parametrize("said", ["百", "十十", "一二百", "五十万亿三百亿", "1.2.3"])
def test_no_numerals(said: str) -> None:
    with pytest.raises(ValueError):
        evaluate(said)


def test_words_with_a_numeral_in_them_count_nothing() -> None:
    assert [int(n.value) for n in numbers("我们一共一起来了三个人，第一次统一办")] == [3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三千块", 3000.0),
        ("两块五", 2.5),
        ("两块零五", 2.05),
        ("三块两毛五", 3.25),
        ("五毛", 0.5),
        ("三块半", 3.5),
        ("两万半", 25000.0),
        ("十三万五", 135000.0),
        ("壹万贰仟元整", 12000.0),
        ("一个亿", 1e8),
        ("十三亿", 1.3e9),
        ("5W", 50000.0),
        ("大概三千块钱左右", 3000.0),
        ("不要钱", 0.0),
        ("不是三千，是五千", 5000.0),
        ("三萬塊", 30000.0),
    ],
)
def test_money(text: str, expected: float, value_of: Callable[..., Any]) -> None:
    assert value_of("money", text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("几千块", "number_vague"),
        ("八十多块", "number_vague"),
        ("三五百", "number_vague"),
        ("万把块", "number_vague"),
        ("一百美元", "value_not_understood"),
        ("不知道", "value_not_understood"),
        ("负三百", "number_too_small"),
        ("三千或者五千", "value_more_than_one"),
    ],
)
def test_money_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("money", text) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一百二十平方米", 120.0),
        ("120㎡", 120.0),
        ("120 m²", 120.0),
        ("一百二", 120.0),
        ("一百零五点五平", 105.5),
        ("两亩", 1333.33),
        ("两亩半", 1666.67),
        ("半亩", 333.33),
        ("一公顷", 10000.0),
        ("三米乘五米", 15.0),
        ("长三米，宽五米", 15.0),
        ("3×5", 15.0),
        ("三号楼一百二十平", 120.0),
    ],
)
def test_area(text: str, expected: float, value_of: Callable[..., Any]) -> None:
    assert value_of("area", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("三个", 3), ("俩", 2), ("一对", 2), ("没有", 0), ("一共三个人", 3), ("12", 12), ("两百五十户", 250)],
)
def test_count(text: str, expected: int, value_of: Callable[..., Any]) -> None:
    assert value_of("count", text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("三五个", "number_vague"),
        ("十几个", "number_vague"),
        ("十七八个", "number_vague"),
        ("一个半", "number_not_whole"),
        ("三点五", "number_not_whole"),
        ("很多", "value_not_understood"),
    ],
)
def test_count_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("count", text) == code


def test_limits(code_of: Callable[..., str]) -> None:
    assert code_of("area", "一千平", maximum=500) == "number_too_large"
    assert code_of("count", "一个", minimum=2) == "number_too_small"
