"""Digits and letters as they are spoken one by one: 幺 洞 两 拐 勾, "三个零", letters named as words.

A sentence is cut into runs of atoms. An atom is symbols without a pause; a run is atoms with nothing but
pauses, dashes and fillers between them. So "138 0000，1234" is one run of three atoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

DIGITS: dict[str, str] = {
    **{str(i): str(i) for i in range(10)},
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    "洞": "0",
    "幺": "1",
    "吆": "1",
    "妖": "1",
    "腰": "1",
    "两": "2",
    "俩": "2",
    "拐": "7",
    "勾": "9",
    "钩": "9",
}
_PAUSES = frozenset(" ,.、。·…—–-‐‑‒−~_/:;|()[]杠") | frozenset("嗯呃额哦那")
_LETTER_WORDS = {
    "达不溜": "W",
    "打不溜": "W",
    "达布流": "W",
    "大不了": "W",
    "艾克斯": "X",
    "埃克斯": "X",
    "爱克斯": "X",
    "爱克死": "X",
    "艾弗": "F",
    "爱福": "F",
    "艾夫": "F",
    "爱夫": "F",
    "艾尺": "H",
    "艾奇": "H",
    "爱吃": "H",
    "爱奇": "H",
    "艾勒": "L",
    "艾尔": "L",
    "爱乐": "L",
    "爱了": "L",
    "艾姆": "M",
    "爱慕": "M",
    "爱母": "M",
    "艾斯": "S",
    "爱斯": "S",
    "阿尔": "R",
    "啊尔": "R",
    "双优": "W",
    "叉": "X",
}
#: One syllable that names a letter, toneless. Digits go first: yi is 1 where it is written 一.
_LETTER_SYLLABLES = {
    "ei": "A",
    "a": "A",
    "ai": "A",
    "bi": "B",
    "xi": "C",
    "sei": "C",
    "di": "D",
    "yi": "E",
    "ji": "G",
    "jie": "J",
    "zhai": "J",
    "kei": "K",
    "ke": "K",
    "kai": "K",
    "en": "N",
    "ou": "O",
    "pi": "P",
    "qiu": "Q",
    "kiu": "Q",
    "ti": "T",
    "you": "U",
    "wei": "V",
    "wai": "Y",
    "zei": "Z",
    "zai": "Z",
}
#: Sounds like a letter but is a common word between numbers, so never a letter.
_NOT_LETTERS = frozenset("的地得第是在有又再为位其起可")


#: A numeral before these counts digits or tellings (后四位, 再说一遍).
_COUNTED = frozenset("位遍次组")
#: With 一 before them these are words (一共, 一下).
_ONE_WORDS = frozenset("共些下般起直样定")


@lru_cache(maxsize=4096)
def letter_of(char: str) -> str | None:
    """The letter that a Chinese character's sound names (鸡 is G), or None."""
    if char in _NOT_LETTERS:
        return None
    from pypinyin import Style, pinyin

    syllable = pinyin(char, style=Style.NORMAL, errors="ignore")
    return _LETTER_SYLLABLES.get(syllable[0][0]) if syllable else None


@dataclass(frozen=True)
class Atom:
    """Symbols said without a pause: folded text [start, end)."""

    start: int
    end: int
    symbols: str


Run = list[Atom]


def _is_word(text: str, at: int) -> bool:
    """A numeral that counts the digits or the telling (一共, 四位, 再说一遍, 第三), not one of the digits."""
    char, after = text[at], text[at + 1 : at + 2]
    if char.isascii() or (not after and text[at - 1 : at] != "第"):
        return False
    if after == "个":
        return text[at + 2 : at + 3] not in DIGITS
    return after in _COUNTED or (text[at - 1 : at] == "第") or (char == "一" and after in _ONE_WORDS)


def symbol_at(text: str, at: int, letters: str) -> tuple[str, int] | None:
    """The symbols that begin at a position and how many characters they take."""
    char = text[at]
    digit = DIGITS.get(char)
    if digit is not None:
        # 三个零: as often as said
        if _is_word(text, at):
            return None
        if digit in "123456789" and text[at + 1 : at + 2] == "个" and text[at + 2 : at + 3] in DIGITS:
            return DIGITS[text[at + 2]] * int(digit), 3
        return digit, 1
    if char == "双" and text[at + 1 : at + 2] in DIGITS:
        return DIGITS[text[at + 1]] * 2, 2
    if not letters:
        return None
    if char.isascii() and char.isalpha():
        return (char, 1) if char in letters else None
    for size in (3, 2, 1):
        spoken = text[at : at + size]
        word = _LETTER_WORDS.get(spoken)
        if word is not None and word in letters:
            return word, len(spoken)
    if letters != "X" and char > "\u4e00":
        letter = letter_of(char)
        if letter is not None and letter in letters:
            return letter, 1
    return None


def runs(text: str, *, letters: str = "") -> Iterator[Run]:
    """Runs of symbols in plain text, in order; `letters`: which Latin letters count as symbols."""
    run: Run = []
    symbols, start, at = "", 0, 0
    while at <= len(text):
        found = symbol_at(text, at, letters) if at < len(text) else None
        if found is not None:
            if not symbols:
                start = at
            symbols += found[0]
            at += found[1]
            continue
        if symbols:
            run.append(Atom(start, at, symbols))
            symbols = ""
        if at == len(text) or text[at] not in _PAUSES:
            if run:
                yield run
            run = []
        at += 1


def joined(run: Run) -> str:
    return "".join(atom.symbols for atom in run)


def windows(run: Run, longest: int) -> Iterator[tuple[int, int, str]]:
    """(first atom, last atom + 1, symbols) of all neighbours of at most `longest` symbols together."""
    for first in range(len(run)):
        symbols = ""
        for last in range(first, len(run)):
            symbols += run[last].symbols
            if len(symbols) > longest:
                break
            yield first, last + 1, symbols
