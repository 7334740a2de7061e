"""Forced alignment and the free loop on scores made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from speech.training.align import STEP, align, permitted, syllables
from speech.training.evaluate import edit_distance, free_loop, loop_syllables
from speech.training.phones import BASE, PDF, NotPinyinError


def scores_of(path: list[tuple[str, int]]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rows = [PDF[phone] for phone, count in path for _ in range(count)]
    scores = np.full((len(rows), len(BASE)), -8.0, np.float32)
    scores[np.arange(len(rows)), rows] = 0.0
    return scores


PATH = [("sil", 5), ("h", 4), ("u4", 6), ("k", 3), ("ou3", 7), ("sil", 4)]


def test_alignment_finds_the_borders() -> None:
    found = align(scores_of(PATH), ("hu4", "kou3"))
    assert found is not None
    assert [segment.phone for segment in found.segments] == [phone for phone, _ in PATH]
    borders = np.cumsum([count for _, count in PATH]) * STEP
    np.testing.assert_allclose([segment.end for segment in found.segments], borders, atol=1e-6)
    assert found.score == pytest.approx(0.0, abs=1e-5)


def test_alignment_works_without_any_silence_and_takes_the_tone_that_was_said() -> None:
    path = [("sh", 3), ("ou2", 5), ("j", 2), ("i3", 5)]
    found = align(scores_of(path), ("shou3", "ji3"))
    assert found is not None
    assert [segment.phone for segment in found.segments] == ["sh", "ou2", "j", "i3"]


def test_a_wrong_text_scores_badly_and_too_short_audio_has_no_path() -> None:
    right, wrong = align(scores_of(PATH), ("hu4", "kou3")), align(scores_of(PATH), ("fang2", "chan3"))
    assert right is not None and wrong is not None and wrong.score < right.score - 1
    assert align(scores_of([("b", 1)]), ("hu4", "kou3")) is None


def test_third_tones_may_rise_only_before_third_tones() -> None:
    assert PDF["ao2"] in permitted("ao3", "ao3")
    assert permitted("ao3", "ao4") == (PDF["ao3"],)
    assert permitted("zh", None) == (PDF["zh"],)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("一_也_", ("yi1", "ye3")), ("zuo4", ("zuo4",)), ("谢谢你！不客气。", None)],
)
def test_corpus_texts_become_syllables(text: str, wanted: tuple[str, ...] | None) -> None:
    found = syllables(text)
    assert found == wanted if wanted else "," in found


@pytest.mark.parametrize("text", ["ZMK3是", "_xq2", "v9v4"])
def test_what_cannot_be_spelled_is_refused(text: str) -> None:
    with pytest.raises(NotPinyinError):
        syllables(text)


def test_free_loop_reads_what_the_scores_say() -> None:
    assert free_loop(scores_of(PATH)) == ["hu4", "kou3"]
    assert free_loop(scores_of([("sil", 9)])) == []
    assert {"shi4", "er4", "nv3"} <= set(loop_syllables())


@pytest.mark.parametrize(
    ("a", "b", "count"), [("", "", 0), ("abc", "", 3), ("abc", "axc", 1), ("ab", "aab", 1)]
)
def test_edit_distance(a: str, b: str, count: int) -> None:
    assert edit_distance(a, b) == edit_distance(b, a) == count
