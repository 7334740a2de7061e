"""Numbers as they are said aloud: for reading back, and for making test sentences and grammars.

Telephone style says 1 as 幺; calendar years and everything counted say 一.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_DIGITS = "零一二三四五六七八九"
_SMALL = ("", "十", "百", "千")


def speak_digits(symbols: str, *, one: str = "幺", x: str = "叉") -> str:
    """Symbol by symbol; letters stay, X is `x`.

    >>> speak_digits("138")
    '幺三八'
    """
    said = {str(i): word for i, word in enumerate(_DIGITS)} | {"1": one, "X": x}
    return "".join(said.get(c, c) for c in symbols)


def speak_groups(symbols: str, sizes: Sequence[int], *, one: str = "幺", x: str = "叉") -> str:
    """In groups of the given sizes with pauses between them.

    >>> speak_groups("13800001234", (3, 4, 4))
    '幺三八，零零零零，幺二三四'
    """
    groups, at = [], 0
    for size in sizes:
        groups.append(speak_digits(symbols[at : at + size], one=one, x=x))
        at += size
    return "，".join(group for group in groups if group)


def _speak_section(number: int) -> str:
    """0 < number < 10000."""
    said, pending_zero = "", False
    for power in range(3, -1, -1):
        digit = number // 10**power % 10
        if digit == 0:
            pending_zero = bool(said)
            continue
        said += ("零" if pending_zero else "") + _DIGITS[digit] + _SMALL[power]
        pending_zero = False
    return said


def speak_number(number: int) -> str:
    """A whole number, 0 <= number < 10**16.

    >>> speak_number(135000)
    '十三万五千'
    >>> speak_number(10005)
    '一万零五'
    """
    if not 0 <= number < 10**16:
        raise ValueError("number out of range for speaking")
    if number == 0:
        return "零"
    high, low = divmod(number, 10**8)
    said = speak_number(high) + "亿" if high else ""
    for section, unit in ((low // 10000, "万"), (low % 10000, "")):
        if section:
            zero = "零" if said and (section < 1000 or (said.endswith("亿") and not unit)) else ""
            said += zero + _speak_section(section) + unit
    return said[1:] if said.startswith("一十") else said


def speak_decimal(number: float) -> str:
    """Up to two decimals: 2.5 is 二点五."""
    whole, _, rest = f"{number:.2f}".partition(".")
    rest = rest.rstrip("0")
    said = speak_number(int(whole))
    return f"{said}点{speak_digits(rest, one='一')}" if rest else said


def speak_date(day: date) -> str:
    """2026-03-01 is 二零二六年三月一日."""
    year = speak_digits(str(day.year), one="一")
    return f"{year}年{speak_number(day.month)}月{speak_number(day.day)}日"
