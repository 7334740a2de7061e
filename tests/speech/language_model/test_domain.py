"""Generated sentences: sayable, repeatable, and numbers read as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.language_model.domain import Speaker, fixed_sentences, number
from speech.training.lexicon import spoken


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "零"), (2, "二"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"),
     (3005, "三千零五"), (20_000, "两万"), (10_010, "一万零一十"), (125_000, "十二万五千")],
)  # fmt: skip
def test_number(value: int, text: str) -> None:
    assert number(value) == text


@given(st.integers(min_value=0, max_value=10_000))
def test_every_sentence_can_be_said_and_has_no_gap_left(seed: int) -> None:
    text = Speaker(seed).sentence()
    assert "{" not in text and spoken(text)


def test_equal_seeds_draw_equal_sentences() -> None:
    assert list(Speaker(4).sentences(20)) == list(Speaker(4).sentences(20))


def test_fixed_sentences_hold_every_answer_and_item() -> None:
    sentences = set(fixed_sentences())
    assert {"转人工", "第二个", "我想办居住证", "车牌补办怎么办"} <= sentences
    assert not any("{" in sentence for sentence in sentences)
