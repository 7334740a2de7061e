"""MFCC features exactly as Vosk computes them, in numpy, by way of the power spectrum.

Kaldi's options (`CONF`) are 40 mel bins between 20 Hz and 400 Hz below Nyquist, 40 cepstra, no energy, no
dither, 25 ms Povey windows every 10 ms. Training keeps the power spectra and changes them before the mel
filters (see `perturb`).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from speech.training.types import SAMPLE_RATE

DIM = 40
SHIFT, LENGTH, FFT = 160, 400, 512
BINS = FFT // 2
"""Bins of a power spectrum: as Kaldi, without the one at half the sample rate."""
LOW, HIGH = 20.0, SAMPLE_RATE / 2 - 400.0
CONF = """--use-energy=false
--sample-frequency=16000
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=-400
--dither=0
--allow-upsample=true
--allow-downsample=true
"""

Floats = npt.NDArray[np.float32]


def _mel(frequency: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(frequency) / 700.0))


@cache
def mel_bank() -> Floats:
    """Filters, shape (BINS, DIM)."""
    edges = np.linspace(_mel(LOW), _mel(HIGH), DIM + 2)
    bins = _mel(np.arange(BINS, dtype=np.float64) * (SAMPLE_RATE / FFT))[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    up, down = (bins - left) / (centre - left), (right - bins) / (right - centre)
    return np.asarray(np.clip(np.minimum(up, down), 0.0, None), np.float32)


@cache
def cosines() -> Floats:
    """From log mel energies to liftered cepstra, shape (DIM, DIM)."""
    rows = np.arange(DIM)[:, None]
    matrix = np.sqrt(2.0 / DIM) * np.cos(np.pi / DIM * (np.arange(DIM) + 0.5) * rows)
    matrix[0] = np.sqrt(1.0 / DIM)
    lifter = 1.0 + 11.0 * np.sin(np.pi * np.arange(DIM) / 22.0)
    return np.asarray((matrix * lifter[:, None]).T, np.float32)


@cache
def _window() -> Floats:
    return np.asarray((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(LENGTH) / (LENGTH - 1))) ** 0.85, np.float32)


def frame_count(samples: int) -> int:
    """Frames of so many samples: none for less than 25 ms."""
    return 0 if samples < LENGTH else 1 + (samples - LENGTH) // SHIFT


def power_spectra(samples: Floats) -> Floats:
    """Power of each frame of 16 kHz samples in [-1, 1], shape (frames, BINS), of samples scaled to int16."""
    count = frame_count(len(samples))
    if count == 0:
        return np.zeros((0, BINS), np.float32)
    scaled = np.asarray(samples, np.float32) * 32768.0
    frames = np.lib.stride_tricks.sliding_window_view(scaled, LENGTH)[::SHIFT][:count]
    frames = frames - frames.mean(axis=1, keepdims=True)
    previous = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - 0.97 * previous) * _window(), FFT)[:, :BINS]
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


def mfcc(samples: Floats) -> Floats:
    """Features of 16 kHz samples in [-1, 1], shape (frames, 40); no frame for less than 25 ms.

    Example:
        >>> mfcc(np.zeros(16000, np.float32)).shape
        (98, 40)
    """
    energies = np.log(np.maximum(power_spectra(samples) @ mel_bank(), np.finfo(np.float32).eps))
    return np.asarray(energies @ cosines(), np.float32)
