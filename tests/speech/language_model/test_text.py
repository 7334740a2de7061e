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
    assert len(found) == 3 and all("居住证" in sentence and sentence != "居住证" for sentence in found)


def test_own_text_counts_more_than_once_and_the_conversation_is_there() -> None:
    sentences = list(learnt(["年满16周岁的人", " "], domain=50, weight=3))
    assert sentences.count("年满十六周岁的人") == 3
    assert "转人工" in sentences and "" not in sentences
    assert next(learnt(["居住证"], domain=0, weight=1)) == "居住证"
