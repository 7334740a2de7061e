"""Sample-rate conversion by Fourier transform: exact for whole utterances, and quick."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def resample(samples: npt.NDArray[np.float32], ratio: float) -> npt.NDArray[np.float32]:
    """Stretch to `round(len * ratio)` samples (ratio > 1: more samples), band-limited.

    Example:
        >>> len(resample(np.zeros(22050, np.float32), 16000 / 22050))
        16000
    """
    count = round(len(samples) * ratio)
    if count == len(samples) or count == 0:
        return samples[:count]
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, spectrum.dtype)
    both = min(len(kept), len(spectrum))
    kept[:both] = spectrum[:both]
    return np.asarray(np.fft.irfft(kept, count) * (count / len(samples)), np.float32)
