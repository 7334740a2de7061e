from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from speech.values.folding import bare, fold, plain


def test_fullwidth_traditional_and_bank_numerals_become_plain() -> None:
    assert plain("電話１３８，ａ") == "电话138,A"
    assert plain("壹万贰仟") == "一万二千"
    assert plain("120㎡") == "120平方米"
    assert plain("①好😀") == "1好 "


@given(text=st.text())
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origin) == len(folded.kept(text))
    assert list(folded.origin) == sorted(folded.origin)
    if folded.text:
        start, end = folded.span(0, len(folded.text))
        assert 0 <= start < end <= len(text)


def test_kept_text_has_its_own_case_and_script() -> None:
    assert fold("陳Ali Ｂｏ").kept("陳Ali Ｂｏ") == "陳Ali Bo"


def test_bare_has_no_punctuation() -> None:
    assert bare("对, 是 的。") == "对是的"
