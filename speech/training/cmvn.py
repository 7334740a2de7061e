"""Online cepstral mean normalisation, as Kaldi's `OnlineCmvn` does it with its default options.

What a microphone, a room or a voice adds to every frame alike is taken away: from each frame the mean of
the (up to) 600 frames up to it, together with 200 frames' worth of the corpus's mean while there are fewer.
Vosk does the same when the model directory holds `am/global_cmvn.stats`. Source: Kaldi,
feat/online-feature.h (`cmn_window` 600, `global_frames` 200, means only).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from speech.training.kaldi_io import Reader, Writer

WINDOW, GLOBAL = 600, 200
_COUNT = 10_000.0


def online_cmvn(frames: Tensor, mean: Tensor) -> Tensor:
    """Frames less their running mean.

    Args:
        frames: (batch, frames, coefficients), each the beginning of a stream.
        mean: (coefficients,) the corpus's mean.
    """
    # Sums of thousands of frames lose their last digits in single precision.
    total = torch.cumsum(frames.double(), dim=1)
    length = frames.shape[1]
    count = torch.arange(1, length + 1, dtype=torch.float64, device=frames.device).clamp(max=WINDOW)
    if length > WINDOW:
        total = torch.cat([total[:, :WINDOW], total[:, WINDOW:] - total[:, :-WINDOW]], dim=1)
    extra = (WINDOW - count).clamp(max=GLOBAL).unsqueeze(1)
    smoothed = (total + extra * mean.double()) / (count.unsqueeze(1) + extra)
    return frames - smoothed.to(frames.dtype)


def write_stats(mean: Tensor, path: Path) -> None:
    """`am/global_cmvn.stats`: a matrix of sums and of squares with the count last, that has this mean."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = mean.double().numpy()
    stats = np.zeros((2, len(values) + 1))
    stats[0, :-1], stats[0, -1] = values * _COUNT, _COUNT
    stats[1, :-1] = (values**2 + 1.0) * _COUNT
    with path.open("wb") as stream:
        out = Writer(stream)
        out.header()
        out.double_matrix(stats)


def read_mean(path: Path) -> Tensor:
    """The mean (coefficients,) that such a file holds.

    Raises:
        FormatError: it is no file of statistics.
    """
    with path.open("rb") as stream:
        source = Reader(stream)
        source.header()
        stats = source.double_matrix()
    return torch.from_numpy(stats[0, :-1] / stats[0, -1]).float()
