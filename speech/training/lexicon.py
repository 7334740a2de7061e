"""Words and how they are said.

Readings come from pypinyin; digits, letters of the alphabet and everyday function words add what people
really say (幺 beside 一, the third tone before another third tone, 一 and 不 changing theirs). The region's
mergers are no readings: the graph offers them for every word at once (see `regional`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

from speech.language_model.words import is_han
from speech.training.phones import NotPinyinError, split

Reading = tuple[str, ...]
"""Toned syllables of one word, as ("hu4", "kou3")."""

LETTERS: dict[str, tuple[Reading, ...]] = {
    "A": (("ei1",),), "B": (("bi4",),), "C": (("sei1",), ("xi1",)), "D": (("di4",),), "E": (("yi4",),),
    "F": (("ai2", "fu5"),), "G": (("ji4",),), "H": (("ai2", "qi4"),), "I": (("ai4",),),
    "J": (("zhei4",), ("jie4",)), "K": (("kei4",),), "L": (("ai2", "lou5"),), "M": (("ai2", "mu5"),),
    "N": (("en1",),), "O": (("ou1",),), "P": (("pi4",),), "Q": (("kiu1",), ("qiu1",)), "R": (("a4",),),
    "S": (("ai2", "si5"),), "T": (("ti4",),), "U": (("you4",),), "V": (("wei1",),),
    "W": (("da2", "bu5", "liu5"),), "X": (("ai2", "ke5", "si5"),), "Y": (("wai4",),), "Z": (("zei4",),),
}  # fmt: skip
"""Letters as they are named in Chinese (浙G is zhe ji)."""

SPECIAL: dict[str, tuple[Reading, ...]] = {
    "一": (("yi1",), ("yi2",), ("yi4",)), "不": (("bu4",), ("bu2",)), "幺": (("yao1",),), "洞": (("dong4",),),
    "了": (("le5",), ("liao3",)), "着": (("zhe5",), ("zhao2",)),
    "的": (("de5",), ("di4",)), "地": (("di4",), ("de5",)),
    "得": (("de5",), ("de2",), ("dei3",)), "吗": (("ma5",),), "呢": (("ne5",),), "吧": (("ba5",),),
    "啊": (("a5",), ("a1",)), "嗯": (("en5",), ("en4",)), "哪": (("na3",), ("nei3",)),
    "那": (("na4",), ("nei4",)), "这": (("zhe4",), ("zhei4",)), "谁": (("shei2",), ("shui2",)),
    "个": (("ge4",), ("ge5",)), "子": (("zi3",), ("zi5",)),
    "里": (("li3",), ("li5",)), "们": (("men5",),), "么": (("me5",),),
    "还": (("hai2",), ("huan2",)), "没": (("mei2",),),
    "义乌": (("yi4", "wu1"),), "义乌市": (("yi4", "wu1", "shi4"),), "廿三里": (("nian4", "san1", "li3"),),
    "稠城": (("chou2", "cheng2"),), "上海": (("shang4", "hai3"),), "户口": (("hu4", "kou3"),),
}  # fmt: skip

_RARE_LIMIT = 2
"""A character's first readings in pypinyin's order; the rest are bookish."""


def _valid(reading: Sequence[str]) -> bool:
    try:
        for syllable in reading:
            split(syllable)
    except NotPinyinError:
        return False
    return True


def _sandhi(reading: Reading) -> Reading:
    """The third tone rises before another third tone."""
    changed = list(reading)
    for index in range(len(changed) - 1):
        if changed[index].endswith("3") and reading[index + 1].endswith("3"):
            changed[index] = changed[index][:-1] + "2"
    return tuple(changed)


@cache
def readings(word: str) -> tuple[Reading, ...]:
    """All readings of one word, the commonest first; empty if it cannot be said.

    Example:
        >>> readings("户口"), readings("G")
        ((('hu4', 'kou3'),), (('ji4',),))
    """
    from pypinyin import Style, pinyin

    if word in SPECIAL:
        return SPECIAL[word]
    if word in LETTERS:
        return LETTERS[word]
    if not is_han(word):
        if word and all(is_han(part) or part in LETTERS for part in word):
            parts = [readings(part)[:1] for part in word]
            return tuple(tuple(s for part in choice for s in part) for choice in product(*parts))
        return ()
    if len(word) == 1:
        options = pinyin(word, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)
        found = [(syllable,) for syllable in options[0] if _valid((syllable,))]
        return tuple(found[:_RARE_LIMIT])
    rows = pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    reading = tuple(row[0] for row in rows)
    if not _valid(reading):
        return ()
    return tuple(dict.fromkeys((reading, _sandhi(reading))))


def spoken(text: str) -> tuple[str, ...]:
    """A sentence as syllables, punctuation as ",", for synthesis and alignment.

    Example:
        >>> spoken("浙G，你好")
        ('zhe4', 'ji4', ',', 'ni3', 'hao3')

    Raises:
        NotPinyinError: the text holds something that cannot be said.
    """
    from pypinyin import Style, lazy_pinyin

    result: list[str] = []
    run = ""
    for character in text + "\n":
        if is_han(character):
            run += character
            continue
        if run:
            result += lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
            run = ""
        if character in LETTERS:
            result += LETTERS[character][0]
        elif character in "，。！？、；：,.!?;: \n" and result and result[-1] != ",":
            result.append(",")
        elif character.isalnum():
            raise NotPinyinError(f"{text!r} holds {character!r}, which has no reading")
    while result and result[-1] == ",":
        result.pop()
    for syllable in result:
        if syllable != ",":
            split(syllable)
    return tuple(result)


def single_characters() -> tuple[str, ...]:
    """The 6,763 characters of GB 2312, so that any name or phrase can be spelled."""
    result = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                result.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return tuple(result)


def pronunciations(words: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Base phones of every word that can be said; the others are left out."""
    result: dict[str, tuple[tuple[str, ...], ...]] = {}
    for word in words:
        found = readings(word)
        if found:
            result[word] = tuple(
                tuple(phone for syllable in reading for phone in split(syllable)) for reading in found
            )
    return result
