"""From audio with segments to what the network sees: padded frames and a phone for each third frame.

An utterance is padded by its edge frames on both sides, as Vosk pads when it decodes, so that training sees
the very inputs of recognition.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from speech.training.phones import PDF, SILENCE
from speech.training.types import Segment

SUBSAMPLE = 3
CONTEXT = 39
"""Input frames before the first and after the last: must equal the network's (see `network.Tdnn`)."""
FRAME = 0.01
_HALF_WINDOW = 0.0125


def frame_labels(
    segments: tuple[Segment, ...], count: int
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    """The phone in the middle of each 10 ms frame, and the number of its segment; both (count,).

    Outside of all segments it is silence, number 0. A phone said twice has two numbers.
    """
    if not segments:
        return np.full(count, PDF[SILENCE], np.int16), np.zeros(count, np.int16)
    times = np.arange(count) * FRAME + _HALF_WINDOW
    starts = np.array([part.start for part in segments])
    ends = np.array([part.end for part in segments])
    pdfs = np.array([PDF[part.phone] for part in segments], np.int16)
    at = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    inside = (times >= starts[at]) & (times < ends[at])
    phones = np.where(inside, pdfs[at], PDF[SILENCE]).astype(np.int16)
    return phones, np.where(inside, at + 1, 0).astype(np.int16)


def output_frames(frames: int) -> int:
    """How many outputs Vosk computes for so many input frames."""
    return (frames + SUBSAMPLE - 1) // SUBSAMPLE


def pad_tensor(frames: Tensor) -> Tensor:
    """Repeat the edge frames of (batch, frames, coefficients) so that the network has its context."""
    count = frames.shape[1]
    after = CONTEXT + (output_frames(count) - 1) * SUBSAMPLE + 1 - count
    first, last = frames[:, :1], frames[:, -1:]
    return torch.cat([first.expand(-1, CONTEXT, -1), frames, last.expand(-1, after, -1)], dim=1)
