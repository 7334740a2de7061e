"""Sound: what a recognizer wrote may be wrong and still sound right.

Text is turned into syllables only inside this channel; no other channel ever sees pinyin. Each syllable
counts exactly and, with less weight, after the confusions of southern Mandarin are folded
(zh/z, ch/c, sh/s, n/l, f/h, in/ing, en/eng).

Example:
    >>> fold("zhong"), fold("ning"), fold("fu")
    ('zong', 'lin', 'hu')
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"))
_FINALS = (("ing", "in"), ("eng", "en"))


@lru_cache(maxsize=2048)
def fold(syllable: str) -> str:
    """The syllable with dialect confusions made equal."""
    for initial, other in _INITIALS:
        if syllable.startswith(initial):
            syllable = other + syllable[len(initial) :]
            break
    for final, other in _FINALS:
        if syllable.endswith(final):
            return syllable[: -len(final)] + other
    return syllable


def syllables(text: str) -> list[str]:
    """Toneless pinyin, one entry a character; runs of letters or digits stay one entry each."""
    from pypinyin import Style, lazy_pinyin

    return [part.strip() for part in lazy_pinyin(text, style=Style.NORMAL) if part.strip()]


def sound_features(text: str) -> list[str]:
    """Tokens of the channel: exact pairs, folded pairs, and folded triples of neighbouring syllables."""
    return sound_tokens(syllables(text))


def sound_tokens(exact: Sequence[str]) -> list[str]:
    """`sound_features` of a text whose syllables are known."""
    folded = [fold(part) for part in exact]
    pairs = ["=" + "-".join(exact[at : at + 2]) for at in range(len(exact) - 1)]
    pairs += ["~" + "-".join(folded[at : at + 2]) for at in range(len(folded) - 1)]
    pairs += ["~" + "-".join(folded[at : at + 3]) for at in range(len(folded) - 2)]
    # A single syllable has no neighbours; it then stands for itself.
    return pairs or ["~" + part for part in folded]
