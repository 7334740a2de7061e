"""From the trained torch network to `acoustic.Acoustic`, all normalisation folded in."""

from __future__ import annotations

import numpy as np
import torch

from speech.training.acoustic import Acoustic, Layer
from speech.training.network import DILATIONS, FIRST, Tdnn


def fold(model: Tdnn, priors: torch.Tensor) -> Acoustic:
    """Affine layers whose outputs equal the network's in evaluation mode."""
    layers: list[Layer] = []
    scale, shift = model.scale.double(), -(model.mean * model.scale).double()
    splices = [tuple(range(-FIRST, FIRST + 1)), *((-step, 0, step) for step in DILATIONS), (0,)]
    linear = [layer for layer in model.layers if isinstance(layer, torch.nn.Linear)]
    affine = [(layer.weight.detach(), layer.bias.detach()) for layer in linear]
    affine.append(model.output_affine())
    for number, ((weight, bias), offsets) in enumerate(zip(affine, splices, strict=True)):
        repeat = len(offsets)
        wide = weight.double()
        folded_bias = bias.double() + wide @ shift.repeat(repeat)
        folded = wide * scale.repeat(repeat)
        layers.append(Layer(offsets, folded.float().numpy(), folded_bias.float().numpy()))
        if number < len(model.norms):
            norm = model.norms[number]
            assert isinstance(norm, torch.nn.BatchNorm1d)
            assert norm.running_var is not None and norm.running_mean is not None
            scale = 1.0 / torch.sqrt(norm.running_var.double() + norm.eps)
            shift = -norm.running_mean.double() * scale
    return Acoustic(tuple(layers), priors.numpy().astype(np.float32), FIRST + sum(DILATIONS))
