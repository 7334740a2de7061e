"""What a typed line may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.errors import TextEmpty, TextTooLong, TextWordless
from bot.gateway.text import clean_text


@given(st.text(max_size=80))
def test_whatever_is_typed_is_either_clean_or_refused_with_a_sentence(raw: str) -> None:
    try:
        line = clean_text(raw, most=40)
    except (TextEmpty, TextTooLong, TextWordless) as error:
        assert error.citizen.endswith("。")
    else:
        assert 0 < len(line) <= 40
        assert line == line.strip()
        assert "\n" not in line
        assert clean_text(line, most=40) == line


@pytest.mark.parametrize("raw", ["", "   ", "\n\t", "\u0000"])
def test_blank_is_empty(raw: str) -> None:
    with pytest.raises(TextEmpty):
        clean_text(raw, most=500)


@pytest.mark.parametrize("raw", ["😀", "👍🏽👍🏽", "！！？", "👨‍👩‍👧"])
def test_only_signs_are_not_words(raw: str) -> None:
    with pytest.raises(TextWordless):
        clean_text(raw, most=500)


def test_words_with_emoji_pass_as_they_are() -> None:
    assert clean_text("我要办身份证😀", most=500) == "我要办身份证😀"


def test_the_limit_counts_characters() -> None:
    assert len(clean_text("字" * 500, most=500)) == 500
    with pytest.raises(TextTooLong):
        clean_text("字" * 501, most=500)
