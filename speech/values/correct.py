"""Corrections of a part: "后四位不对，是二三幺八", "最后一位是叉", "不是三三一八，是二三一八"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from speech.values.day_words import small_number
from speech.values.errors import CorrectionUnclear
from speech.values.folding import plain
from speech.values.identity import LETTERS
from speech.values.model import Constraints, Option, Value
from speech.values.parse import NO_CONSTRAINTS, check_size, parse_value
from speech.values.symbols import joined, runs
from wenban.errors import ValueInvalid

_CODED = {"phone": "", "resident_id": "X", "uscc": LETTERS, "plate": LETTERS}
_N = "[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_END = re.compile(
    rf"(?:最后|后面|末尾|后|末|尾)(?:的)?(?:这|那)?(?P<n>{_N})(?:位|个)|(?P<tail>尾号|末尾|尾数|最后|后面)"
)
_START = re.compile(
    rf"(?:最前面|前面|开头|最前|前|头)(?:的)?(?:这|那)?(?P<n>{_N})(?:位|个)|(?P<head>开头|前面)"
)
_NTH = re.compile(rf"(?P<from_end>倒数)?第(?P<n>{_N})(?:位|个)(?:数字|数)?(?:到第?(?P<m>{_N})(?:位|个))?")
_MIDDLE = re.compile(rf"中间(?:的)?(?:这|那)?(?P<n>{_N})?(?:位|个)?|出生(?:日期|年月)|生日")
_INSTEAD = re.compile(r"不是(?P<old>[^,，。]{1,40}?)[, ，]*(?:而是|应该是|(?<!不)是)(?P<new>.+)$")
_LEAD = re.compile(
    r"^(?:嗯|呃|哦|不对|不是|错了|说错了|听错了|搞错了|写错了|有误|[,. ，。])*"
    r"(?:应该|重新|重说|改成|改为|换成|更正为|改)?(?:是|为|成)?[:：, ]*"
)
#: What may stand between the place and the new symbols.
_SAID_WRONG = re.compile(
    r"^(?:数字|号码)?(?:说|听|写|念|记)?(?:不对|错了|有误|错|不是这个)*"
    r"[, 。.]*(?:应该|要)?(?:改成|改为|换成|是|为|成)*"
)


def _symbols(text: str, letters: str) -> str:
    return "".join(joined(run) for run in runs(text, letters=letters))


def _number(said: str | None) -> int | None:
    return None if said is None else small_number(said)


def _new_symbols(text: str, letters: str) -> str:
    rest = _SAID_WRONG.sub("", text, count=1)
    instead = re.search(r"(?:不是[^是]{1,20}?|错了|不对)[, ]*(?:应该)?是(?P<new>.+)$", rest)
    return _symbols(instead["new"] if instead else rest, letters)


def _placed(code: str, text: str, letters: str) -> Iterator[str]:
    """Codes that the correction may mean, each with some symbols exchanged."""
    nth = _NTH.search(text)
    if nth:
        at, to = _number(nth["n"]), _number(nth["m"])
        new = _new_symbols(text[nth.end() :], letters)
        if at is None or not new:
            return
        start = len(code) - at if nth["from_end"] else at - 1
        if start >= 0 and start + len(new) <= len(code) and (to is None or to - at + 1 == len(new)):
            yield code[:start] + new + code[start + len(new) :]
        return
    end = _END.search(text)
    if end:
        new = _new_symbols(text[end.end() :], letters)
        size = _number(end["n"]) or len(new)
        if new and len(new) == size <= len(code):
            yield code[: len(code) - size] + new
        return
    middle = _MIDDLE.search(text)
    if middle:
        new = _new_symbols(text[middle.end() :], letters)
        size = _number(middle["n"]) or len(new)
        if new and len(new) == size < len(code) - 1:
            yield from _middles(code, new)
        return
    start_said = _START.search(text)
    if start_said:
        new = _new_symbols(text[start_said.end() :], letters)
        size = _number(start_said["n"]) or len(new)
        if new and len(new) == size <= len(code):
            yield new + code[size:]


def _middles(code: str, new: str) -> Iterator[str]:
    if len(code) == 11:
        if len(new) == 4:
            yield code[:3] + new + code[7:]
        return
    if len(code) == 18 and len(new) == 8:
        yield code[:6] + new + code[14:]
        return
    for at in range(1, len(code) - len(new)):
        yield code[:at] + new + code[at + len(new) :]


def _exchanged(code: str, text: str, letters: str) -> Iterator[str]:
    """不是 A 是 B, where A stands in the code."""
    found = _INSTEAD.search(text)
    if not found:
        return
    old, new = _symbols(found["old"], letters), _symbols(found["new"], letters)
    if not old or not new or len(old) != len(new):
        return
    at = code.find(old)
    while at >= 0:
        yield code[:at] + new + code[at + len(old) :]
        at = code.find(old, at + 1)


def _parsed(
    kind: str, codes: Iterator[str], today: date, constraints: Constraints
) -> tuple[list[Value], ValueInvalid | None]:
    values: dict[str, Value] = {}
    error: ValueInvalid | None = None
    for code in codes:
        try:
            value = parse_value(kind, code, today=today, constraints=constraints)
        except ValueInvalid as invalid:
            error = error or invalid
        else:
            values[str(value.value)] = value
    return list(values.values()), error


def correct_value(
    old: Value,
    text: str,
    *,
    today: date,
    options: Sequence[Option] = (),
    constraints: Constraints = NO_CONSTRAINTS,
) -> Value:
    """The old value with what the citizen says is wrong put right.

    A part of a phone, resident_id, uscc or plate may be named (后四位, 前三位, 中间, 第五位, 最后一位,
    不是A是B); for every kind the whole value may be said again after "不对，是".

    Raises:
        CorrectionUnclear: which part is meant cannot be told.
        ValueInvalid: what comes out is no valid value; the old one stands.

    Example:
        >>> today = date(2026, 11, 23)
        >>> old = parse_value("phone", "13800001234", today=today)
        >>> correct_value(old, "后四位不对，是二三幺八", today=today).value
        '13800002318'
    """
    check_size(text)
    letters = _CODED.get(old.kind)
    part_error: ValueInvalid | None = None
    if letters is not None:
        folded = plain(text)
        code = str(old.value).replace("-", "")
        for codes in (_placed(code, folded, letters), _exchanged(code, folded, letters)):
            values, error = _parsed(old.kind, codes, today, constraints)
            if len(values) > 1:
                raise CorrectionUnclear("several places fit")
            if values:
                return _with_text(values[0], text)
            part_error = part_error or error
    whole_error: ValueInvalid = CorrectionUnclear("nothing new was said")
    for whole in _wholes(old.kind, text):
        try:
            value = parse_value(old.kind, whole, today=today, options=options, constraints=constraints)
        except ValueInvalid as invalid:
            whole_error = invalid
        else:
            return _with_text(value, text)
    if part_error is not None:
        raise part_error from whole_error
    if letters is not None and _too_short(old, text, letters):
        raise CorrectionUnclear("a part without a place") from whole_error
    raise whole_error


def _wholes(kind: str, text: str) -> Iterator[str]:
    """Where the new value may stand as a whole, best first."""
    if kind not in ("yes_no", "choice"):
        instead = _INSTEAD.search(text)
        if instead:
            yield instead["new"]
        rest = _LEAD.sub("", text.strip(), count=1)
        if rest.strip():
            yield rest
    yield text


def _too_short(old: Value, text: str, letters: str) -> bool:
    return len(_symbols(plain(text), letters)) < len(str(old.value)) - 2


def _with_text(value: Value, text: str) -> Value:
    return replace(value, text=text)
