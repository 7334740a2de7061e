"""Phones: every syllable of everyday characters can be spelled, and nothing else is accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.training.lexicon import readings, single_characters
from speech.training.phones import (
    BASE,
    FINALS,
    INITIALS,
    PHONE_ID,
    PHONES,
    NotPinyinError,
    in_word,
    pdf_of,
    split,
)


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("zhi1", ("zh", "iii1")), ("si4", ("s", "ii4")), ("yi1", ("i1",)), ("wu3", ("u3",)), ("yu2", ("v2",)),
        ("lv4", ("l", "v4")), ("lü4", ("l", "v4")), ("jue2", ("j", "ve2")), ("nüe4", ("n", "ve4")),
        ("qun2", ("q", "vn2")), ("dun4", ("d", "uen4")), ("liu4", ("l", "iou4")), ("gui4", ("g", "uei4")),
        ("weng1", ("ong1",)), ("er2", ("er2",)),
        ("n2", ("en2",)), ("ng4", ("en4",)), ("hm5", ("en5",)),
        ("de", ("d", "e5")), ("de0", ("d", "e5")), ("shi4", ("sh", "iii4")),
    ],
)  # fmt: skip
def test_split(syllable: str, phones: tuple[str, ...]) -> None:
    assert split(syllable) == phones


@pytest.mark.parametrize("syllable", ["", "1", "abc3", "b1", "x", "xq2", "中"])
def test_what_is_not_pinyin_is_refused(syllable: str) -> None:
    with pytest.raises(NotPinyinError):
        split(syllable)


def test_every_gb2312_character_has_a_reading_of_known_phones() -> None:
    missing = [character for character in single_characters() if not readings(character)]
    # A handful of measure characters are read with two syllables or not at all in pypinyin.
    assert len(missing) < 20
    assert not set("义乌户口迁移身份证驾驶车牌") & set(missing)


def test_copies_for_places_share_a_pdf_and_ids_are_kaldis() -> None:
    assert PHONE_ID["sil"] == 1 and PHONE_ID["spn"] == 2
    assert len(PHONES) == 2 + 4 * (len(INITIALS) + 5 * len(FINALS))
    assert {pdf_of(phone) for phone in PHONES} == set(range(len(BASE)))
    assert pdf_of("an4_B") == pdf_of("an4_S") == pdf_of("an4")


@given(st.lists(st.sampled_from(BASE[2:]), min_size=1, max_size=8).map(tuple))
def test_a_word_begins_and_ends_once(base: tuple[str, ...]) -> None:
    marked = in_word(base)
    places = [phone.rsplit("_", 1)[1] for phone in marked]
    expected = ["S"] if len(base) == 1 else ["B", *["I"] * (len(base) - 2), "E"]
    assert places == expected
    assert all(phone in PHONE_ID for phone in marked)
