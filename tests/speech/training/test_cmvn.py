"""Online mean normalisation: Kaldi's rule frame by frame, and the statistics file it starts from."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from speech.training.cmvn import GLOBAL, WINDOW, online_cmvn, read_mean, write_stats


def by_hand(frames: np.ndarray[tuple[int, int], np.dtype[np.float64]], mean: float, at: int) -> float:
    window = frames[max(0, at + 1 - WINDOW) : at + 1, 0]
    extra = min(GLOBAL, WINDOW - len(window))
    return float(frames[at, 0] - (window.sum() + extra * mean) / (len(window) + extra))


@pytest.mark.parametrize("at", [0, 1, 150, 399, 400, 450, 599, 600, 601, 1499])
def test_each_frame_loses_the_mean_of_those_before_it(at: int) -> None:
    frames = np.random.default_rng(2).standard_normal((1500, 1)) * 5 + 80
    found = online_cmvn(torch.from_numpy(frames).unsqueeze(0), torch.tensor([70.0]))
    assert float(found[0, at, 0]) == pytest.approx(by_hand(frames, 70.0, at), abs=1e-6)


def test_the_future_changes_nothing() -> None:
    frames = torch.randn(2, 90, 4)
    whole, part = online_cmvn(frames, torch.zeros(4)), online_cmvn(frames[:, :50], torch.zeros(4))
    torch.testing.assert_close(whole[:, :50], part)


def test_statistics_file_holds_sums_with_the_count_last(tmp_path: Path) -> None:
    path = tmp_path / "am" / "global_cmvn.stats"
    write_stats(torch.tensor([2.0, -3.0]), path)
    torch.testing.assert_close(read_mean(path), torch.tensor([2.0, -3.0]))
    data = path.read_bytes()
    assert data[:5] == b"\0BDM "
    rows, columns = struct.unpack("<xixi", data[5:15])
    stats = np.frombuffer(data[15:], "<f8").reshape(rows, columns)
    assert (rows, columns) == (2, 3)
    np.testing.assert_allclose(stats[0, :2] / stats[0, 2], [2.0, -3.0])
    assert (stats[1, :2] / stats[0, 2] > (stats[0, :2] / stats[0, 2]) ** 2).all()
