"""Resident identity numbers (GB 11643) and unified social credit codes (GB 32100)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from speech.values.coded import Hit, all_symbols, hits, meant
from speech.values.errors import (
    IdBirthDate,
    IdCheckDigit,
    IdLength,
    IdOld,
    IdRegion,
    MoreThanOne,
    NotUnderstood,
    UsccCheckDigit,
    UsccLength,
    UsccSymbol,
)
from speech.values.folding import plain, words
from speech.values.model import Ask, Value
from speech.values.speaking import speak_groups

_PROVINCES = words(
    """
    11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71
    81 82 83
    """
)
_ID_WEIGHTS = tuple(2 ** (17 - i) % 11 for i in range(17))
_USCC_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(3**i % 31 for i in range(17))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Nobody alive was born earlier.
_OLDEST_YEARS = 130


def id_check_digit(first17: str) -> str:
    """The 18th symbol of an identity number, by GB 11643.

    >>> id_check_digit("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def uscc_check_digit(first17: str) -> str:
    """The 18th symbol of a unified social credit code, by GB 32100."""
    total = sum(_USCC_SYMBOLS.index(c) * weight for c, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_SYMBOLS[(31 - total % 31) % 31]


def birth_date(number: str) -> date | None:
    """Birth date inside an 18-symbol identity number, or None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _region_ok(number: str) -> bool:
    # Permanent residence cards of foreigners begin with 9 and the province after it.
    return number[:2] in _PROVINCES or (number[0] == "9" and number[1:3] in _PROVINCES)


def check_resident_id(number: str, today: date) -> None:
    """Raises the first reason why 1 to 20 symbols are no identity number."""
    if len(number) == 15 and number.isdigit():
        raise IdOld("15 digits")
    if len(number) != 18:
        raise IdLength(
            f"{len(number)} symbols",
            citizen=f"身份证号应该是十八位，我听到的是{len(number)}位，请再说一遍。",
        )
    if not number[:17].isdigit() or number[17] not in "0123456789X":
        raise IdCheckDigit("X inside the number")
    if not _region_ok(number):
        raise IdRegion("unknown region")
    born = birth_date(number)
    if born is None or born > today or born.year < today.year - _OLDEST_YEARS:
        raise IdBirthDate("no such birth date")
    if id_check_digit(number[:17]) != number[17]:
        raise IdCheckDigit("wrong check digit")


def check_uscc(code: str) -> None:
    """Raises the first reason why symbols are no unified social credit code."""
    if len(code) != 18:
        raise UsccLength(
            f"{len(code)} symbols",
            citizen=f"统一社会信用代码应该是十八位，我听到的是{len(code)}位，请照着营业执照再说一遍。",
        )
    if any(c not in _USCC_SYMBOLS for c in code):
        raise UsccSymbol("a letter that never occurs")
    if not (code[0] in "123456789ANY" and code[2:8].isdigit()) or uscc_check_digit(code[:17]) != code[17]:
        raise UsccCheckDigit("wrong check digit")


def _accepts(check: Callable[[str], None]) -> Callable[[str], str | None]:
    def canonical(symbols: str) -> str | None:
        from wenban.errors import ValueInvalid

        try:
            check(symbols)
        except ValueInvalid:
            return None
        return symbols

    return canonical


def resident_id_hits(folded: str, today: date) -> list[Hit]:
    return hits(folded, _accepts(lambda s: check_resident_id(s, today)), letters="X", longest=18)


def uscc_hits(folded: str) -> list[Hit]:
    return hits(folded, _accepts(check_uscc), letters=LETTERS, longest=18)


def resident_id_value(text: str, number: str, *, repaired: bool = False) -> Value:
    return Value("resident_id", text, number, number, speak_groups(number, (6, 4, 4, 4)), repaired)


def uscc_value(text: str, code: str, *, repaired: bool = False) -> Value:
    # Letters are read as letters; X too, so that it is not taken for a wrong answer.
    return Value("uscc", text, code, code, speak_groups(code, (4, 4, 4, 4, 2), x="X"), repaired)


def parse_resident_id(text: str, ask: Ask) -> Value:
    folded = plain(text)
    found = meant(folded, resident_id_hits(folded, ask.today))
    if len(found) > 1:
        raise MoreThanOne("several ids", citizen="我听到了不止一个身份证号，请只说一个。")
    if found:
        return resident_id_value(text, found[0].code)
    symbols = all_symbols(folded, letters="X")
    if len(symbols) < 3:
        raise NotUnderstood("no digits", citizen="没有听到身份证号，请一位一位地说十八位身份证号码。")
    check_resident_id(symbols, ask.today)
    return resident_id_value(text, symbols)


def parse_uscc(text: str, _ask: Ask) -> Value:
    folded = plain(text)
    found = meant(folded, uscc_hits(folded))
    if len(found) > 1:
        raise MoreThanOne("several codes", citizen="我听到了不止一个代码，请只说一个。")
    if found:
        return uscc_value(text, found[0].code)
    symbols = all_symbols(folded, letters=LETTERS)
    # "Ahmed Hassan" is letters, but no attempt at a code.
    if len(symbols) < 3 or not any(sign.isdigit() for sign in symbols):
        raise NotUnderstood(
            "no symbols", citizen="没有听到统一社会信用代码，请照着营业执照一位一位地说十八位代码。"
        )
    check_uscc(symbols)
    return uscc_value(text, symbols)
