from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from actions.applications.errors import ApplicationNotFound, ReceiptInvalid
from actions.applications.receipts import (
    check_digit,
    new_receipt,
    new_resume_code,
    parse_receipt,
    spoken_receipt,
)

days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
receipts = st.builds(new_receipt, days)
digits = st.text("0123456789", min_size=1, max_size=20)


@given(days)
def test_a_new_receipt_is_its_own_canonical_form(day: date) -> None:
    receipt = new_receipt(day)
    assert parse_receipt(receipt) == receipt
    assert receipt.startswith(f"YW{day:%Y%m%d}") and len(receipt) == 17


@given(digits, st.data())
def test_every_single_wrong_digit_is_found(text: str, data: st.DataObject) -> None:
    whole = text + check_digit(text)
    place = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != whole[place]))
    assert check_digit(whole) == "0"
    assert check_digit(whole[:place] + wrong + whole[place + 1 :]) != "0"


@given(digits, st.data())
def test_every_swap_of_neighbours_is_found(text: str, data: st.DataObject) -> None:
    whole = text + check_digit(text)
    place = data.draw(st.integers(0, len(whole) - 2))
    assume(whole[place] != whole[place + 1])
    assert check_digit(whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]) != "0"


@given(receipts, st.sampled_from([" ", "-", "　", ". ", "，"]), st.booleans(), st.booleans())
def test_ways_to_write_it_are_all_understood(receipt: str, gap: str, lower: bool, prefix: bool) -> None:
    written = spoken_receipt(receipt).replace(" ", gap)
    written = written if prefix else written.removeprefix("YW")
    assert parse_receipt(f" {written.lower() if lower else written}。") == receipt


@given(receipts)
def test_full_width_is_understood(receipt: str) -> None:
    assert parse_receipt("".join(chr(ord(c) + 0xFEE0) for c in receipt)) == receipt


@given(st.text())
def test_anything_else_is_refused_and_never_breaks(text: str) -> None:
    try:
        parsed = parse_receipt(text)
    except ReceiptInvalid:
        return
    assert parse_receipt(parsed) == parsed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "YW 加十五位"),
        ("你好😀", "YW 加十五位"),
        ("YW2026", "收到了 4 位"),
        ("YW202611234829137", "数字不对"),
        ("YW20261332000000" + check_digit("20261332000000"), "日期不对"),
        ("AB202611234829138", "YW 加十五位"),
    ],
)
def test_each_mistake_has_its_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ReceiptInvalid) as caught:
        parse_receipt(text)
    assert sentence in caught.value.citizen
    assert isinstance(caught.value, ApplicationNotFound)


def test_receipts_do_not_follow_one_another() -> None:
    day = date(2026, 3, 4)
    numbers = [int(new_receipt(day)[10:16]) for _ in range(50)]
    assert numbers != sorted(numbers) and len({n // 100_000 for n in numbers}) > 3


def test_a_resume_code_is_eight_digits_with_a_check() -> None:
    code = new_resume_code()
    assert len(code) == 8 and check_digit(code) == "0"
