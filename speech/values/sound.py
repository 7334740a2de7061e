"""Closeness by sound: toneless syllables with the region's confusions folded together.

A channel of its own beside the text: never replaces what was said, only decides which known word is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
_BREAK = "\n"
_SINGLE = {"n": "l", "h": "f", "r": "l"}


def fold_syllable(syllable: str) -> str:
    """zh/z, ch/c, sh/s, n/l, r/l, h/f, in/ing, en/eng, an/ang become one.

    >>> fold_syllable("zheng") == fold_syllable("zen")
    True
    """
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[2:]
            break
    else:
        if len(syllable) > 1 and syllable[0] in _SINGLE:
            # hu- and fu- differ in every accent here only by the lip: 湖 and 福 fold, 花 and 发 do as well.
            syllable = _SINGLE[syllable[0]] + syllable[1:]
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable


def _one_by_one(unread: str) -> str:
    return _BREAK.join(unread)


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """One folded toneless syllable a Chinese character; other letters and digits stand for themselves."""
    from pypinyin import Style, pinyin

    # Characters without a reading come in one piece; cut, so that positions stay those of the text.
    read = pinyin(text, style=Style.NORMAL, errors=_one_by_one)
    return tuple(fold_syllable(piece) for entry in read for piece in entry[0].split(_BREAK))


@lru_cache(maxsize=8192)
def syllables_of_char(char: str) -> frozenset[str]:
    """All folded readings of one character."""
    from pypinyin import Style, pinyin

    read = pinyin(char, style=Style.NORMAL, heteronym=True, errors=_one_by_one)
    return frozenset(fold_syllable(entry) for entry in read[0]) if read else frozenset()


def sounds_like(one: str, other: str) -> bool:
    """Two characters share a folded reading."""
    return bool(syllables_of_char(one) & syllables_of_char(other))


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(above + (a != b), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def best_window(needle: Sequence[str], hay: Sequence[str]) -> int:
    """Smallest distance of `needle` to any stretch of `hay`."""
    row = [0] * (len(hay) + 1)
    for i, a in enumerate(needle, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(hay, 1):
            above, row[j] = row[j], min(above + (a != b), row[j] + 1, row[j - 1] + 1)
    return min(row)
