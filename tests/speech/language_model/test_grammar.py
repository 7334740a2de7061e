"""The language model's file: the recognizer's words only, with its ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech.language_model.grammar import read_words, write_grammar

WORDS = ["我", "想", "办", "居住证", "食品", "经营", "许可证", "食", "品"]


def test_words_are_read_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("<eps> 0\n[unk] 5\n户口 12\n", encoding="utf-8")
    assert read_words(path) == {"<eps>": 0, "[unk]": 5, "户口": 12}
    path.write_text("户口\n", encoding="utf-8")
    with pytest.raises(ValueError, match="invalid literal"):
        read_words(path)


def test_every_word_and_every_sentence_has_its_arc(tmp_path: Path) -> None:
    ids = {"<eps>": 0, "[unk]": 90} | {word: number for number, word in enumerate(WORDS, 10)}
    sizes = write_grammar(tmp_path / "Gr.fst", ids, ["我想办食品经营许可证", "我想办居住证"], general=100)
    # A root, and a context for each word and pair that something followed.
    assert sizes["sentences"] == 2
    data = (tmp_path / "Gr.fst").read_bytes()
    labels = {
        int.from_bytes(data[at : at + 4], "little")
        for at in range(65 + 20 * sizes["contexts"], len(data), 16)
    }
    assert labels == {0, *range(10, 10 + len(WORDS))}
