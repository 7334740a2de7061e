"""The error in a phone whose tone does not count."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from speech.training.network import Priors
from speech.training.phones import BASE, PDF
from speech.training.train import Schedule, toneless_loss


def sure_of(phone: str) -> torch.Tensor:
    logits = torch.zeros(1, 1, len(BASE))
    logits[0, 0, PDF[phone]] = 20.0
    return logits


def test_another_tone_is_no_error_and_another_final_is() -> None:
    target = torch.tensor([[PDF["ang2"]]])
    assert float(toneless_loss(sure_of("ang4"), target)) < 1e-3
    assert float(toneless_loss(sure_of("an2"), target)) > 10
    assert float(functional.cross_entropy(sure_of("ang4")[0], target[0])) > 10


def test_plain_phones_count_as_ever() -> None:
    target = torch.tensor([[PDF["zh"]]])
    assert float(toneless_loss(sure_of("zh"), target)) < 1e-3
    assert float(toneless_loss(sure_of("z"), target)) > 10


def test_softened_priors_keep_their_order_and_sum_and_come_nearer_to_each_other() -> None:
    whole = torch.rand(len(BASE)) + 0.01
    priors = Priors(whole / whole.sum(), 0.2)
    soft = priors.softened(0.4)
    assert float(soft.phones.sum()) == pytest.approx(1.0, abs=1e-5)
    assert soft.phones.argsort().equal(priors.phones.argsort()) and soft.onset == priors.onset
    assert float(soft.phones.max() / soft.phones.min()) < float(priors.phones.max() / priors.phones.min())
    assert torch.allclose(priors.softened(1.0).phones, priors.phones)


def test_a_schedule_is_over_by_steps_or_by_time() -> None:
    assert Schedule(steps=100).spent(1e6, 25) == 0.25 and Schedule(steps=100).warm_up == 10
    assert Schedule(100.0).spent(50.0, 10**6) == 0.5 and Schedule(0.0).spent(0.0, 0) >= 1.0
