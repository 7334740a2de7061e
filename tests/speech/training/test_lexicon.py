"""Readings: of words, letters, digits as they are spoken, and whole sentences."""

from __future__ import annotations

import pytest

from speech.training.lexicon import pronunciations, readings, spoken
from speech.training.phones import NotPinyinError


def test_words_take_the_reading_of_their_context() -> None:
    assert readings("银行")[0] == ("yin2", "hang2")
    assert readings("行驶证")[0] == ("xing2", "shi3", "zheng4")
    assert readings("义乌") == (("yi4", "wu1"),)


def test_digits_and_function_words_have_their_spoken_readings() -> None:
    assert readings("幺") == (("yao1",),)
    assert ("yi2",) in readings("一") and ("bu2",) in readings("不")


def test_third_tones_rise_before_third_tones() -> None:
    assert ("shou2", "ji3") not in readings("手机")
    assert ("shui2", "guo3") in readings("水果")


def test_letters_are_said_in_chinese_and_mix_with_characters() -> None:
    assert readings("G") == (("ji4",),)
    assert readings("浙G")[0] == ("zhe4", "ji4")


@pytest.mark.parametrize("word", ["", "hello", "☎", "a1"])
def test_what_cannot_be_said_has_no_reading(word: str) -> None:
    assert readings(word) == ()
    assert pronunciations([word]) == {}


def test_sentences_become_syllables_with_pauses() -> None:
    assert spoken("我老婆户口在上海，想迁到我这里。")[-7:] == (
        ",",
        "xiang3",
        "qian1",
        "dao4",
        "wo3",
        "zhe4",
        "li3",
    )
    with pytest.raises(NotPinyinError):
        spoken("电话139")
