"""Changes to voices and rooms: nothing asked, nothing changed; what is asked moves the way it should."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from speech.training.dataset import CONTEXT
from speech.training.features import BINS, mfcc, power_spectra
from speech.training.perturb import _stretching, cepstra, features
from speech.training.types import Perturbation

QUIET = Perturbation(tract=0, pitch=0, echo=0, noise=0, babble=0, channel=0, colour=0, masks=0)


@pytest.fixture(scope="module")
def log_power() -> Tensor:
    time = np.arange(24_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 40)) * 0.1
    noise = np.random.default_rng(1).standard_normal(24_000) * 0.02
    power = power_spectra(np.asarray(buzz + noise, np.float32))
    return torch.from_numpy(np.log(power)).unsqueeze(0).repeat(4, 1, 1)


def draw(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_changes_only_the_level_differs_from_plain_features(log_power: Tensor) -> None:
    time = np.arange(24_000) / 16_000
    buzz = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 40)) * 0.1
    noise = np.random.default_rng(1).standard_normal(24_000) * 0.02
    plain = torch.from_numpy(mfcc(np.asarray(buzz + noise, np.float32)))
    found = cepstra(log_power, draw(), QUIET)[0]
    torch.testing.assert_close(found[:, 1:], plain[:, 1:], atol=0.6, rtol=0.0)


def test_equal_seeds_change_alike_and_others_otherwise(log_power: Tensor) -> None:
    how = Perturbation()
    first, again = cepstra(log_power, draw(3), how), cepstra(log_power, draw(3), how)
    assert torch.equal(first, again)
    assert (first - cepstra(log_power, draw(4), how)).abs().mean() > 0.5
    assert bool(torch.isfinite(first).all())


@pytest.mark.parametrize("field", ["tract", "pitch", "colour"])
def test_each_deviation_alone_changes_the_features(log_power: Tensor, field: str) -> None:
    changed = cepstra(
        log_power,
        draw(),
        Perturbation(
            **{
                **dict.fromkeys(
                    ("tract", "pitch", "echo", "noise", "babble", "channel", "colour", "masks"), 0.0
                ),
                field: 0.3,
            }
        ),
    )
    assert (changed[:, :, 1:] - cepstra(log_power, draw(), QUIET)[:, :, 1:]).abs().mean() > 0.1


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.25])
def test_stretching_moves_a_peak_by_its_factor(factor: float) -> None:
    row = torch.zeros(1, 1, BINS)
    row[0, 0, 100] = 1.0
    moved = torch.bmm(row, _stretching(torch.tensor([factor])))[0, 0]
    assert abs(int(moved.argmax()) - round(100 * factor)) <= 1


def test_noise_fills_the_valleys(log_power: Tensor) -> None:
    silent = log_power.clone()
    silent[:, :70] = -20.0
    noisy = Perturbation(tract=0, pitch=0, echo=0, noise=1, babble=0, channel=0, colour=0, masks=0)
    before, after = (cepstra(silent, draw(), how)[:, :70, 0].mean() for how in (QUIET, noisy))
    assert after > before + 10


def test_echo_outlasts_the_sound(log_power: Tensor) -> None:
    ended = log_power.clone()
    ended[:, 70:] = -20.0
    echo = Perturbation(tract=0, pitch=0, echo=1, noise=0, babble=0, channel=0, colour=0, masks=0)
    before, after = (cepstra(ended, draw(), how)[:, 72:80, 0].mean() for how in (QUIET, echo))
    assert after > before + 10


def test_what_the_network_sees_is_padded_by_its_first_frame(log_power: Tensor) -> None:
    seen = features(log_power, torch.zeros(40), draw(), Perturbation())
    assert seen.shape == (4, CONTEXT + log_power.shape[1], 40)
    assert torch.equal(seen[:, 0], seen[:, CONTEXT])


def test_masks_hide_moments_and_leave_the_rest(log_power: Tensor) -> None:
    moved = log_power + torch.linspace(0, 5, log_power.shape[1]).view(1, -1, 1)
    masked = Perturbation(tract=0, pitch=0, echo=0, noise=0, babble=0, channel=0, colour=0, masks=1)
    plain, hidden = cepstra(moved, draw(), QUIET), cepstra(moved, draw(), masked)
    changed = ((plain - hidden).abs().amax(2) > 1e-3).float().mean(1)
    assert bool((changed > 0).all())
