"""Numbers inside plain text: 十三万五, 两百五, 1.5万, 三点一四, 二零二六, with what is vague told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from speech.values.symbols import DIGITS

_CHARS = "0-9零一二三四五六七八九十百千万亿廿卅两俩"
_NUMBER = re.compile(
    rf"[{_CHARS}](?:[{_CHARS}]|[.点](?=[0-9零一二三四五六七八九两])|,(?=\d\d\d(?!\d))|个(?=亿))*"
)
#: Words that contain a numeral and count nothing.
_NOT_COUNTING = re.compile(
    rf"(?<![{_CHARS}])(?:一共|一起|一下|一些|一般|一直|一定|一样|统一|唯一|万一)|第[一二三四五六七八九十百]+"
)
_VAGUE_AFTER = re.compile(
    r"[个块元平方米亩]?(?:多|几|来[个块元平方米亩]|出头|以上|以下|以内|不到|把[个块元])"
)
_VAGUE_BEFORE = re.compile(r"(?:几|好几|数|上|成|不到|超过|至少|起码|最多|小于|大于)$")
_UNITS = (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10))
#: Longer runs are codes, not amounts.
_MAX_DIGITS = 15


@dataclass(frozen=True)
class Number:
    """A number at plain text [start, end); `vague`: 八十多, 三五个, 十七八, 几千."""

    start: int
    end: int
    value: Decimal
    vague: bool = False


class _Vague(ValueError):
    pass


def _digits(said: str) -> str:
    return "".join(DIGITS[c] for c in said)


def _plain_digits(said: str, *, alone: bool) -> Decimal:
    if not said or any(c not in DIGITS for c in said) or len(said) > _MAX_DIGITS:
        raise ValueError("not digits")
    if not alone and len(said) > 1 and not said.isascii():
        # 二三十, 十七八: two neighbours are a guess, anything else is no number.
        raise _Vague("about")
    return Decimal(_digits(said))


def _evaluate(said: str, *, alone: bool = True) -> Decimal:
    """Value of a numeral; `alone` is False beside a unit, where digits stand singly."""
    whole, dot, rest = said.replace("点", ".").rpartition(".")
    if dot and rest and all(c in DIGITS for c in rest):
        # 一千点五: the point belongs to the whole; in 三点五千 to what is before the unit, further down.
        return _evaluate(whole, alone=alone) + Decimal(f"0.{_digits(rest)}")
    for unit, worth in _UNITS:
        left, found, right = said.rpartition(unit)
        if not found:
            continue
        if not left and unit != "十":
            raise ValueError("a unit alone")
        if unit in left or (worth < 10**4 and any(c in "百千十" for c in left)):
            raise ValueError("units out of order")
        many = _evaluate(left, alone=False) if left else Decimal(1)
        return many * worth + _tail(right, worth)
    return _plain_digits(said, alone=alone)


def _tail(right: str, worth: int) -> Decimal:
    """What follows a unit: 十三万五 means 五千 after 万, 十三万零五 means five."""
    if not right:
        return Decimal(0)
    if right in DIGITS and right != "零" and worth > 10:
        return Decimal(_digits(right)) * worth / 10
    value = _evaluate(right.lstrip("零"), alone=False)
    if value >= worth:
        raise ValueError("units out of order")
    return value


def evaluate(said: str) -> Decimal:
    """Value of one numeral.

    >>> evaluate("十三万五"), evaluate("1.5万"), evaluate("一百零五")
    (Decimal('135000'), Decimal('15000.0'), Decimal('105'))

    Raises:
        ValueError: it is none.
    """
    said = said.replace(",", "").replace("个", "").replace("廿", "二十").replace("卅", "三十")
    if said.count(".") + said.count("点") > 1 or sum(c in "亿万千百十" for c in said) > 12:
        raise ValueError("not one number")
    return _evaluate(said)


def numbers(text: str) -> Iterator[Number]:
    """Numbers in plain text, left to right."""
    masked = _NOT_COUNTING.sub(lambda m: "〼" * len(m[0]), text)
    for found in _NUMBER.finditer(masked):
        start, end = found.span()
        said = found[0]
        vague = bool(_VAGUE_BEFORE.search(text[:start][-3:]) or _VAGUE_AFTER.match(text, end))
        # 三五个, 两三块: two neighbouring digits before a measure are a guess; 一二 alone is spelled out.
        if re.fullmatch(r"一二|二三|两三|三四|三五|四五|五六|六七|七八|八九", said) and end < len(text):
            vague = True
        try:
            value = evaluate(said)
        except _Vague:
            yield Number(start, end, Decimal(0), vague=True)
        except ValueError:
            continue
        else:
            yield Number(start, end, value, vague)
