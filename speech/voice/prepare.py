"""From a sentence for the eye to one for the ear.

A speech program reads 13800001234 as thirteen billion and stumbles over brackets and web addresses. Numbers
that are codes are said digit by digit in groups, amounts as numbers; marks that only the eye needs go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from speech.values.speaking import speak_digits, speak_groups, speak_number

_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s，。；、！？（）()]+|[\w.+-]+@[\w-]+\.[\w.]+", re.IGNORECASE | re.ASCII
)
_AMOUNT_UNITS = "元块角分万千百亿个人名位件份次天日年月周岁米亩公平吨斤克升度页张台辆户家套间层级条项种小"
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):([0-5]\d)(?!\d)")
_CLOCK_RANGE = re.compile(r"(?<=:\d\d)\s*[-~～—–]\s*(?=\d{1,2}:\d\d)")
_MASKED = re.compile(r"(\d{2,6})\*{2,}(\d{2,4}[Xx]?)")
# Codes may be shown in groups: YW 20261123 482913 7, 1234 5678, 0579-85312345.
_GROUPED = re.compile(r"(?<![0-9A-Za-z.])(?:0\d{2,3}-\d{7,8}|\d{4,}(?: \d+)+)(?![0-9A-Za-z])")
_PREFIXED = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2}) ?(\d{8,})(?![0-9A-Za-z])")
_CODE = re.compile(r"(?<![0-9A-Za-z.])[0-9A-Za-z]*\d[0-9A-Za-z]*(?![0-9A-Za-z]|\.\d)")
_BETWEEN = re.compile(r"(?<=\d)\s*[-~～—–至]\s*(?=\d)")
_OPENING, _CLOSING = "（([【〔「『<＜{", "）)]】〕」』>＞}"
_SIZES = {
    5: (5,), 6: (3, 3), 7: (3, 4), 8: (4, 4), 11: (3, 4, 4), 15: (4, 4, 3, 3, 1), 18: (6, 4, 4, 4)
}  # fmt: skip
_LONGEST_NUMBER = 4  # a longer run of digits without a unit is a code


def sayable(text: str) -> str:
    """The sentence as a speech program should get it.

    >>> sayable("已经提交，回执号是YW 20261123 482913 7。")
    '已经提交，回执号是YW，二零二六，幺幺二三，四八二，九幺三，七。'
    >>> sayable("手机号138****1234（见 https://example.org/a）")
    '手机号幺三八，尾号幺二三四，见网址'
    """
    said = unicodedata.normalize("NFC", text)
    said = _ADDRESS.sub("网址", said)
    said = _DATE.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", said)
    said = _CLOCK_RANGE.sub("到", said)
    said = _CLOCK.sub(lambda m: f"{int(m[1])}点" + (f"{int(m[2])}分" if int(m[2]) else "整"), said)
    said = _MASKED.sub(lambda m: f"{speak_digits(m[1])}，尾号{speak_digits(m[2].upper())}", said)
    said = _PREFIXED.sub(r"\1，\2", said)
    said = _GROUPED.sub(_grouped, said)
    said = _CODE.sub(lambda m: _number(m[0], said[m.end() : m.end() + 1]), said)
    said = _BETWEEN.sub("到", said)
    return _punctuation(said)


def options_sentence(labels: Sequence[str], replies: Sequence[str], *, most: int = 6) -> str:
    """What can be chosen, for someone who cannot see the buttons; nothing where the reply names it already.

    >>> options_sentence(["市内", "市外"], ["户口在哪里？"])
    '可以说：第一个，市内；第二个，市外。'
    """
    told = "".join(replies)
    if len(labels) < 2 or all(label in told for label in labels):
        return ""
    named = (f"第{speak_number(at)}个，{label}" for at, label in enumerate(labels[:most], start=1))
    return f"可以说：{'；'.join(named)}。"


def _grouped(match: re.Match[str]) -> str:
    """Digits that belong together although shown apart."""
    return "，".join(_in_groups(part) for part in re.split(r"[ -]", match[0]))


def _in_groups(symbols: str) -> str:
    sizes = _SIZES.get(len(symbols)) or (4,) * (-(-len(symbols) // 4))
    return speak_groups(symbols, sizes, x="叉" if symbols[:17].isdigit() else "X")


def _number(symbols: str, following: str) -> str:
    letters = any(not c.isdigit() for c in symbols)
    if not letters and len(symbols) <= _LONGEST_NUMBER:
        return symbols
    if letters and len(symbols) <= 2:
        return symbols  # A4, 4S
    if not letters and following and following in _AMOUNT_UNITS and len(symbols) <= 12:
        return speak_number(int(symbols))
    if letters and len(symbols) <= 8:
        return speak_digits(symbols.upper(), x="X")  # a plate: in one go
    return _in_groups(symbols.upper())


def _punctuation(text: str) -> str:
    """Commas for brackets, nothing for quotes, one mark where several meet."""
    kept = []
    for char in text:
        if char in _OPENING or char in _CLOSING or char in "\n\r\t|·•…—":
            kept.append("，")
        elif char == "/" or char == "／":
            kept.append("或")
        elif unicodedata.category(char)[0] in "LN" or char in "，。！？；：、,.!?;:%％ +-":
            kept.append(char)
    said = re.sub(r"\s+", " ", "".join(kept)).strip()
    said = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", said)
    said = re.sub(r"\s*([，。！？；：、])\s*", r"\1", said)
    said = re.sub(r"[，、：；]+(?=[。！？；，])", "", said)
    said = re.sub(r"([。！？])[，。！？；、]+", r"\1", said)
    return said.strip("，、；： ")
