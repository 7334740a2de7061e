"""Noise of any colour, for recordings in which nobody speaks; what is done to speech is in `perturb`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def coloured_noise(random: np.random.Generator, count: int) -> Floats:
    """Noise of unit power whose spectrum falls by 0 to 2 powers of the frequency (white, pink, brown)."""
    size = 1 << (count - 1).bit_length()  # a power of two: other lengths take the transform ten times as long
    spectrum = np.fft.rfft(random.standard_normal(size))
    frequency = np.maximum(np.arange(len(spectrum)), 1.0)
    noise = np.fft.irfft(spectrum / frequency ** (random.uniform(0.0, 1.0)), size)[:count]
    return np.asarray(noise / (np.sqrt(np.mean(noise**2)) + 1e-9), np.float32)
