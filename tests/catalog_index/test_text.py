from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.errors import QueryInvalid
from catalog_index.text import (
    STOP_WORDS,
    Tokenizer,
    bare,
    check_query,
    clean,
    normalise,
    strip_fillers,
    whole_words,
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(["市外投靠"], str(tmp_path_factory.mktemp("jieba")))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("　請問一下，我想辦理營業執照", "我想办理营业执照"),
        ("ＡＢＣ１２３", "abc123"),
        ("那个我想问一下身份证丢了怎么办", "身份证丢了"),
        ("户 口　迁\n移", "户口迁移"),
        ("麻烦帮我查一下，居住证。谢谢！", "居住证"),
        ("申请 ETC", "申请 etc"),
        ("A照降C照", "a照降c照"),
        ("I 想办 a visa", "想办签证"),
    ],
)
def test_what_was_meant(said: str, meant: str) -> None:
    assert normalise(said) == meant


def test_padding_alone_is_kept_rather_than_nothing() -> None:
    assert normalise("怎么办") == "怎么办"


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "  " not in once
    assert once == once.strip()


@given(st.text(max_size=80))
def test_stripping_keeps_every_text_searchable(text: str) -> None:
    plain = clean(text)
    if any(char.isalnum() for char in plain):
        assert any(char.isalnum() for char in strip_fillers(plain))


@pytest.mark.parametrize("query", ["", "   ", "？！", "😀😀", "字" * 501])
def test_what_cannot_be_searched(query: str) -> None:
    with pytest.raises(QueryInvalid):
        check_query(query)


def test_a_long_query_is_told_so() -> None:
    with pytest.raises(QueryInvalid) as caught:
        check_query("字" * 501)
    assert "太长" in caught.value.citizen


def test_search_mode_gives_words_and_the_words_inside(tokenizer: Tokenizer) -> None:
    assert {"市外投靠", "投靠"} <= set(tokenizer.words("市外投靠"))
    assert "的" in STOP_WORDS
    assert tokenizer.words("我的") == []


def test_pairs_of_characters_carry_over_a_wrong_segmentation(tokenizer: Tokenizer) -> None:
    assert {"²号牌", "²牌坏"} <= set(tokenizer.features("号牌坏"))
    assert whole_words(tokenizer.features("号牌坏 plate")) == tokenizer.words("号牌坏 plate")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("我要离婚", "离婚"),
        ("想办社保", "社保"),
        ("我们打算去买房", "买房"),
        ("离婚", "离婚"),
        ("我要", "我要"),
        ("要办公用房", "办公用房"),
    ],
)
def test_a_wish_is_taken_off_a_name(said: str, meant: str) -> None:
    assert bare(said) == meant
