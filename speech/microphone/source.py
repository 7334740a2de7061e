"""What a microphone is to its listener, whatever is behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from speech.limits import SAMPLE_RATE

Samples = NDArray[np.int16]

BLOCK_SAMPLES = SAMPLE_RATE * 60 // 1000
"""Samples in a block: 60 ms, three frames of the speech detector."""


class Microphone(Protocol):
    """A source of 16 kHz mono sound."""

    @property
    def said_all(self) -> bool:
        """Whether a recording has been played to its end, with some silence after it. Devices: never."""

    def blocks(self) -> AsyncGenerator[Samples]:
        """Blocks of `BLOCK_SAMPLES` as they come; ends when there is nothing more to come.

        Raises:
            MicrophoneMissing: it cannot be opened.
            MicrophoneLost: it was there and is gone.
        """

    def go_on(self) -> None:
        """The reply is over. Only a file that has said all has to be told, to begin with the next."""
