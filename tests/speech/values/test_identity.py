from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import parse_value
from speech.values.identity import id_check_digit, uscc_check_digit
from speech.values.speaking import speak_digits, speak_groups

TODAY = date(2026, 11, 23)


def _id(region: str, born: date, order: int) -> str:
    first = f"{region}{born:%Y%m%d}{order:03d}"
    return first + id_check_digit(first)


_IDS = st.builds(
    _id,
    st.sampled_from(["330782", "330702", "110105", "310115", "522128"]),
    st.dates(date(1920, 1, 1), date(2026, 11, 22)),
    st.integers(0, 999),
)
_USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _uscc(region: str, body: str) -> str:
    first = f"91{region}{body}"
    return first + uscc_check_digit(first)


_USCCS = st.builds(
    _uscc, st.sampled_from(["330782", "110108"]), st.text(_USCC_SYMBOLS, min_size=9, max_size=9)
)


def test_check_digits_of_published_examples() -> None:
    # The standard's own examples.
    assert id_check_digit("11010519491231002") == "X"
    assert id_check_digit("44052418800101001") == "4"
    assert uscc_check_digit("91350100M000100Y4") == "3"


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "幺幺零幺零五，幺九四九，幺二三幺，零零二叉",
        "一一零一零五一九四九一二三一零零二，最后一位是叉",
        "我的身份证号码是一一零一零五一九四九一二三一零零二艾克斯",
        "身份证110105，1949，1231，002X",
    ],
)
def test_heard(text: str, value_of: Callable[..., Any]) -> None:
    assert value_of("resident_id", text) == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105194912310021", "resident_id_check_digit"),
        ("11010519491231002", "resident_id_length"),
        ("11010519491231002X1", "resident_id_length"),
        ("110105491231002", "resident_id_old"),
        ("990105194912310021", "resident_id_region"),
        ("110105194913310021", "resident_id_birth_date"),
        ("110105202612310021", "resident_id_birth_date"),
        ("110105180012310021", "resident_id_birth_date"),
        ("1101051949123100X2", "resident_id_check_digit"),
        ("忘了", "value_not_understood"),
    ],
)
def test_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("resident_id", text) == code


def test_read_back_is_grouped_by_region_birth_and_order(today: date) -> None:
    value = parse_value("resident_id", "11010519491231002X", today=today)
    assert value.read_back == "幺幺零幺零五，幺九四九，幺二三幺，零零二叉"


@given(number=_IDS, style=st.integers(0, 4))
def test_every_id_survives_every_way_of_saying_it(number: str, style: int) -> None:
    said = [
        number,
        number.lower(),
        speak_digits(number),
        speak_groups(number, (6, 4, 4, 4), one="一", x="X"),
        f"我的身份证号是{speak_groups(number, (3, 3, 4, 4, 4), x='艾克斯')}。",
    ][style]
    assert parse_value("resident_id", said, today=TODAY).value == number


@given(number=_IDS, place=st.integers(0, 16), other=st.integers(1, 9))
def test_one_wrong_digit_is_never_taken(number: str, place: int, other: int) -> None:
    wrong = str((int(number[place]) + other) % 10)
    from wenban.errors import ValueInvalid

    with pytest.raises(ValueInvalid):
        parse_value("resident_id", number[:place] + wrong + number[place + 1 :], today=TODAY)


@given(code=_USCCS, style=st.integers(0, 2))
def test_every_uscc_survives_every_way_of_saying_it(code: str, style: int) -> None:
    said = [
        code,
        speak_groups(code.lower(), (2, 6, 9, 1), x="X"),
        f"统一社会信用代码{speak_digits(code, x='X')}",
    ][style]
    assert parse_value("uscc", said, today=TODAY).value == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("91350100M000100Y44", "uscc_check_digit"),
        ("91350100M000100Y4", "uscc_length"),
        ("91350100M000100YI3", "uscc_symbol"),
        ("营业执照不在身边", "value_not_understood"),
    ],
)
def test_uscc_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("uscc", text) == code


def test_uscc_letters_named_as_words(value_of: Callable[..., Any]) -> None:
    assert value_of("uscc", "九一三五零幺零零艾姆零零零幺零零歪四三") == "91350100M000100Y43"


def test_letters_without_a_digit_are_no_attempt_at_a_code(code_of: Callable[..., str]) -> None:
    assert code_of("uscc", "Ahmed Hassan") == code_of("uscc", "今天天气不错")
