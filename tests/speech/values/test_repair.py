from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import Option, Value, parse_value
from speech.values.errors import IdCheckDigit, NoneOfThese, NumberVague, PhoneLength, RepairAmbiguous
from speech.values.identity import check_resident_id, id_check_digit
from speech.values.repair import CONFUSIONS
from speech.values.speaking import speak_digits
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)
# 330782 1990-01-01 123 9
SPOKEN_ID = "三三零七八二一九九零零一零一一二三九"


def _heard(kind: str, text: str, *alternatives: str, options: Sequence[Option] = ()) -> Value:
    return parse_value(kind, text, today=TODAY, alternatives=alternatives, options=options)


def test_what_proves_itself_at_once_is_not_repaired() -> None:
    value = _heard("resident_id", SPOKEN_ID, "三三零七八二一九九零零一零七一二三九")
    assert value.value == "330782199001011239"
    assert not value.repaired


def test_another_hypothesis_that_proves_itself_is_taken_and_marked() -> None:
    value = _heard("resident_id", SPOKEN_ID[:-1] + "六", SPOKEN_ID)
    assert (value.value, value.repaired) == ("330782199001011239", True)
    assert value.text.endswith("六")
    assert value.changed == (18,)
    assert value.read_back == "三三零七八二，幺九九零，零幺零幺，幺二三九"


def test_a_known_confusion_is_repaired_where_only_one_repair_proves_itself() -> None:
    wrong = SPOKEN_ID[:15] + "儿" + SPOKEN_ID[16:]
    value = _heard("resident_id", wrong, wrong)
    assert (value.value, value.repaired) == ("330782199001011239", True)


def test_typed_text_is_never_repaired() -> None:
    with pytest.raises(IdCheckDigit):
        parse_value("resident_id", SPOKEN_ID[:-1] + "六", today=TODAY)


def test_two_that_prove_themselves_are_asked_again() -> None:
    with pytest.raises(RepairAmbiguous):
        _heard("phone", "幺三八零零零零一二三", "幺三八零零零零一二三四", "幺三八零零零零一二三八")


def test_the_first_error_stands_where_nothing_proves_itself() -> None:
    with pytest.raises(PhoneLength):
        _heard("phone", "幺三八零零", "幺三八零", "喂")


@pytest.mark.parametrize(
    ("kind", "text", "alternatives", "expected"),
    [
        ("phone", "要三八零零零零一二三四", ("",), "13800001234"),
        ("phone", "幺三八零零零零一二三十", ("幺三八零零零零一二三十",), "13800001234"),
        ("plate", "浙鸡一二三是五", ("浙鸡一二三是五",), "浙G12345"),
        ("date", "三月三十二号", ("三月二十二号",), "2026-03-22"),
    ],
)
def test_other_kinds(kind: str, text: str, alternatives: tuple[str, ...], expected: str) -> None:
    value = _heard(kind, text, *(alternatives if alternatives != ("",) else (text,)))
    assert (value.value, value.repaired) == (expected, True)


def test_an_option_that_exists_is_found_among_the_hypotheses() -> None:
    options = (Option("new", "新办"), Option("renew", "延续"))
    value = _heard("choice", "眼前", "眼神", "延续", options=options)
    assert (value.value, value.repaired) == ("renew", True)


def test_none_of_these_is_an_answer_and_not_repaired() -> None:
    with pytest.raises(NoneOfThese):
        _heard("choice", "都不是", "延续", options=(Option("renew", "延续"),))


def test_kinds_without_proof_are_not_searched() -> None:
    with pytest.raises(NumberVague):
        _heard("money", "几千块", "九千块")


@given(
    born=st.dates(date(1930, 1, 1), date(2026, 11, 22)),
    order=st.integers(0, 999),
    place=st.integers(0, 17),
    data=st.data(),
)
def test_a_repair_is_right_or_refused_for_every_single_confusion(
    born: date, order: int, place: int, data: st.DataObject
) -> None:
    """One confused symbol: the outcome has a valid check digit and is marked."""
    first = f"330782{born:%Y%m%d}{order:03d}"
    spoken = speak_digits(first + id_check_digit(first), one="一")
    others = [char for char, meant in CONFUSIONS.items() if spoken[place] in meant]
    if not others:
        return
    wrong = spoken[:place] + data.draw(st.sampled_from(others)) + spoken[place + 1 :]
    try:
        value = _heard("resident_id", wrong, wrong)
    except ValueInvalid:
        return
    check_resident_id(value.value, TODAY)
    assert value.repaired or value.value == first + id_check_digit(first)
