"""Number plates of vehicles: 浙G12345, new-energy ones with six, letters spoken as words (浙鸡)."""

from __future__ import annotations

import re
from functools import cache

from speech.values.coded import Hit, marks
from speech.values.errors import MoreThanOne, NotUnderstood, PlateInvalid, PlateProvince
from speech.values.folding import is_han, plain
from speech.values.model import Ask, Value
from speech.values.speaking import speak_digits
from speech.values.symbols import symbol_at

_PROVINCES = {
    **dict(
        zip(
            "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
            "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
            strict=True,
        )
    ),
    "北京": "京",
    "天津": "津",
    "上海": "沪",
    "重庆": "渝",
    "河北": "冀",
    "河南": "豫",
    "云南": "云",
    "辽宁": "辽",
    "黑龙江": "黑",
    "湖南": "湘",
    "安徽": "皖",
    "山东": "鲁",
    "新疆": "新",
    "江苏": "苏",
    "浙江": "浙",
    "江西": "赣",
    "湖北": "鄂",
    "广西": "桂",
    "甘肃": "甘",
    "山西": "晋",
    "内蒙古": "蒙",
    "内蒙": "蒙",
    "陕西": "陕",
    "吉林": "吉",
    "福建": "闽",
    "贵州": "贵",
    "广东": "粤",
    "青海": "青",
    "西藏": "藏",
    "四川": "川",
    "宁夏": "宁",
    "海南": "琼",
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LAST = "学警挂港澳"
_PLAIN = re.compile(rf"[A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9{_LAST}]")
_NEW_ENERGY = re.compile(r"[A-HJ-NP-Z](?:[A-HJ-K][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJ-K])")
_PAUSES = " ,.·、-—的省"
#: Longest plate: eight with the province.
_LONGEST = 7


@cache
def _by_sound() -> dict[str, str]:
    """Toneless syllables that name exactly one province (zhe is 浙, hu is 沪)."""
    from pypinyin import Style, lazy_pinyin

    owners: dict[str, set[str]] = {}
    for short in set(_PROVINCES.values()):
        owners.setdefault(lazy_pinyin(short, style=Style.NORMAL)[0], set()).add(short)
    return {syllable: own.pop() for syllable, own in owners.items() if len(own) == 1}


def _province_at(text: str, at: int) -> tuple[str, int, bool] | None:
    """(province, characters taken, whether only the sound fits)."""
    for size in (3, 2, 1):
        short = _PROVINCES.get(text[at : at + size])
        if short is not None:
            return short, min(size, len(text) - at), False
    if not is_han(text[at]):
        return None
    from pypinyin import Style, lazy_pinyin

    sounded = _by_sound().get(lazy_pinyin(text[at], style=Style.NORMAL)[0])
    return (sounded, 1, True) if sounded else None


def _symbols_from(text: str, at: int) -> list[tuple[str, int, bool]]:
    """(symbol, end, certain) after the province; a letter named by a word before other words is uncertain."""
    found: list[tuple[str, int, bool]] = []
    while at < len(text) and len(found) <= _LONGEST:
        symbol = symbol_at(text, at, _LETTERS)
        if symbol is None:
            if found and text[at] in _LAST and len(found) >= 5:
                found.append((text[at], at + 1, True))
                return found
            if text[at] not in _PAUSES:
                return found
            at += 1
            continue
        said = text[at : at + symbol[1]]
        at += symbol[1]
        after = text[at : at + 1]
        word = not said.isascii() and symbol[0].isalpha() and bool(after) and is_han(after)
        uncertain = word and symbol_at(text, at, _LETTERS) is None
        found.extend((one, at, not uncertain) for one in symbol[0])
    return found


def _read(province: str, symbols: list[tuple[str, int, bool]]) -> tuple[str, int] | None:
    """The plate and its end in the text."""
    for size in (7, 6):
        if len(symbols) < size or (len(symbols) > size and symbols[size][2]):
            continue
        part = symbols[:size]
        if size == 7 and not part[-1][2]:
            continue
        letter, serial = part[0][0], "".join(symbol for symbol, _, _ in part[1:])
        # I and O are never in a serial; who says or types them means 1 and 0.
        serial = serial.replace("I", "1").replace("O", "0")
        if (_PLAIN if size == 6 else _NEW_ENERGY).fullmatch(letter + serial):
            return province + letter + serial, part[-1][1]
    return None


def plate_hits(text: str, *, by_sound: bool = True) -> list[tuple[Hit, bool]]:
    """Plates in plain text and whether the province was only heard by sound."""
    found: list[tuple[Hit, bool]] = []
    at = 0
    while at < len(text):
        province = _province_at(text, at)
        if province is not None and (by_sound or not province[2]):
            short, size, sounded = province
            read = _read(short, _symbols_from(text, at + size))
            if read is not None:
                found.append((Hit(at, read[1], read[0]), sounded))
                at = read[1]
                continue
        at += 1
    return found


def plate_value(text: str, plate: str, *, repaired: bool = False) -> Value:
    said = f"{plate[:2]}，{speak_digits(plate[2:], x='X')}"
    return Value("plate", text, plate, f"{plate[:2]}·{plate[2:]}", said, repaired)


def parse_plate(text: str, _ask: Ask) -> Value:
    folded = plain(text)
    found = plate_hits(folded)
    if len({hit.code for hit, _ in found}) > 1:
        last = max(marks(folded), default=0)
        found = [pair for pair in found if pair[0].start >= last] or found
    plates = {hit.code: sounded for hit, sounded in found}
    if len(plates) > 1:
        raise MoreThanOne("several plates", citizen="我听到了不止一个车牌号，请只说一个。")
    if plates:
        plate, sounded = plates.popitem()
        return plate_value(text, plate, repaired=sounded)
    symbols = "".join(s[0] for i in range(len(folded)) if (s := symbol_at(folded, i, _LETTERS)) is not None)
    if len(symbols) < 3:
        raise NotUnderstood("no plate", citizen="没有听到车牌号，请从省份简称说起，比如浙G一二三四五。")
    if not any(short in folded for short in _PROVINCES):
        raise PlateProvince("no province")
    raise PlateInvalid("not a plate")
