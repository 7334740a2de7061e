from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import parse_value
from speech.values.phone import canonical_phone
from speech.values.speaking import speak_digits, speak_groups


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800001234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("幺三八零零零零幺二三四", "13800001234"),
        ("一三八洞洞洞洞一两三四", "13800001234"),
        ("壹叁捌零零零零壹贰叁肆", "13800001234"),
        ("幺三八，四个零，幺二三四", "13800001234"),
        ("幺三八嗯零零零零呃幺二三四", "13800001234"),
        ("幺三八零零零零，然后是幺二三四", "13800001234"),
        ("一五八 拐拐勾勾 〇〇〇幺", "15877990001"),
        ("我的手机号码是13800001234，一共十一位", "13800001234"),
        ("電話是13800001234", "13800001234"),
        ("13800001234，不对，是13900001234", "13900001234"),
        ("不是13800001234是13900001234", "13900001234"),
        ("13800001234，我再说一遍，13800001234", "13800001234"),
        ("零五七九，八五五五幺二三四", "0579-85551234"),
        ("0579杠85551234", "0579-85551234"),
        ("八五五五幺二三四", "0579-85551234"),
        ("010-62345678", "010-62345678"),
    ],
)
def test_heard(text: str, expected: str, value_of: Callable[..., Any]) -> None:
    assert value_of("phone", text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1380000123", "phone_length"),
        ("138000012345", "phone_length"),
        ("12345678901", "phone_prefix"),
        ("15400001234", "phone_prefix"),
        ("我不想说", "value_not_understood"),
        ("13800001234或者13900001234", "value_more_than_one"),
    ],
)
def test_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("phone", text) == code


def test_the_error_says_how_many_digits_were_heard(today: date) -> None:
    from speech.values.errors import PhoneLength

    with pytest.raises(PhoneLength) as caught:
        parse_value("phone", "1380000123", today=today)
    assert "10位" in caught.value.citizen


def test_a_fixed_line_is_refused_where_a_message_must_arrive(code_of: Callable[..., str]) -> None:
    assert code_of("phone", "0579-85551234", mobile_only=True) == "phone_not_mobile"


def test_read_back_is_grouped(today: date) -> None:
    value = parse_value("phone", "13800001234", today=today)
    assert value.read_back == "幺三八，零零零零，幺二三四"
    assert value.display == "138 0000 1234"


_MOBILES = st.builds(
    lambda prefix, rest: prefix + rest,
    st.sampled_from(["130", "139", "147", "150", "159", "166", "173", "188", "191", "199"]),
    st.text("0123456789", min_size=8, max_size=8),
)


@given(number=_MOBILES, style=st.integers(0, 4))
def test_every_mobile_survives_every_way_of_saying_it(number: str, style: int) -> None:
    said = [
        number,
        speak_digits(number),
        speak_digits(number, one="一"),
        speak_groups(number, (3, 4, 4)),
        f"我电话是{speak_digits(number)}，谢谢",
    ][style]
    assert parse_value("phone", said, today=date(2026, 11, 23)).value == number


@given(number=st.text("0123456789", max_size=20))
def test_canonical_is_stable(number: str) -> None:
    code = canonical_phone(number)
    if code is not None:
        assert canonical_phone(code.replace("-", "")) == code
