"""From the trained torch network to `acoustic.Acoustic`, all normalisation folded in."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from speech.training.acoustic import Acoustic, Layer
from speech.training.network import FIRST, STEPS, Block, Priors, Tdnn
from speech.training.phones import BASE


def _gain_and_shift(norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """What a batch normalisation does to its input in evaluation mode: x · gain + shift."""
    assert norm.running_var is not None and norm.running_mean is not None
    gain = 1.0 / torch.sqrt(norm.running_var.double() + norm.eps)
    if norm.affine:
        gain = gain * norm.weight.detach().double()
    shift = -norm.running_mean.double() * gain
    if norm.affine:
        shift = shift + norm.bias.detach().double()
    return gain, shift


def _layer(offsets: tuple[int, ...], weight: Tensor, bias: Tensor, **kind: bool) -> Layer:
    return Layer(offsets, weight.float().numpy(), bias.float().numpy(), **kind)


def _spliced(layer: nn.Conv1d) -> Tensor:
    """A convolution's weight as that of an affine layer on spliced frames, (out, kernel · in)."""
    return layer.weight.detach().double().transpose(1, 2).flatten(1)


def _normed(layer: nn.Conv1d, norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    gain, shift = _gain_and_shift(norm)
    assert layer.bias is not None
    return _spliced(layer) * gain.unsqueeze(1), layer.bias.detach().double() * gain + shift


def fold(model: Tdnn, priors: Priors) -> Acoustic:
    """Affine layers whose outputs equal the network's in evaluation mode."""
    weight, bias = _normed(model.first, model.first_norm)
    weight = weight * model.scale.double().repeat(2 * FIRST + 1)
    layers = [_layer(tuple(range(-FIRST, FIRST + 1)), weight, bias, relu=True)]
    for block, step in zip(model.blocks, STEPS, strict=True):
        assert isinstance(block, Block)
        down = _spliced(block.down)
        layers.append(_layer((-step, 0, step), down, torch.zeros(len(down))))
        layers.append(_layer((0,), *_normed(block.up, block.norm), relu=True, bypass=True))
    gain, shift = _gain_and_shift(model.last_norm)
    weight, bias = (part.double() for part in model.output_affine())
    layers.append(_layer((0,), weight * gain, bias + weight @ shift))
    assert len(layers[-1].bias) == 2 * len(BASE)
    return Acoustic(tuple(layers), priors.pdfs().numpy().astype("float32"), FIRST + sum(STEPS))
