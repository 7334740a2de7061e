from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.phonetic import fold, sound_features, syllables
from catalog_index.postings import Cosine

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=12)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("zhi", "zi"),
        ("chu", "cu"),
        ("shen", "sen"),
        ("niu", "liu"),
        ("fei", "hei"),
        ("xing", "xin"),
        ("leng", "len"),
    ],
)
def test_confused_syllables_sound_alike(a: str, b: str) -> None:
    assert fold(a) == fold(b)


def test_other_syllables_stay_apart() -> None:
    assert len({fold(one) for one in ("ba", "pa", "dan", "dang", "ji", "qi")}) == 6


@given(CHINESE)
def test_folding_twice_changes_nothing(text: str) -> None:
    for syllable in syllables(text):
        assert fold(fold(syllable)) == fold(syllable)


@given(CHINESE)
def test_every_text_with_sound_has_features(text: str) -> None:
    assert bool(sound_features(text)) == bool(syllables(text))


def test_a_misheard_phrase_is_nearest_to_what_was_said() -> None:
    phrases = ["居住证到期", "身份证丢失", "排污许可证延续"]
    index = Cosine.build([sound_features(phrase) for phrase in phrases])
    cosine, _ = index.measure(sound_features("拘组真到七"))
    assert int(cosine.argmax()) == 0
    assert cosine[0] > 0.3
