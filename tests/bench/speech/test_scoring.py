from __future__ import annotations

import pytest

from bench.speech.scoring import Counts, pronounced, syllables, toneless


def test_punctuation_is_not_pronounced() -> None:
    assert pronounced("对，是的。 OK！") == "对是的ok"


def test_what_sounds_alike_is_a_character_error_and_no_syllable_error() -> None:
    counts = Counts()
    counts.add("办护照", "办虎照")
    assert counts.character_edits == counts.tonal_edits == 1
    assert counts.toneless_edits == 0
    counts.add("他来了。", "她来了")
    assert (counts.character_edits, counts.tonal_edits, counts.right) == (2, 1, 0)


def test_letters_are_read_by_their_names_and_unreadable_signs_still_count() -> None:
    assert syllables("浙g") == ("zhe4", "ji4")
    assert syllables("C1") == ("sei1", "1")
    assert toneless(["zhe4", "ji5", "1"]) == ["zhe", "ji", "1"]


def test_rates_are_edits_over_what_was_said() -> None:
    counts = Counts(audio_s=10.0, cpu_s=1.0, slowest=0.25)
    counts.add("办护照", "办护照")
    counts.add("转人工", "")
    rates = counts.rates()
    assert rates["character_error_rate"] == rates["tonal_syllable_error_rate"] == 0.5
    assert (rates["sentences_right"], rates["real_time_factor"], rates["slowest"]) == (0.5, 0.1, 0.25)


def test_a_free_loop_has_syllables_and_no_characters() -> None:
    counts = Counts()
    counts.add_syllables(["hu4", "zhao4"], ["hu3", "zhao4"])
    rates = counts.rates()
    assert rates["character_error_rate"] is rates["sentences_right"] is rates["real_time_factor"] is None
    assert rates["tonal_syllable_error_rate"] == pytest.approx(0.5)
    assert rates["toneless_syllable_error_rate"] == 0
