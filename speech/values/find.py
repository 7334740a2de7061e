"""Several details in one sentence: 我叫王芳，电话幺三八零零零零幺二三四，身份证…

Only what is certain is taken: codes that prove themselves, dates with a month or a day word, amounts with a
unit, names and addresses that are announced. Whatever is missed is asked for; a wrong guess would not be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from speech.values.address import address_value, find_address
from speech.values.coded import hits
from speech.values.dates import date_value, parse_date_range, range_value, resolve
from speech.values.day_words import scan
from speech.values.folding import Folded, fold, is_han, plain_numerals, simplify
from speech.values.identity import resident_id_hits, resident_id_value, uscc_hits, uscc_value
from speech.values.model import Ask, Constraints, Found, Value
from speech.values.name import find_name, is_chinese_name
from speech.values.numerals import numbers
from speech.values.parse import check_size
from speech.values.phone import canonical_phone, phone_value
from speech.values.places import TOWNS
from speech.values.plate import plate_hits, plate_value
from speech.values.quantity import area_amounts, area_value, count_value, money_amounts, money_value
from wenban.errors import ValueInvalid

#: A value and where it stands in the plain text.
_Spot = tuple[Value, int, int]


@dataclass(frozen=True)
class _Sentence:
    """Plain text, the same with its own case and script, and the day it was said on."""

    text: str
    kept: str
    today: date


_Finder = Callable[[_Sentence], Iterator[_Spot]]

_PHONE_SAID = re.compile(r"(?:电话|座机|号码|固话|联系方式)\D{0,6}$")
_NAME_SAID = re.compile(
    r"(?:我叫做?|本人叫?|我?(?:姓名|名字)(?:是叫|叫做?|是|为)?[: ]?|叫做|我是)"
    r"(?P<name>[A-Z][A-Z .'-]{2,50}|[^\s,.;:!?、。0-9]{2,16})"
)
# A clerk takes the word before somebody's numbers for the name: 王桂芳，身份证330…
_NAME_FIRST = re.compile(r"^\s*(?P<name>[^\s,，:;0-9]{2,4})[,，:\s]+(?=身份证|电话|手机|联系|[0-9])")
_NAME_ENDS = re.compile(
    r"(?:的)?(?:电话|手机|身份证|联系|住|家|今年|地址|性别|男|女|户口|户籍|我的|我想|我要|来|想|要|现在|出生|号码|,|，|$)"
)
_PLACE_SAID = re.compile(
    r"(?:家庭住址|家庭地址|居住地址|住址|地址|现住|家住|我?住在?)(?:是|在)?[: ]?(?P<place>[^,;!?。]{4,60})"
)
_TOWN = re.compile(
    rf"(?:浙江省)?(?:金华市?)?(?:义乌市?)?(?:{'|'.join(TOWNS)})(?:街道|镇)"
    # An address goes on to a road, a village or a house; 在江东街道开店 is none.
    r"[^,;!?。 ]{0,12}?(?:路|街|村|道|号|幢|小区|苑|大厦|广场|公寓)[^,;!?。 ]{0,30}"
)
_PLACE_ENDS = re.compile(
    r"(?:我的?)?(?:电话|手机|身份证|姓名|名字|我叫|联系|想|要|开了|办|租|占)|的(?:房子|房屋|店|人)"
)
_COUNTER = re.compile(r"\s*(?:个|名|位|份|台|辆|间|套|人|口|张|本|户|家|幢|次|桌|盏|块|棵|株|条)")


def _names(said_in: _Sentence) -> Iterator[_Spot]:
    yield from _name_first(said_in)
    for said in _NAME_SAID.finditer(said_in.text):
        start, end = said.span("name")
        cut = _NAME_ENDS.search(said["name"])
        end = start + cut.start() if cut else end
        name = find_name(said_in.kept[start:end]) if end > start else None
        if name is not None and (_is_foreign(name) or is_chinese_name(name, strict=True)):
            yield Value("name", "", name, name, name), start, end


def _name_first(said_in: _Sentence) -> Iterator[_Spot]:
    said = _NAME_FIRST.search(said_in.text)
    if said is not None:
        name = said_in.kept[slice(*said.span("name"))]
        if is_chinese_name(name, strict=True):
            yield Value("name", "", name, name, name), *said.span("name")


def _is_foreign(name: str) -> bool:
    return "·" in name or not any(map(is_han, name))


def _addresses(said_in: _Sentence) -> Iterator[_Spot]:
    for pattern, group in ((_PLACE_SAID, "place"), (_TOWN, 0)):
        for said in pattern.finditer(said_in.text):
            start, end = said.span(group)
            cut = _PLACE_ENDS.search(said_in.text, start, end)
            end = cut.start() if cut else end
            address = find_address(said_in.kept[start:end])
            if address is not None:
                yield address_value("", address), start, end


def _phones(said_in: _Sentence) -> Iterator[_Spot]:
    for hit in hits(said_in.text, canonical_phone, longest=15, whole_only=8):
        local = hit.code.startswith("0579-") and hit.end - hit.start <= 9
        if not local or _PHONE_SAID.search(said_in.text[: hit.start][-12:]):
            yield phone_value("", hit.code), hit.start, hit.end


def _resident_ids(said_in: _Sentence) -> Iterator[_Spot]:
    for hit in resident_id_hits(said_in.text, said_in.today):
        yield resident_id_value("", hit.code), hit.start, hit.end


def _usccs(said_in: _Sentence) -> Iterator[_Spot]:
    for hit in uscc_hits(said_in.text):
        yield uscc_value("", hit.code), hit.start, hit.end


def _plates(said_in: _Sentence) -> Iterator[_Spot]:
    for hit, _ in plate_hits(said_in.text, by_sound=False):
        yield plate_value("", hit.code), hit.start, hit.end


def _dates(said_in: _Sentence) -> Iterator[_Spot]:
    for said in scan(said_in.text, said_in.today, short=False):
        if said.fixed is None and said.month is None and said.weekday is None:
            continue
        try:
            day = resolve(said, said_in.today, Constraints())
        except ValueInvalid:
            continue
        yield date_value("", day), said.start, said.end


_LENGTH = re.compile(
    r"\s*(?:起|开始|以后)?[, ]*(?:一共|共|为期|连续)?\s*[0-9一二两三四五六七八九十半]{1,3}个?"
    r"(?:天|周|星期|月|年)(?!后|以后|之后|前)"
)
_JOINER = re.compile(r"\s*(?:到|至|~|-|—)\s*")


def _date_ranges(said_in: _Sentence) -> Iterator[_Spot]:
    days = list(scan(said_in.text, said_in.today, short=False))
    index = 0
    while index < len(days):
        first = days[index]
        following = days[index + 1] if index + 1 < len(days) else None
        end = None
        if following is not None and _JOINER.fullmatch(said_in.text, first.end, following.start):
            end = following.end
        else:
            length = _LENGTH.match(said_in.text, first.end)
            end = length.end() if length else None
        index += 1
        if end is None:
            continue
        try:
            value = parse_date_range(said_in.text[first.start : end], Ask(said_in.today))
        except ValueInvalid:
            continue
        start_day, end_day = (date.fromisoformat(part) for part in value.value)
        yield range_value("", start_day, end_day), first.start, end
        index += 1 if following is not None and end >= following.end else 0


def _moneys(said_in: _Sentence) -> Iterator[_Spot]:
    for number, amount in money_amounts(said_in.text, unit_needed=True):
        if not number.vague:
            yield money_value("", amount), number.start, number.end


def _areas(said_in: _Sentence) -> Iterator[_Spot]:
    for number, amount in area_amounts(said_in.text, unit_needed=True):
        if not number.vague:
            yield area_value("", amount), number.start, number.end


def _counts(said_in: _Sentence) -> Iterator[_Spot]:
    for number in numbers(said_in.text):
        counted = _COUNTER.match(said_in.text, number.end)
        # 一个 and 一家 are articles more often than counts.
        whole = number.value == int(number.value) and 1 < number.value < 10**6
        if counted and whole and not number.vague:
            yield count_value("", int(number.value)), number.start, number.end


#: In order of trust: what an earlier one took, a later one does not see.
_FINDERS: dict[str, _Finder] = {
    "resident_id": _resident_ids,
    "uscc": _usccs,
    "phone": _phones,
    "plate": _plates,
    "address": _addresses,
    "date_range": _date_ranges,
    "date": _dates,
    "area": _areas,
    "money": _moneys,
    "name": _names,
    "count": _counts,
}


def _pick(
    found: list[Found], taken: list[tuple[int, int]], value: Value, span: tuple[int, int], text: str
) -> None:
    start, end = span
    if any(start < other_end and other_start < end for other_start, other_end in taken):
        return
    taken.append(span)
    found.append(Found(value.kind, replace(value, text=text[start:end]), span))


def find_values(text: str, *, today: date, kinds: Sequence[str]) -> list[Found]:
    """Details of the given kinds in a sentence, left to right, without overlap.

    yes_no, choice and text are never found this way. Each `Found.value.text` is its part of the sentence.

    Raises:
        TextTooLong, EmptyText: as `parse_value`.

    Example:
        >>> [f.value.value for f in find_values("我叫王芳，电话13800001234", today=date(2026, 11, 23),
        ...                                     kinds=("name", "phone"))]
        ['王芳', '13800001234']
    """
    check_size(text)
    folded: Folded = fold(text)
    sentence = _Sentence(plain_numerals(simplify(folded.text)), folded.kept(text), today)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for kind, finder in _FINDERS.items():
        if kind not in kinds:
            continue
        for value, start, end in finder(sentence):
            if start < end:
                _pick(found, taken, value, folded.span(start, end), text)
    return sorted(found, key=lambda one: one.span)
