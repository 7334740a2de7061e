"""From a model directory back to a network that can learn on: the inverse of `export`.

A Vosk model keeps plain affine layers. What batch normalisation did is inside them, so it first comes back as
one that changes nothing, and `revive` then gives it the statistics of real batches while every output stays
what it was. Tones and first frames come apart again because they were sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from speech.training import acoustic
from speech.training.acoustic import Acoustic, Layer
from speech.training.cmvn import read_mean
from speech.training.kaldi_io import FormatError
from speech.training.network import FIRST, PLAIN, STEPS, Block, Priors, Tdnn
from speech.training.phones import BASE, FINALS, TONES


def load_directory(model_dir: Path) -> tuple[Tdnn, Priors]:
    """Network and priors of a Vosk model directory that this recipe wrote.

    Raises:
        FormatError: its acoustic model is of another shape.
    """
    mean = read_mean(model_dir / "am" / "global_cmvn.stats")
    return unfold(acoustic.read(model_dir / "am" / "final.mdl"), mean)


def unfold(model: Acoustic, mean: Tensor) -> tuple[Tdnn, Priors]:
    """A network with the outputs of `model` in evaluation mode, and its priors.

    Args:
        mean: (40,) where online normalisation starts.

    Raises:
        FormatError: the layers are not those of `Tdnn`.
    """
    if len(model.layers) != 2 + 2 * len(STEPS) or len(model.layers[-1].bias) != 2 * len(BASE):
        raise FormatError(f"{len(model.layers)} layers of another network than this recipe's")
    first, *middle, last = model.layers
    network = Tdnn(width=len(first.bias), narrow=len(middle[0].bias))
    with torch.no_grad():
        network.mean.copy_(mean)
        _convolve(network.first, first, 2 * FIRST + 1)
        for block, down, up in zip(network.blocks, middle[::2], middle[1::2], strict=True):
            assert isinstance(block, Block)
            block.down.weight.copy_(_weight(down, 3))
            _convolve(block.up, up, 1)
        for norm in norms(network):
            # An epsilon less than one, so that the whole is a division by one.
            nn.init.constant_(_variance(norm), 1.0 - norm.eps)
        _part(network, torch.from_numpy(last.weight).double(), torch.from_numpy(last.bias).double())
    pdfs = torch.from_numpy(model.priors)
    count = len(BASE)
    phones = pdfs[:count] + pdfs[count:]
    onset = float(pdfs[:count].sum() / pdfs.sum())
    return network.eval(), Priors(phones, onset)


def norms(network: Tdnn) -> list[nn.BatchNorm1d]:
    """All batch normalisations, from the input on."""
    return [part for part in network.modules() if isinstance(part, nn.BatchNorm1d)]


def _variance(norm: nn.BatchNorm1d) -> Tensor:
    assert norm.running_var is not None
    return norm.running_var


def _weight(layer: Layer, kernel: int) -> Tensor:
    """An affine layer on spliced frames as a convolution's weight, (out, in, kernel)."""
    weight = torch.from_numpy(layer.weight)
    return weight.reshape(len(weight), kernel, -1).transpose(1, 2)


def _convolve(target: nn.Conv1d, layer: Layer, kernel: int) -> None:
    assert target.bias is not None
    target.weight.copy_(_weight(layer, kernel))
    target.bias.copy_(torch.from_numpy(layer.bias))


def _part(network: Tdnn, weight: Tensor, bias: Tensor) -> None:
    """The output as phones, finals, tones and onset; what is common to all of a softmax has no meaning."""
    rows = torch.cat([weight, bias.unsqueeze(1)], dim=1).reshape(2, len(BASE), -1)
    begins, phones = (rows[0] - rows[1]).mean(0) / 2, rows.mean(0)
    tonal = phones[PLAIN:].reshape(len(FINALS), len(TONES), -1)
    final = tonal.mean(1)
    tone = (tonal - final.unsqueeze(1)).mean(0)
    parts = (
        (network.plain, phones[:PLAIN]),
        (network.final, final),
        (network.tone, tone),
        (network.onset, torch.stack([begins, -begins])),
    )
    for layer, found in parts:
        layer.weight.copy_(found[:, :-1])
        layer.bias.copy_(found[:, -1])


@torch.no_grad()
def revive(network: Tdnn, batches: Iterable[Tensor]) -> None:
    """Gives the normalisations the statistics of `batches`; outputs stay what they were.

    Args:
        batches: normalised, padded MFCCs as training delivers them, each (streams, frames, 40).
    """
    seen = list(batches)
    scale = 1.0 / torch.cat([batch.flatten(0, 1) for batch in seen]).std(0)
    network.first.weight.mul_((network.scale / scale).view(1, -1, 1))
    network.scale.copy_(scale)
    found: dict[nn.Module, list[Tensor]] = {norm: [] for norm in norms(network)}
    hooks = [
        norm.register_forward_pre_hook(lambda part, given: found[part].append(given[0].transpose(0, 1)))
        for norm in found
    ]
    network.eval()
    for batch in seen:
        network.hidden(batch)
    for hook in hooks:
        hook.remove()
    for norm in norms(network):
        values = torch.cat([one.flatten(1) for one in found[norm]], dim=1).double()
        mean, variance = values.mean(1), values.var(1)
        deviation = torch.sqrt(variance + norm.eps)
        assert norm.running_mean is not None
        norm.running_mean.copy_(mean)
        _variance(norm).copy_(variance)
        if norm.affine:
            norm.weight.copy_(deviation)
            norm.bias.copy_(mean)
            continue
        for layer in (network.plain, network.final, network.tone, network.onset):
            weight = layer.weight.double()
            layer.bias.copy_(layer.bias.double() + weight @ mean)
            layer.weight.copy_(weight * deviation)
