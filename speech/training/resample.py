"""Sample-rate conversion in numpy, good enough for training data and dependable everywhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_ZEROS = 8


def resample(samples: npt.NDArray[np.float32], ratio: float) -> npt.NDArray[np.float32]:
    """Stretch to `round(len * ratio)` samples by windowed-sinc interpolation (ratio > 1: more samples).

    Example:
        >>> len(resample(np.zeros(22050, np.float32), 16000 / 22050))
        16000
    """
    if ratio == 1.0 or len(samples) == 0:
        return samples
    count = round(len(samples) * ratio)
    cutoff = min(1.0, ratio) * 0.95
    width = int(np.ceil(_ZEROS / cutoff))
    centre = np.arange(count) / ratio
    base = np.floor(centre).astype(np.int64)
    fraction = (centre - base).astype(np.float32)
    padded = np.pad(samples, (width, width + 1))
    result = np.zeros(count, np.float32)
    for tap in range(-width + 1, width + 1):
        distance = tap - fraction
        window = np.cos(np.clip(distance / width, -1, 1) * (np.pi / 2)) ** 2
        result += padded[base + tap + width] * (cutoff * np.sinc(cutoff * distance) * window).astype(np.float32)
    return result
