"""Values found only by listening for their kind: proved or near in sound, and always to be confirmed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date

import pytest

from speech.values import Option, Value, parse_value
from speech.values.errors import IdCheckDigit
from speech.values.identity import id_check_digit
from speech.values.narrowed import changed_places
from speech.values.speaking import speak_digits
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)
# 330782 1990-01-01 123 9
SPOKEN_ID = "三三零七八二一九九零零一零一一二三九"
TOO_LONG = SPOKEN_ID[:6] + "二" + SPOKEN_ID[6:]


def narrowed(kind: str, text: str, *others: str, options: Sequence[Option] = ()) -> Value:
    return parse_value(kind, text, today=TODAY, alternatives=[text], narrowed=others, options=options)


def test_a_code_that_proves_itself_is_taken_and_marked() -> None:
    value = narrowed("resident_id", TOO_LONG, "我的" + TOO_LONG, SPOKEN_ID)
    assert (value.value, value.repaired, value.text) == ("330782199001011239", True, TOO_LONG)
    assert len(value.changed) == 1 and value.changed[0] in (6, 7)


def test_where_two_prove_themselves_the_likelier_is_taken_and_their_differences_are_doubtful() -> None:
    other = "33078219900101131" + id_check_digit("33078219900101131")
    value = narrowed("resident_id", TOO_LONG, SPOKEN_ID, speak_digits(other, x="X"))
    assert value.value == "330782199001011239"
    assert 16 in value.changed and len(value.changed) > 1


ONE_NINE = SPOKEN_ID.replace("九九", "九", 1)


def test_what_was_heard_but_for_a_symbol_said_twice_is_not_marked() -> None:
    value = narrowed("resident_id", ONE_NINE, SPOKEN_ID)
    assert (value.value, value.repaired, value.changed) == ("330782199001011239", False, ())


def test_it_is_marked_where_another_code_is_as_good() -> None:
    # Both are what was heard with two symbols said twice, and both prove themselves.
    heard = "".join(one for one, _ in itertools.groupby(SPOKEN_ID))
    missing = 18 - len(heard)
    at = itertools.combinations_with_replacement(range(len(heard)), missing)
    doubled = ("".join(sign * (1 + chosen.count(place)) for place, sign in enumerate(heard)) for chosen in at)
    others = [text for text in doubled if text != SPOKEN_ID and _is_valid(text)]
    assert others
    value = narrowed("resident_id", heard, SPOKEN_ID, others[0])
    assert value.value == "330782199001011239" and value.repaired and value.changed
    alone = narrowed("resident_id", heard, SPOKEN_ID)
    assert alone.value == "330782199001011239" and not alone.repaired


def _is_valid(text: str) -> bool:
    try:
        return bool(parse_value("resident_id", text, today=TODAY).value)
    except ValueInvalid:
        return False


@pytest.mark.parametrize("changed", [("三三零", "三五零"), ("二三九", "二三")])
def test_it_is_marked_where_another_symbol_was_heard_or_one_was_lost(changed: tuple[str, str]) -> None:
    value = narrowed("resident_id", ONE_NINE.replace(*changed, 1), SPOKEN_ID)
    assert value.value == "330782199001011239" and value.repaired and value.changed


def test_an_open_hypothesis_that_holds_a_value_is_not_contradicted() -> None:
    assert narrowed("phone", "一三八零零零零一二三四", "一三八零零零零一二三五").value == "13800001234"
    assert not narrowed("phone", "一三八零零零零一二三四", "一三八零零零零一二三五").repaired


@pytest.mark.parametrize(
    ("kind", "text", "other", "wanted"),
    [
        ("phone", "一三八零零零幺二三四", "一三八零零零零幺二三四", "13800001234"),
        ("yes_no", "最是的", "对是的", True),
        ("area", "山白评分", "三百平方", 300.0),
        ("date", "三月武功", "三月五号", "2026-03-05"),
    ],
)
def test_what_sounds_alike_is_taken_and_marked(kind: str, text: str, other: str, wanted: object) -> None:
    value = narrowed(kind, text, other)
    assert (value.value, value.repaired) == (wanted, True)


@pytest.mark.parametrize(
    ("kind", "text", "other"),
    [
        ("yes_no", "我要转到人工那里去", "嗯"),
        ("phone", "你们几点上班", "一三八零零零零幺二三四"),
        ("date", "我老婆户口在上海", "十月二号"),
        ("resident_id", TOO_LONG, SPOKEN_ID[:-1] + "八"),
    ],
)
def test_what_was_made_of_something_else_is_not_taken(kind: str, text: str, other: str) -> None:
    with pytest.raises(ValueInvalid):
        narrowed(kind, text, other)


def test_a_choice_is_taken_by_sound_and_none_of_these_stands() -> None:
    options = (Option("new", "新办", ()), Option("change", "变更", ()))
    with pytest.raises(ValueInvalid):
        narrowed("choice", "都不是", "变更", options=options)
    with pytest.raises(ValueInvalid):
        narrowed("choice", "我想问一下停车", "变更", options=options)


def test_nothing_is_looked_for_without_hypotheses() -> None:
    with pytest.raises(IdCheckDigit):
        parse_value("resident_id", SPOKEN_ID[:-1] + "六", today=TODAY)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (SPOKEN_ID, ()),
        (SPOKEN_ID[:-1] + "六", (18,)),
        ("二" + SPOKEN_ID, (1,)),
        (SPOKEN_ID + "四", (18,)),
        (SPOKEN_ID[:4] + SPOKEN_ID[5:], (5,)),
    ],
)
def test_places_are_those_heard_otherwise(text: str, places: tuple[int, ...]) -> None:
    assert changed_places("resident_id", text, "330782199001011239") in (
        places,
        tuple(at - 1 for at in places),
    )


def test_other_kinds_have_no_places() -> None:
    assert changed_places("date", "三月", "2026-03-01") == ()
