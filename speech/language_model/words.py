"""Which signs can be words of the recognizer, and how common words are."""

from __future__ import annotations

from functools import cache

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RARE = 3.0
"""Weight, beside jieba's frequencies, of a word that the general list lacks."""


def is_han(text: str) -> bool:
    """Whether all of the text is Chinese characters."""
    return bool(text) and all("\u4e00" <= character <= "\u9fff" or character == "〇" for character in text)


@cache
def general_words(count: int) -> tuple[tuple[str, int], ...]:
    """The commonest words of jieba's dictionary that can be said, with their frequencies."""
    import jieba

    rows: list[tuple[str, int]] = []
    with jieba.get_dict_file() as stream:
        for line in stream:
            word, frequency, _ = line.decode("utf-8").split(" ")
            if is_han(word) and len(word) <= 6:
                rows.append((word, int(frequency)))
    rows.sort(key=lambda row: -row[1])
    return tuple(rows[:count])
