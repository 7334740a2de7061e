from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.speech.voices import Line, lines, speak
from speech.training.espeak import HELD_OUT, TRAINING_VARIANTS


def test_voices_take_turns_and_none_was_trained_on() -> None:
    said = lines(["办护照"] * 8)
    assert [line.voice for line in said] == [*HELD_OUT, *HELD_OUT][:8]
    assert not {line.voice.variant for line in said} & set(TRAINING_VARIANTS)


def test_what_cannot_be_said_is_left_out() -> None:
    assert [line.text for line in lines(["办C1证", "", "办证"])] == ["办证"]


def test_audio_is_made_once_and_what_is_missing_is_made_later(tmp_path: Path) -> None:
    wanted = [Line("办护照", HELD_OUT[0]), Line("转人工", HELD_OUT[1])]
    done: list[int] = []
    made = dict(speak(wanted, tmp_path, done.append))
    assert list(made) == wanted
    assert sum(done) == 2
    assert all(pcm.dtype == np.int16 and len(pcm) > 8_000 for pcm in made.values())
    # A mark in what was kept shows that it is not made again; the other is.
    np.save(tmp_path / f"{wanted[0].name}.npy", np.arange(5, dtype=np.int16))
    (tmp_path / f"{wanted[1].name}.npy").unlink()
    again = dict(speak(wanted, tmp_path))
    assert list(again[wanted[0]]) == [0, 1, 2, 3, 4]
    assert np.array_equal(again[wanted[1]], made[wanted[1]])


def test_the_name_follows_the_sound() -> None:
    assert Line("办护照", HELD_OUT[0]).name == Line("办护照。", HELD_OUT[0]).name
    assert Line("办护照", HELD_OUT[0]).name != Line("办护照", HELD_OUT[1]).name
    assert Line("办护照", HELD_OUT[0]).name != Line("办护照", HELD_OUT[0], accent=True).name


def test_an_accent_changes_syllables_that_have_a_merger() -> None:
    (plain,), (accented,) = lines(["办护照"]), lines(["办护照"], accent=True)
    assert plain.tokens == ("ban4", "hu4", "zhao4")
    assert accented.tokens == ("ban4", "fu4", "zao4")
