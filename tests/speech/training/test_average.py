"""The average of weights: forgets its beginning, follows slowly, and is put back whole."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from speech.training.average import Average


def filled(value: float) -> nn.BatchNorm1d:
    norm = nn.BatchNorm1d(2)
    nn.init.constant_(norm.weight, value)
    return norm


def test_a_constant_is_its_own_average_whatever_was_before() -> None:
    average, model = Average(filled(100.0), keep=0.9), filled(1.0)
    for _ in range(200):
        average.add(model)
    average.put_into(model)
    torch.testing.assert_close(model.weight, torch.ones(2), atol=1e-4, rtol=0.0)


def test_the_newest_weighs_as_little_as_asked() -> None:
    model = filled(0.0)
    average = Average(model, keep=0.9)
    for _ in range(100):
        average.add(model)
    nn.init.constant_(model.weight, 1.0)
    average.add(model)
    assert average.state["weight"].tolist() == pytest.approx([0.1, 0.1])


def test_statistics_are_averaged_and_counters_taken() -> None:
    model = filled(1.0).train()
    average = Average(model)
    model(torch.randn(8, 2) + 5)
    average.add(model)
    assert 0.0 < float(average.state["running_mean"][0]) <= float(model.get_buffer("running_mean")[0])
    assert int(average.state["num_batches_tracked"]) == 1
