"""Features equal Kaldi's own; labels keep time."""

from __future__ import annotations

import kaldi_native_fbank as knf
import numpy as np
import pytest
import torch

from speech.training.dataset import CONTEXT, frame_labels, output_frames, pad_tensor
from speech.training.features import CONF, mfcc
from speech.training.phones import BASE, PDF
from speech.training.resample import resample
from speech.training.types import Segment


@pytest.fixture(scope="module")
def tone() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    time = np.arange(16_000) / 16_000
    noise = np.random.default_rng(1).standard_normal(16_000) * 0.01
    return np.asarray(0.3 * np.sin(2 * np.pi * 440 * time) + noise, np.float32)


def test_mfcc_equals_kaldis(tone: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    options = knf.MfccOptions()
    options.frame_opts.dither = 0.0
    options.frame_opts.samp_freq = 16_000
    options.mel_opts.num_bins = options.num_ceps = 40
    options.mel_opts.low_freq, options.mel_opts.high_freq = 20, -400
    options.use_energy = False
    kaldi = knf.OnlineMfcc(options)
    kaldi.accept_waveform(16_000, (tone * 32768).tolist())
    kaldi.input_finished()
    wanted = np.stack([kaldi.get_frame(index) for index in range(kaldi.num_frames_ready)])
    np.testing.assert_allclose(mfcc(tone), wanted, atol=0.02)


def test_configuration_says_the_same() -> None:
    assert {"--num-mel-bins=40", "--num-ceps=40", "--low-freq=20", "--high-freq=-400", "--dither=0"} <= set(
        CONF.split()
    )


@pytest.mark.parametrize("count", [0, 100, 399])
def test_too_little_audio_has_no_frame(count: int) -> None:
    assert mfcc(np.zeros(count, np.float32)).shape == (0, 40)


@pytest.mark.parametrize("ratio", [0.9, 1.0, 16_000 / 22_050, 1.13])
def test_resampling_keeps_a_tone(ratio: float) -> None:
    before = np.sin(2 * np.pi * 1_000 * np.arange(22_050) / 22_050).astype(np.float32)
    after = resample(before, ratio)
    assert len(after) == round(22_050 * ratio)
    spectrum = np.abs(np.fft.rfft(after))
    assert abs(int(spectrum.argmax()) - 1_000) <= 1
    assert np.sqrt(np.mean(after**2)) == pytest.approx(np.sqrt(0.5), rel=0.02)


def test_labels_are_those_at_the_middle_of_each_frame() -> None:
    segments = (Segment("sil", 0.0, 0.3), Segment("b", 0.3, 0.6), Segment("a1", 0.6, 0.9))
    found, numbers = frame_labels(segments, 100)
    assert [int((found == PDF[phone]).sum()) for phone in ("sil", "b", "a1")] == [40, 30, 30]
    assert BASE[found[29]] == "b"  # its middle is at 302.5 ms
    assert [int((numbers == number).sum()) for number in range(4)] == [11, 29, 30, 30]
    nothing, _ = frame_labels((), 5)
    assert set(nothing) == {PDF["sil"]}


@pytest.mark.parametrize("frames", [3, 4, 5, 98])
def test_padding_gives_every_output_its_context(frames: int) -> None:
    padded = pad_tensor(torch.arange(frames * 40, dtype=torch.float32).reshape(1, frames, 40))[0]
    assert len(padded) == 2 * CONTEXT + 3 * (output_frames(frames) - 1) + 1
    assert torch.equal(padded[0], padded[CONTEXT])
