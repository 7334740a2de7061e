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


@dataclass(frozen=True, slots=True)
class Perturbation:
    """How much of what.

    Args:
        tract: deviation of the log of the vocal tract's stretch (people differ by about 0.1).
        pitch: deviation of the log of the pitch's change beyond what goes with the tract.
        echo, noise, babble, channel: shares of streams with each.
        colour: deviation of a smooth random change of the log spectrum.
        masks: share of streams in which a band and a few moments are silenced, so that the network leans on
            what is around them (SpecAugment, Park et al. 2019).
    """

    tract: float = 0.11
    pitch: float = 0.28
    echo: float = 0.4
    noise: float = 0.6
    babble: float = 0.35
    channel: float = 0.3
    colour: float = 1.6
    masks: float = 0.4
