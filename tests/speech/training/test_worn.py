"""Codecs, clipping and distance: changed, but in the same time."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt
import pytest

from speech.training.corpora import Utterance
from speech.training.types import Segment
from speech.training.worn import CODECS, Codec, available, clipped, coded, far, worn_items

Pcm = npt.NDArray[np.int16]


def envelope(pcm: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    """Level of each 10 ms, without what is below the speech."""
    frames = pcm[: len(pcm) // 160 * 160].astype(np.float64).reshape(-1, 160)
    return np.asarray(np.log(np.mean(frames**2, axis=1) + 1e3))


@pytest.fixture(scope="module")
def sound() -> Pcm:
    """Syllable-like bursts with harmonics, two seconds."""
    time = np.arange(32_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 180 * k * time) / k for k in range(1, 18))
    beats = np.clip(np.sin(2 * np.pi * 4 * time + 0.3 * np.sin(9 * time)), 0, 1)
    return np.asarray(6_000 * buzz * beats, np.int16)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: f"{codec.encoder}-{codec.rate}")
def test_a_codec_changes_the_sound_and_not_its_time(codec: Codec, sound: Pcm) -> None:
    if codec not in available():
        pytest.skip(f"no encoder {codec.encoder}")
    for bits in codec.bits:
        heard = coded(sound, codec, bits)
        assert heard.shape == sound.shape and heard.dtype == np.int16
        assert not np.array_equal(heard, sound)
        was, now = envelope(sound), envelope(heard)
        fits = {shift: np.corrcoef(was[5:-5], np.roll(now, shift)[5:-5])[0, 1] for shift in range(-4, 5)}
        assert max(fits, key=lambda shift: fits[shift]) in (-1, 0, 1)


def test_a_missing_encoder_is_told_and_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = Codec("amr", "no_such_encoder", 8_000, (1,))
    monkeypatch.setattr("speech.training.worn.CODECS", (other, *CODECS))
    with caplog.at_level(logging.WARNING):
        assert other not in available()
    assert "no_such_encoder" in caplog.text


def test_clipping_flattens_the_peaks(sound: Pcm) -> None:
    samples = sound.astype(np.float32) / np.float32(32768)
    flat = clipped(samples, 12.0)
    assert float(np.abs(flat).max()) == 1.0
    assert np.mean(np.abs(flat) == 1.0) > 0.02
    assert np.array_equal(clipped(np.zeros(9, np.float32), 6.0), np.zeros(9, np.float32))


def test_distance_leaves_a_tail_and_the_level(sound: Pcm) -> None:
    samples = sound.astype(np.float32) / np.float32(32768)
    samples[16_000:] = 0
    heard = far(samples, np.random.default_rng(1))
    assert np.mean(heard[16_200:18_000] ** 2) > 1e-7
    assert np.mean(heard**2) == pytest.approx(np.mean(samples**2), rel=0.01)


def test_worn_recordings_keep_names_labels_and_lengths(sound: Pcm) -> None:
    segments = (Segment("a1", 0.0, 1.0),)
    items = [Utterance(f"u{n}", "who", "啊", n * 8_000, 8_000, segments) for n in range(4)]
    made = list(worn_items(items, sound, seed=3))
    assert [(key, who, text, labels) for key, who, text, _, labels in made] == [
        (f"u{n}", "who", "啊", segments) for n in range(4)
    ]
    assert all(len(pcm) == 8_000 for _, _, _, pcm, _ in made)
    again = list(worn_items(items, sound, seed=3))
    assert all(np.array_equal(one[3], other[3]) for one, other in zip(made, again, strict=True))
