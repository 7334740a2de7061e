"""Text made comparable without losing where each character came from.

Fullwidth forms become plain, Latin letters upper case, emoji and invisible characters blanks. Traditional
characters of the words that parsers look for become simplified, one for one; names and addresses are cut
from the text before that, because they are kept as said.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_TRADITIONAL = (
    "號号電电話话單单棟栋樓楼點点塊块錢钱萬万億亿兩两對对沒没錯错這这個个後后週周禮礼開开"
    "號号從从間间還还們们後后門门證证業业執执兒儿裡里裏里選选擇择終终農农曆历臘腊閏闰禮礼"
    "確确認认問问題题過过當当辦办請请說说謝谢國国慶庆總总機机碼码歲岁戶户遷迁東东陳陈義义烏乌"
    "鎮镇鄉乡區区縣县無无則则讓让聽听麼么實实應应該该現现見见長长條条項项輛辆張张幾几畝亩頃顷"
    "圓元園园處处號号時时員员貳贰參叁陸陆壹壹"
)
_SIMPLIFY = {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}

#: Numerals as banks write them, and rarer ones, to the everyday ones.
_NUMERALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟〇○Ｏ弍弎弌", "一二三四五六七八九十百千零零零二三一")

_SQUARE_METRES = {"㎡": "平方米", "²": "2", "￥": "¥"}

PUNCTUATION = " ,.!?;:、。,!?;:…—–~·'\"“”‘’()[]《》-_/\\"


@dataclass(frozen=True)
class Folded:
    """Folded text; `origin[i]` is the index in the original of folded character i."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span of the original that folded characters [start, end) came from."""
        return self.origin[start], self.origin[end - 1] + 1

    def kept(self, original: str) -> str:
        """As long as `text`, but with the case and script of the original; for names and addresses."""
        chars: list[str] = []
        for index, char in enumerate(self.text):
            own = original[self.origin[index]]
            if "\uff00" < own < "\uffef":
                own = unicodedata.normalize("NFKC", own)
            plain_form = own.upper() == char or (is_han(own) and is_han(char))
            chars.append(own if plain_form and len(own.upper()) == 1 else char)
        return "".join(chars)


def _fold_char(char: str) -> str:
    if char in _SQUARE_METRES:
        return _SQUARE_METRES[char]
    category = unicodedata.category(char)
    if category[0] == "C" or category in {"So", "Sk", "Mn", "Me", "Zl", "Zp", "Zs"}:
        # Circled and parenthesised numbers (①, ㈠) are symbols too, but they say something.
        number = unicodedata.normalize("NFKC", char)
        return number.strip("()") if number != char and number.strip("()").isalnum() else " "
    return unicodedata.normalize("NFKC", char).upper()


def fold(text: str) -> Folded:
    chars: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for piece in _fold_char(char):
            chars.append(piece)
            origin.append(index)
    return Folded("".join(chars), tuple(origin))


def simplify(text: str) -> str:
    """Traditional to simplified for the parsers' own words; keeps length.

    >>> simplify("電話號碼")
    '电话号码'
    """
    return text.translate(_SIMPLIFY)


def plain_numerals(text: str) -> str:
    """Bank numerals to everyday ones; keeps length.

    >>> plain_numerals("壹万贰仟")
    '一万二千'
    """
    return text.translate(_NUMERALS)


def plain(text: str) -> str:
    """Folded, simplified, with everyday numerals: what most parsers look at."""
    return plain_numerals(simplify(fold(text).text))


def is_han(char: str) -> bool:
    return (
        "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003ffff"
    )


def bare(text: str) -> str:
    """Without spaces and punctuation."""
    return "".join(c for c in text if c not in PUNCTUATION)


def words(text: str) -> frozenset[str]:
    """Word lists are written as running text in the source."""
    return frozenset(text.split())
