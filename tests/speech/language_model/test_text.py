"""The text that is learnt: numerals as said, names carried in sentences."""

from __future__ import annotations

import pytest

from speech.language_model.text import carried, in_words, learnt


@pytest.mark.parametrize(
    ("written", "said"),
    [("年满16周岁", "年满十六周岁"), ("12345热线", "一二三四五热线"), ("2025年", "二千零二十五年"),
     ("007号", "零零七号"), ("没有数字", "没有数字")],
)  # fmt: skip
def test_numerals_are_read(written: str, said: str) -> None:
    assert in_words(written) == said


def test_short_names_are_carried_and_long_ones_are_not() -> None:
    found = list(carried(["居住证", "超过十个字的名字不会放进句子里"]))
    assert len(found) == 1 and "居住证" in found[0] and found[0] != "居住证"


def test_what_is_a_sentence_already_is_not_carried_and_names_only_so_many() -> None:
    assert not list(carried(["我想办证", "证丢了", "怎么补"]))
    assert (
        len(list(carried(f"{first}{second}证" for first in "甲乙丙丁" * 30 for second in "子丑寅卯" * 30)))
        <= 6000
    )


def test_own_text_counts_and_the_conversation_is_there() -> None:
    sentences = list(learnt(["年满16周岁的人", " "], domain=50))
    assert sentences.count("年满十六周岁的人") == 1
    assert "转人工" in sentences and "" not in sentences
    assert next(learnt(["居住证"], domain=0)) == "居住证"
