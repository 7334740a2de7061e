from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.clean import clean_text

HANZI = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("", ""),
        ("我 要 迁 户口", "我要迁户口"),
        ("[unk]", ""),
        ("<unk> 我 <UNK> 要 [unk]", "我要"),
        ("办 e t c 卡", "办e t c卡"),
        ("visa card", "visa card"),
        ("我 的 qq  号", "我的qq号"),
        ("  转 人工\n", "转人工"),
    ],
)
def test_text_is_as_a_person_would_write_it(raw: str, text: str) -> None:
    assert clean_text(raw) == text


@given(st.lists(HANZI, max_size=8))
def test_chinese_words_are_joined_and_nothing_is_lost(words: list[str]) -> None:
    assert clean_text(" [unk] ".join(words)) == "".join(words)


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    once = clean_text(raw)
    assert clean_text(once) == once
