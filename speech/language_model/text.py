"""The text that the language model learns: a catalog's own, and the conversation around it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from speech.language_model.domain import DIGITS, WANTS, Speaker, fixed_sentences, number

DOMAIN_SENTENCES = 20_000
_NAME_LENGTH = 10
_AS_NUMBER = 4
"""Digits up to which a number is read as one; longer ones are codes, read digit by digit."""
_CARRIED = 6_000
_SAID = re.compile("[我你他她想要怎么吗呢了吧嘛啊啥哪谁]")
_NUMERAL = re.compile("[0-9]+")


def in_words(text: str) -> str:
    """Numerals as they are said.

    Example:
        >>> in_words("年满16周岁"), in_words("12345热线")
        ('年满十六周岁', '一二三四五热线')
    """

    def read(found: re.Match[str]) -> str:
        digits = found[0]
        if len(digits) <= _AS_NUMBER and not digits.startswith("0"):
            return number(int(digits))
        return "".join(DIGITS[int(digit)] for digit in digits)

    return _NUMERAL.sub(read, text)


def carried(texts: Iterable[str]) -> Iterator[str]:
    """Short names inside a phrase that people carry them in (我想办…, …怎么办), at most `_CARRIED` of them.

    Texts that are questions or stories already are no names: carried, they would teach what nobody says.
    """
    names = [text for text in texts if len(text) <= _NAME_LENGTH and not _SAID.search(text)]
    source = random.Random(17)
    for name in source.sample(names, min(_CARRIED, len(names))):
        yield source.choice(WANTS).replace("{}", name)


def learnt(texts: Sequence[str], *, domain: int = DOMAIN_SENTENCES) -> Iterator[str]:
    """Every sentence that the model counts.

    Args:
        texts: a catalog's titles, phrases, labels; punctuation separates.
        domain: how many generated sentences carry the conversation; 0: none of it at all.
    """
    own = [in_words(text).strip() for text in texts]
    own = [text for text in own if text]
    return chain(own, carried(own), fixed_sentences() if domain else (), Speaker(2024).sentences(domain))
