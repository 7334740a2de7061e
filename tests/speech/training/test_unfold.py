"""A model directory becomes a network again: same outputs, ready to learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from speech.training import acoustic
from speech.training.dataset import CONTEXT
from speech.training.export import fold
from speech.training.kaldi_io import FormatError
from speech.training.network import Priors, Tdnn
from speech.training.package import write_acoustic
from speech.training.phones import BASE
from speech.training.unfold import load_directory, norms, revive, unfold


@pytest.fixture(scope="module")
def network() -> Tdnn:
    torch.manual_seed(5)
    model = Tdnn(width=16, narrow=8)
    model.scale.copy_(torch.rand(40) + 0.5)
    model.mean.copy_(torch.rand(40))
    model.train()
    for _ in range(3):
        model(torch.randn(4, 120 + 2 * CONTEXT, 40) * 3 + 1)
    return model.eval()


@pytest.fixture(scope="module")
def directory(network: Tdnn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    shares = torch.rand(len(BASE))
    write_acoustic(network, Priors(shares / shares.sum(), 0.2), path)
    return path


def heard(model: Tdnn, priors: Priors) -> np.ndarray:
    frames = np.random.default_rng(0).standard_normal((60, 40)).astype(np.float32)
    return acoustic.log_posteriors(fold(model, priors), frames)


def test_what_was_exported_comes_back_with_the_same_outputs(network: Tdnn, directory: Path) -> None:
    found, priors = load_directory(directory)
    torch.testing.assert_close(found.mean, network.mean)
    np.testing.assert_allclose(heard(found, priors), heard(network, priors), atol=2e-4)
    written = acoustic.read(directory / "am" / "final.mdl").priors
    np.testing.assert_allclose(fold(found, priors).priors, written, rtol=1e-4)


def test_a_revived_network_says_the_same_and_normalises_again(directory: Path) -> None:
    found, priors = load_directory(directory)
    before = heard(found, priors)
    batches = [torch.randn(4, 120 + 2 * CONTEXT, 40) * 2 + 1 for _ in range(3)]
    revive(found, batches)
    np.testing.assert_allclose(heard(found, priors), before, atol=5e-4)
    # In training mode the batch's own statistics are used: they must be those that were written down.
    seen: list[torch.Tensor] = []
    hook = norms(found)[0].register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    for batch in batches:
        found.hidden(batch)
    hook.remove()
    values = torch.cat([one.transpose(0, 1).flatten(1) for one in seen], dim=1)
    running_mean = norms(found)[0].running_mean
    assert running_mean is not None
    torch.testing.assert_close(running_mean, values.mean(1), atol=1e-3, rtol=1e-3)


def test_another_network_is_refused(network: Tdnn) -> None:
    whole = fold(network, Priors(torch.full((len(BASE),), 1 / len(BASE)), 0.2))
    shorter = acoustic.Acoustic(whole.layers[2:], whole.priors, whole.context)
    with pytest.raises(FormatError, match="layers"):
        unfold(shorter, torch.zeros(40))
