"""final.mdl: folding, writing and reading back, against the network that was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from speech.training import acoustic
from speech.training.dataset import CONTEXT, pad_tensor
from speech.training.export import fold
from speech.training.kaldi_io import FormatError
from speech.training.network import Priors, Tdnn
from speech.training.phones import BASE

EVEN = Priors(torch.full((len(BASE),), 1.0 / len(BASE)), 0.25)


@pytest.fixture(scope="module")
def network() -> Tdnn:
    torch.manual_seed(5)
    model = Tdnn(width=16, narrow=8)
    model.scale.copy_(torch.rand(40) + 0.5)
    model.train()
    for _ in range(3):
        model(torch.randn(4, 120 + 2 * CONTEXT, 40) * 3 + 1)
    return model.eval()


def test_folded_layers_equal_the_network_at_every_frame_and_edge(network: Tdnn) -> None:
    frames = np.random.default_rng(0).standard_normal((50, 40)).astype(np.float32)
    exported = fold(network, EVEN)
    with torch.inference_mode():
        phones, onset = network.logits(pad_tensor(torch.from_numpy(frames).unsqueeze(0)))
    begins, goes_on = torch.log_softmax(onset[0], dim=1).T.numpy()
    wanted = torch.log_softmax(phones[0], dim=1).numpy()
    found = acoustic.log_posteriors(exported, frames)
    assert found.shape == (17, 2 * len(BASE))
    np.testing.assert_allclose(found[:, : len(BASE)], wanted + begins[:, None], atol=2e-4)
    np.testing.assert_allclose(found[:, len(BASE) :], wanted + goes_on[:, None], atol=2e-4)


def test_written_model_reads_back_the_same(network: Tdnn, tmp_path: Path) -> None:
    exported = fold(network, EVEN)
    path = tmp_path / "am" / "final.mdl"
    acoustic.write(exported, path)
    again = acoustic.read(path)
    assert again.context == exported.context == CONTEXT
    for found, wanted in zip(again.layers, exported.layers, strict=True):
        assert (found.offsets, found.relu, found.bypass) == (wanted.offsets, wanted.relu, wanted.bypass)
        np.testing.assert_array_equal(found.weight, wanted.weight)
        np.testing.assert_array_equal(found.bias, wanted.bias)
    np.testing.assert_array_equal(again.priors, exported.priors)


def test_a_truncated_model_is_a_format_error(network: Tdnn, tmp_path: Path) -> None:
    path = tmp_path / "final.mdl"
    acoustic.write(fold(network, EVEN), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FormatError):
        acoustic.read(path)
