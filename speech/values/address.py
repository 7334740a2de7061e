"""Addresses: kept as said, house numbers in digits, Yiwu's places heard right."""

from __future__ import annotations

import re
from functools import cache

from speech.values.errors import AddressTooShort
from speech.values.folding import PUNCTUATION, is_han, plain_numerals
from speech.values.free import has_content
from speech.values.model import Ask, Value
from speech.values.numerals import evaluate
from speech.values.places import ROADS, TOWNS
from speech.values.sound import syllables
from speech.values.speaking import speak_digits, speak_number
from speech.values.symbols import DIGITS

_LEAD = re.compile(
    r"^(?:嗯|呃|那个|你好|您好)?[,，]?(?:我们?|本人|他|她)?(?:现在|目前|的)?"
    r"(?:家庭住址|家庭地址|居住地址|现住址|现住地|住址|地址|住处|位置|地点|家|住的地方)?"
    r"(?:是)?(?:家住|就住|住)?"
    r"(?:(?:请|麻烦你?们?|帮我|给我|直接|就)*(?:邮寄|寄送|快递|寄|送)(?=[到去给往在]?\S))?"
    r"(?:在|是|到|去|往|给)?[:：,， ]*"
)
_TAIL = re.compile(
    r"(?:[,，]?(?:谢谢你?|快点|就行了?|就好了?|可以了?|这里|那里|这边|那边|就是了|啊|呢|吧|的|哦))+$"
)
_NUMERAL = "廿零一二三四五六七八九十百千幺两〇洞"
#: A numeral right before these is a house number; a road or a village may have a numeral in its name.
_COUNTED = re.compile(rf"([{_NUMERAL}]+)(?=号|幢|栋|单元|室|楼(?!上|下)|弄|层|房|巷(?=\d|[{_NUMERAL}]))")
_DASHED = re.compile(rf"(?<=\d)杠([{_NUMERAL}]+)")
_ROOM = re.compile(rf"(?:(?<=单元)|(?<=[幢栋]))([{_NUMERAL}]{{3,4}})(?![{_NUMERAL}])")
_MARKS = re.compile(
    r"[省市县区镇乡村路街巷弄号幢栋室楼园苑组里庄湾桥店厂场院庭城寨社塘坞]|单元|大道|公寓|花园|广场|大厦|大学|街道|新村|国际"
)


def _house_number(said: str) -> str:
    """八十八 is 88, 五零一 is 501, 一百零五 is 105; what is no number stays."""
    if not any(c in "十百千廿" for c in said):
        return "".join(DIGITS.get(c, c) for c in said)
    try:
        value = evaluate(said)
    except ValueError:
        return said
    return str(int(value)) if value == int(value) else said


def _digits(text: str) -> str:
    def number(match: re.Match[str]) -> str:
        return _house_number(plain_numerals(match[1]))

    text = _COUNTED.sub(number, text)
    text = _DASHED.sub(lambda m: "-" + _house_number(plain_numerals(m[1])), text)
    return _ROOM.sub(number, text)


@cache
def _known() -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """(name, its syllables, stands alone): towns without their kind only after 义乌."""
    full = [(name, syllables(name), True) for name in (*TOWNS.values(), *ROADS)]
    short = [(name, syllables(name), False) for name in TOWNS]
    city = [("义乌市", syllables("义乌市"), True)]
    return tuple(sorted((*full, *short, *city), key=lambda entry: -len(entry[0])))


def correct_places(text: str) -> str:
    """Puts the place's own characters where a stretch sounds exactly like it.

    >>> correct_places("抽城街道工人西路88号")
    '稠城街道工人西路88号'
    """
    out, at = "", 0
    sounds = syllables(text)
    if len(sounds) != len(text):
        return text
    while at < len(text):
        for name, own, alone in _known():
            end = at + len(name)
            if sounds[at:end] != own or not _may_stand(text, out, at, end, name, alone=alone):
                continue
            out += name
            at = end
            break
        else:
            out += text[at]
            at += 1
    return out


def _may_stand(text: str, before: str, at: int, end: int, name: str, *, alone: bool) -> bool:
    if text[at:end] == name:
        return True
    if alone:
        # The kind itself (街道, 路) must have been heard as such.
        kind = next(k for k in ("街道", "大道", "镇", "路", "街", "门", "市") if name.endswith(k))
        return text[at:end].endswith(kind)
    return before.endswith(("义乌", "义乌市")) and end < len(text) and text[end] not in "路街巷村"


def find_address(text: str) -> str | None:
    """The address that a text is, in canonical form, or None where it is too little."""
    kept = "".join(c for c in text if has_content(c) or c in PUNCTUATION + "#，。、（）").strip()
    kept = re.sub(r"\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+", "", kept)
    stripped = _LEAD.sub("", kept, count=1).strip(PUNCTUATION + "，。、")
    stripped = _TAIL.sub("", stripped)
    digits = re.sub(r"[０-９]", lambda m: chr(ord(m[0]) - 0xFEE0), stripped)
    address = correct_places(_digits(digits))
    letters = sum(is_han(c) or c.isalnum() for c in address)
    han = sum(map(is_han, address))
    known = any(town in address for town in TOWNS)
    if letters < 4 or han < 2 or not (_MARKS.search(address) or known):
        return None
    return address


def address_value(text: str, address: str) -> Value:
    # Room numbers are said digit by digit, small house numbers as numbers.
    said = re.sub(r"\d+", lambda m: speak_number(int(m[0])) if len(m[0]) < 3 else speak_digits(m[0]), address)
    said = said.replace("-", "杠")
    return Value("address", text, address, address, said)


def parse_address(text: str, ask: Ask) -> Value:
    address = find_address(text)
    low = ask.constraints.min_length or 0
    if address is None or len(address) < low:
        raise AddressTooShort("no address")
    if ask.constraints.max_length is not None and len(address) > ask.constraints.max_length:
        raise AddressTooShort(
            "too long", citizen=f"地址太长了，请控制在{ask.constraints.max_length}个字以内。"
        )
    return address_value(text, address)
