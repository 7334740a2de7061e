"""Which signs are words, and how common words are."""

from __future__ import annotations

from speech.language_model.words import general_words, is_han


def test_general_words_come_by_frequency() -> None:
    words = general_words(1000)
    assert len(words) == 1000
    assert {"的", "了"} & {word for word, _ in words[:3]} and words[0][1] > words[-1][1]


def test_han_is_chinese_characters_only() -> None:
    assert is_han("户口") and is_han("二〇")
    assert not is_han("") and not is_han("浙G") and not is_han("，")
