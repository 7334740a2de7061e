"""Small types shared by the stages."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Segment:
    """One phone in time: `start` and `end` in seconds, `phone` a base phone's name (see `phones`)."""

    phone: str
    start: float
    end: float
