"""The acoustic network: a TDNN on 40 MFCCs whose tones are a factor of their own.

A tonal final's score is the sum of its final's and its tone's score, so that every tone of every final is
learned from all finals and all tones, even the ones that no corpus holds. It is still one affine layer
when exported.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from speech.training.dataset import CONTEXT, SUBSAMPLE
from speech.training.features import DIM
from speech.training.phones import BASE, FINALS, TONAL, TONES

FIRST = 3
"""The first layer sees three frames to each side."""
DILATIONS = (3, 3, 3, 6, 6)
"""Frames to each side of the following layers; with the first they add up to CONTEXT."""
PLAIN = len(BASE) - len(TONAL)

if FIRST + sum(DILATIONS) != CONTEXT:
    raise AssertionError("the dataset's padding does not match the network's context")


class Tdnn(nn.Module):
    """Log probabilities of pdfs.

    Input (batch, frames + 2·CONTEXT, 40), output (batch, ceil(frames / 3), pdfs).
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int = 320) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("mean", torch.zeros(DIM))
        self.register_buffer("scale", torch.ones(DIM))
        sizes = [(2 * FIRST + 1) * DIM, *([3 * width] * len(DILATIONS))]
        self.layers = nn.ModuleList(nn.Linear(size, width) for size in sizes)
        self.norms = nn.ModuleList(nn.BatchNorm1d(width, affine=False) for _ in sizes)
        self.plain = nn.Linear(width, PLAIN)
        self.final = nn.Linear(width, len(FINALS))
        self.tone = nn.Linear(width, len(TONES))

    def hidden(self, frames: Tensor, dropout: float = 0.0) -> Tensor:
        x = (frames - self.mean) * self.scale
        window = 2 * FIRST + 1
        x = x.unfold(1, window, SUBSAMPLE).transpose(2, 3).flatten(2)
        for index, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            if index:
                step = DILATIONS[index - 1] // SUBSAMPLE
                count = x.shape[1] - 2 * step
                x = torch.cat([x[:, i * step : i * step + count] for i in range(3)], dim=2)
            x = torch.relu(layer(x)).float()
            x = norm(x.flatten(0, 1)).view_as(x)
            if dropout and self.training:
                x = nn.functional.dropout(x, dropout)
        return x

    def logits(self, frames: Tensor, dropout: float = 0.0) -> Tensor:
        x = self.hidden(frames, dropout)
        tonal = self.final(x).unsqueeze(-1) + self.tone(x).unsqueeze(-2)
        return torch.cat([self.plain(x), tonal.flatten(-2)], dim=-1)

    def forward(self, frames: Tensor) -> Tensor:
        return torch.log_softmax(self.logits(frames).float(), dim=-1)

    def output_affine(self) -> tuple[Tensor, Tensor]:
        """The last layer as one matrix (pdfs, width) and bias (pdfs,)."""
        weight = self.final.weight.unsqueeze(1) + self.tone.weight.unsqueeze(0)
        bias = self.final.bias.unsqueeze(1) + self.tone.bias.unsqueeze(0)
        return (
            torch.cat([self.plain.weight, weight.flatten(0, 1)]).detach(),
            torch.cat([self.plain.bias, bias.flatten()]).detach(),
        )


def save(model: Tdnn, priors: Tensor, path: Path) -> None:
    """Write weights and the pdfs' share of training frames."""
    partial = path.with_suffix(".part")
    torch.save({"width": model.width, "state": model.state_dict(), "priors": priors}, partial)
    partial.replace(path)


def load(path: Path) -> tuple[Tdnn, Tensor]:
    data = torch.load(path, weights_only=True)
    model = Tdnn(data["width"])
    model.load_state_dict(data["state"])
    model.eval()
    return model, data["priors"]
