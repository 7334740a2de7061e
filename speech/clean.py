"""Text as a person would write it, from text as the recognizer prints it.

Vosk puts a space between all words and a mark where it heard no known word. Chinese has no spaces; between
two Latin words or numbers they stay, so that "visa card" is not glued together.
"""

from __future__ import annotations

import re

_UNKNOWN = re.compile(r"\[[A-Za-z_]+\]|<[A-Za-z_#]+>")
_SPACES = re.compile(r"\s+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]")


def clean_text(raw: str) -> str:
    """Removes unknown-word marks, and spaces except between two Latin words.

    >>> clean_text("我 要 办 [unk] 护照")
    '我要办护照'
    >>> clean_text("办 visa card 的 事")
    '办visa card的事'
    """
    words = _SPACES.split(_UNKNOWN.sub(" ", raw).strip())
    text = ""
    for word in words:
        if text and word and _ASCII_WORD.match(text[-1]) and _ASCII_WORD.match(word[0]):
            text += " "
        text += word
    return text
