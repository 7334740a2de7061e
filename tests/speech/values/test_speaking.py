from __future__ import annotations

from datetime import date

import pytest

from speech.values.speaking import speak_date, speak_decimal, speak_digits, speak_groups, speak_number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"),
        (10, "十"),
        (15, "十五"),
        (105, "一百零五"),
        (10005, "一万零五"),
        (135000, "十三万五千"),
        (100000005, "一亿零五"),
        (1300000000, "十三亿"),
    ],
)
def test_numbers(number: int, said: str) -> None:
    assert speak_number(number) == said


@pytest.mark.parametrize("number", [-1, 10**16])
def test_numbers_out_of_range(number: int) -> None:
    with pytest.raises(ValueError):
        speak_number(number)


def test_other_ways_of_saying() -> None:
    assert speak_digits("10X") == "幺零叉"
    assert speak_groups("13800001234", (3, 4, 4)) == "幺三八，零零零零，幺二三四"
    assert speak_decimal(2.05) == "二点零五"
    assert speak_date(date(2026, 10, 31)) == "二零二六年十月三十一日"
