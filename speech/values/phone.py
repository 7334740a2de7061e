"""Phones: mobile numbers by allocated prefix, and fixed lines (Yiwu's area code where none is said)."""

from __future__ import annotations

import re

from speech.values.coded import all_symbols, hits, meant
from speech.values.errors import MoreThanOne, NotUnderstood, PhoneLength, PhoneNotMobile, PhonePrefix
from speech.values.folding import plain
from speech.values.model import Ask, Value
from speech.values.speaking import speak_digits, speak_groups

_MOBILE = re.compile(r"1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}")
_FIXED = re.compile(r"(010|02\d|0[3-9]\d\d)([2-8]\d{6,7})")
#: Eight digits in Yiwu (Jinhua's area) begin with 8.
_LOCAL = re.compile(r"8\d{7}")
AREA_CODE = "0579"


def canonical_phone(symbols: str) -> str | None:
    """ "13800001234" or "0579-85551234", or None where it is no phone.

    >>> canonical_phone("8613800001234")
    '13800001234'
    >>> canonical_phone("85551234")
    '0579-85551234'
    """
    for prefix in ("0086", "86"):
        if symbols.startswith(prefix) and _MOBILE.fullmatch(symbols[len(prefix) :]):
            return symbols[len(prefix) :]
    if _MOBILE.fullmatch(symbols):
        return symbols
    fixed = _FIXED.fullmatch(symbols)
    if fixed and len(symbols) >= 11:
        return f"{fixed[1]}-{fixed[2]}"
    if _LOCAL.fullmatch(symbols):
        return f"{AREA_CODE}-{symbols}"
    return None


def phone_value(text: str, code: str, *, repaired: bool = False) -> Value:
    area, dash, number = code.partition("-")
    if dash:
        half = len(number) - 4
        said = f"{speak_digits(area)}，{speak_groups(number, (half, 4))}"
        return Value("phone", text, code, code, said, repaired)
    display = f"{code[:3]} {code[3:7]} {code[7:]}"
    return Value("phone", text, code, display, speak_groups(code, (3, 4, 4)), repaired)


def parse_phone(text: str, ask: Ask) -> Value:
    folded = plain(text)
    found = meant(folded, hits(folded, canonical_phone, longest=15, whole_only=8))
    if len(found) > 1:
        raise MoreThanOne("several phones", citizen="我听到了不止一个号码，请只说一个电话号码。")
    if found:
        code = found[0].code
    else:
        symbols = all_symbols(folded)
        code = canonical_phone(symbols) or _explain(symbols)
    if ask.constraints.mobile_only and "-" in code:
        raise PhoneNotMobile("a fixed line where a mobile is needed")
    return phone_value(text, code)


def _explain(symbols: str) -> str:
    """Raises the reason why these symbols are no phone."""
    if len(symbols) < 3:
        raise NotUnderstood("no digits", citizen="没有听到电话号码，请一位一位地说十一位手机号。")
    if len(symbols) != 11:
        raise PhoneLength(
            f"{len(symbols)} digits",
            citizen=f"手机号应该是十一位数字，我听到的是{len(symbols)}位，请再说一遍。",
        )
    raise PhonePrefix("no such prefix")
