"""How loud is it? For a meter that people can read: fast up, slowly down."""

from __future__ import annotations

import math

import numpy as np

from speech.microphone.source import Samples

SILENCE_DB = -90.0


def level_db(samples: Samples) -> float:
    """Loudness relative to full scale, without the offset that cheap sound cards add; at least SILENCE_DB.

    >>> level_db(np.zeros(960, np.int16))
    -90.0
    """
    if not samples.size:
        return SILENCE_DB
    wave = samples.astype(np.float64) / 32768.0
    power = float(np.mean((wave - wave.mean()) ** 2))
    return max(SILENCE_DB, 10.0 * math.log10(power)) if power > 0 else SILENCE_DB


class Meter:
    """What the needle shows.

    Args:
        fall_db: how far the needle sinks with each block of silence.
        hold_blocks: how long the highest mark stays.
    """

    def __init__(self, *, fall_db: float = 2.0, hold_blocks: int = 20) -> None:
        self._fall_db = fall_db
        self._hold_blocks = hold_blocks
        self._held = 0
        self.level = SILENCE_DB
        self.peak = SILENCE_DB

    def accept(self, samples: Samples) -> None:
        """Takes a block."""
        now = level_db(samples)
        self.level = max(now, self.level - self._fall_db, SILENCE_DB)
        self._held += 1
        if now >= self.peak or self._held > self._hold_blocks:
            self.peak, self._held = self.level, 0
