"""MFCC features exactly as Vosk computes them, in numpy, with an optional vocal-tract warp.

Kaldi's options (`CONF`) are 40 mel bins between 20 Hz and 400 Hz below Nyquist, 40 cepstra, no energy, no
dither, 25 ms Povey windows every 10 ms. The warp stretches the mel filters' frequencies as a longer or
shorter vocal tract would; recognition never uses it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from speech.training.types import SAMPLE_RATE

DIM = 40
SHIFT, LENGTH, FFT = 160, 400, 512
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


def _hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(700.0 * np.expm1(mel / 1127.0))


def _warped(frequency: npt.NDArray[np.float64], warp: float) -> npt.NDArray[np.float64]:
    """Piecewise linear, so that the upper limit stays in place."""
    bend = HIGH * 0.8 / max(warp, 1.0)
    slope = (HIGH - bend * warp) / (HIGH - bend)
    return np.where(frequency < bend, frequency * warp, HIGH + (frequency - HIGH) * slope)


@cache
def mel_bank(warp_percent: int = 100) -> Floats:
    """Filters, shape (FFT / 2, DIM); `warp_percent` 100 is Kaldi's own bank."""
    edges = np.linspace(_mel(LOW), _mel(HIGH), DIM + 2)
    if warp_percent != 100:
        edges = _mel(_warped(_hertz(edges), warp_percent / 100))
    bins = _mel(np.arange(FFT // 2, dtype=np.float64) * (SAMPLE_RATE / FFT))[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    up, down = (bins - left) / (centre - left), (right - bins) / (right - centre)
    return np.asarray(np.clip(np.minimum(up, down), 0.0, None), np.float32)


@cache
def _dct() -> Floats:
    rows = np.arange(DIM)[:, None]
    matrix = np.sqrt(2.0 / DIM) * np.cos(np.pi / DIM * (np.arange(DIM) + 0.5) * rows)
    matrix[0] = np.sqrt(1.0 / DIM)
    lifter = 1.0 + 11.0 * np.sin(np.pi * np.arange(DIM) / 22.0)
    return np.asarray((matrix * lifter[:, None]).T, np.float32)


@cache
def _window() -> Floats:
    return np.asarray((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(LENGTH) / (LENGTH - 1))) ** 0.85, np.float32)


def mfcc(samples: Floats, warp: float = 1.0) -> Floats:
    """Features of 16 kHz samples in [-1, 1], shape (frames, 40); no frame for less than 25 ms.

    Example:
        >>> mfcc(np.zeros(16000, np.float32)).shape
        (98, 40)
    """
    count = 0 if len(samples) < LENGTH else 1 + (len(samples) - LENGTH) // SHIFT
    if count == 0:
        return np.zeros((0, DIM), np.float32)
    scaled = np.asarray(samples, np.float32) * 32768.0
    frames = np.lib.stride_tricks.sliding_window_view(scaled, LENGTH)[::SHIFT][:count]
    frames = frames - frames.mean(axis=1, keepdims=True)
    previous = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - 0.97 * previous) * _window(), FFT)[:, : FFT // 2]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies = np.log(np.maximum(power @ mel_bank(round(warp * 100)), np.finfo(np.float32).eps))
    return np.asarray(energies @ _dct(), np.float32)
