"""Is somebody speaking? Twenty milliseconds at a time, from loudness and voicing, with no clock and no model.

A frame is *active* when it is clearly louder than the quietest of the last seconds, and not far below the
loudest; it is *voiced* when it is active and periodic at the pitch of a human voice. Fans, traffic and hiss
are active but not voiced; a hum is voiced at first, but becomes its own background within two seconds.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from speech.limits import SAMPLE_RATE

FRAME_SAMPLES = SAMPLE_RATE // 50
FRAME_S = FRAME_SAMPLES / SAMPLE_RATE

_BACKGROUND_FRAMES = 100
_START_BACKGROUND_DB = -50.0  # assumed for the first second: speech may begin with the first sample
_START_FRAMES = 50
_QUIETEST_DB = -58.0
_ABOVE_BACKGROUND_DB = 9.0
_BELOW_PEAK_DB = 17.0  # what is softer than this is the lobby, not the speaker
_PEAK_DECAY_DB = 0.06  # a frame: 3 dB a second, for someone who turns away from the microphone
_PITCH_RATE = SAMPLE_RATE // 2  # half the rate is plenty for a pitch, and four times cheaper
_SHORTEST_LAG = _PITCH_RATE // 400
_LONGEST_LAG = _PITCH_RATE // 70
_FFT = 512  # no less than a window and the longest lag together, or the ends would wrap around
_PERIODIC = 0.45
_PEAK_OVER_DIP = 0.35


class FrameKind(NamedTuple):
    """What one frame holds; `level_db` is relative to full scale."""

    active: bool
    voiced: bool
    level_db: float


class SpeechDetector:
    """Classifies frames of 320 samples; samples may arrive in pieces of any length."""

    def __init__(self) -> None:
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._before = np.zeros(FRAME_SAMPLES, np.float32)
        self._smooth: deque[float] = deque(maxlen=3)
        self._background: deque[float] = deque(maxlen=_BACKGROUND_FRAMES)
        self._frames = 0
        self._peak_db = -100.0

    @property
    def pending(self) -> int:
        """Samples that wait for their frame to be complete."""
        return len(self._rest)

    def accept(self, samples: NDArray[np.int16]) -> list[FrameKind]:
        """Kinds of all frames completed by `samples` (16 kHz mono)."""
        joined = np.concatenate((self._rest, samples))
        count = len(joined) // FRAME_SAMPLES
        self._rest = joined[count * FRAME_SAMPLES :]
        if count == 0:
            return []
        frames = joined[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES).astype(np.float32) / 32768.0
        frames -= frames.mean(axis=1, keepdims=True)
        levels = 10.0 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
        active = [self._is_active(float(level)) for level in levels]
        voiced = np.zeros(count, np.bool_)
        where = np.flatnonzero(active)
        if len(where):
            padded = np.concatenate((self._before[None, :], frames))
            voiced[where] = _voiced(np.concatenate((padded[where], padded[where + 1]), axis=1))
        self._before = frames[-1]
        return [
            FrameKind(is_active, bool(is_voiced), float(level))
            for is_active, is_voiced, level in zip(active, voiced, levels, strict=True)
        ]

    def _is_active(self, level: float) -> bool:
        self._frames += 1
        self._smooth.append(level)
        smooth = sum(self._smooth) / len(self._smooth)
        self._background.append(smooth)
        background = min(self._background)
        if self._frames <= _START_FRAMES:
            background = min(background, _START_BACKGROUND_DB)
        threshold = max(background + _ABOVE_BACKGROUND_DB, _QUIETEST_DB, self._peak_db - _BELOW_PEAK_DB)
        active = level > threshold
        self._peak_db = max(self._peak_db - _PEAK_DECAY_DB, smooth if active else -100.0)
        return active


def _voiced(windows: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether each window (n, 640) repeats itself at a lag of 2.5 to 14 ms, with a dip before the repetition.

    The dip tells a pitch from rumble, whose correlation is high at short lags but only falls.
    """
    half = windows[:, ::2] + windows[:, 1::2]
    length = half.shape[1]
    spectrum = np.fft.rfft(half, _FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    correlation = np.fft.irfft(power, _FFT, axis=1)[:, : _LONGEST_LAG + 1]
    correlation /= np.maximum(correlation[:, :1], 1e-9)
    correlation *= length / (length - np.arange(_LONGEST_LAG + 1))
    dip = np.minimum.accumulate(correlation, axis=1)
    pitch = correlation[:, _SHORTEST_LAG:]
    rise = pitch - dip[:, _SHORTEST_LAG:]
    found: NDArray[np.bool_] = np.any((pitch > _PERIODIC) & (rise > _PEAK_OVER_DIP), axis=1)
    return found
