"""espeak-ng's speech comes with times that are right, in voices that tests keep for themselves."""

from __future__ import annotations

import ctypes
import itertools

import numpy as np
import pytest

from speech.training.espeak import HELD_OUT, LIBRARY, TRAINING_VARIANTS
from speech.training.synthesis import held_out_plans, make, quiet_items, training_plans
from speech.training.types import SAMPLE_RATE


def _installed() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


needs_espeak = pytest.mark.skipif(not _installed(), reason="espeak-ng is not installed")


def test_no_training_voice_is_held_out() -> None:
    assert not {voice.variant for voice in HELD_OUT} & set(TRAINING_VARIANTS)
    assert {plan[2] for plan in held_out_plans(20)} <= set(HELD_OUT)
    assert {plan[2].variant for plan in training_plans(200)} <= set(TRAINING_VARIANTS)


@needs_espeak
def test_speech_is_louder_where_a_vowel_is_said_than_where_nothing_is() -> None:
    plan = ("户口，身份证", ("hu4", "kou3", ",", "shen1", "fen4", "zheng4"), HELD_OUT[0], "one")
    ((key, voice, text, samples, segments),) = make([plan], jobs=1)
    assert (key, voice, text) == ("one", HELD_OUT[0].name, plan[0])
    assert [part.phone for part in segments if part.phone != "sil"] == [
        "h", "u4", "k", "ou3", "sh", "en1", "f", "en4", "zh", "eng4",
    ]  # fmt: skip
    assert "sil" in [part.phone for part in segments]
    for before, after in itertools.pairwise(segments):
        assert before.end == pytest.approx(after.start)
    power = {}
    for part in segments:
        cut = samples[int(part.start * SAMPLE_RATE) : int(part.end * SAMPLE_RATE)].astype(float)
        power[part.phone] = np.sqrt(np.mean(cut**2))
    assert min(power["u4"], power["ou3"], power["eng4"]) > 5 * power["sil"]


def test_recordings_without_speech_are_all_silence() -> None:
    items = list(quiet_items(8))
    assert len(items) == 8
    assert not items[0][3].any(), "every fourth is digital silence"
    for _, _, text, samples, segments in items:
        assert text == "" and [part.phone for part in segments] == ["sil"]
        assert segments[0].end == pytest.approx(len(samples) / SAMPLE_RATE)
