"""The acoustic network: a residual TDNN on 40 normalised MFCCs whose tones are a factor of their own.

Each block is factorised (Povey et al., Interspeech 2018): spliced frames go through a narrow linear layer,
then a wide one with batch normalisation and ReLU, and are added to the block's input. A tonal final's score
is the sum of its final's and its tone's score, so that every tone of every final is learned from all finals
and all tones, even the ones that no corpus holds. Whether a phone begins in a frame is a third factor: each
phone has two pdfs for Vosk, one for its first frame and one for the others, or a digit said twice (五五)
would be one long digit. It is still one affine layer when exported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from speech.training.cmvn import online_cmvn
from speech.training.dataset import CONTEXT, SUBSAMPLE, pad_tensor
from speech.training.features import DIM
from speech.training.phones import BASE, FINALS, TONAL, TONES

FIRST = 3
"""The first layer sees three frames to each side."""
STEPS = (3, 3, 3, 3, 6, 6, 6, 6)
"""Frames to each side of the following blocks; with the first they add up to CONTEXT."""
PLAIN = len(BASE) - len(TONAL)

if FIRST + sum(STEPS) != CONTEXT:
    raise AssertionError("the dataset's padding does not match the network's context")


class Block(nn.Module):
    """One factorised layer with a bypass: (batch, width, frames) to (batch, width, frames - 2·step)."""

    def __init__(self, width: int, narrow: int, step: int) -> None:
        super().__init__()
        self.step = step // SUBSAMPLE
        self.down = nn.Conv1d(width, narrow, 3, dilation=self.step, bias=False)
        self.up = nn.Conv1d(narrow, width, 1)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor, dropout: float) -> Tensor:
        y = torch.relu(self.norm(self.up(self.down(x))))
        if dropout and self.training:
            # One mask for all frames of a stream, as in the paper; and a fraction of the cost.
            kept = torch.rand(y.shape[0], y.shape[1], 1, device=y.device) >= dropout
            y = y * (kept / (1.0 - dropout))
        return x[:, :, self.step : x.shape[2] - self.step] + y


class Tdnn(nn.Module):
    """Log probabilities of phones.

    Input (batch, frames + 2·CONTEXT, 40) of normalised, padded MFCCs (see `prepared`), output (batch,
    ceil(frames / 3), phones). `mean` is the corpus's mean MFCC that online normalisation starts from, `scale`
    one over the deviation of what is left.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, width: int = 448, narrow: int = 128) -> None:
        super().__init__()
        self.width, self.narrow = width, narrow
        self.register_buffer("mean", torch.zeros(DIM))
        self.register_buffer("scale", torch.ones(DIM))
        self.first = nn.Conv1d(DIM, width, 2 * FIRST + 1, stride=SUBSAMPLE)
        self.first_norm = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList(Block(width, narrow, step) for step in STEPS)
        self.last_norm = nn.BatchNorm1d(width, affine=False)
        self.plain = nn.Linear(width, PLAIN)
        self.final = nn.Linear(width, len(FINALS))
        self.tone = nn.Linear(width, len(TONES))
        self.onset = nn.Linear(width, 2)

    def prepared(self, frames: Tensor) -> Tensor:
        """Raw MFCCs (frames, 40) as the network wants them: normalised as Vosk does, edges repeated."""
        return pad_tensor(online_cmvn(frames.unsqueeze(0), self.mean))

    def hidden(self, frames: Tensor, dropout: float = 0.0) -> Tensor:
        x = self.first((frames * self.scale).transpose(1, 2))
        x = torch.relu(self.first_norm(x))
        for block in self.blocks:
            x = block(x, dropout)
        normed: Tensor = self.last_norm(x)
        return normed.transpose(1, 2)

    def logits(self, frames: Tensor, dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """Of phones (batch, outputs, phones), and of a phone's first frame against its others (…, 2)."""
        x = self.hidden(frames, dropout)
        tonal = self.final(x).unsqueeze(-1) + self.tone(x).unsqueeze(-2)
        return torch.cat([self.plain(x), tonal.flatten(-2)], dim=-1), self.onset(x)

    def forward(self, frames: Tensor) -> Tensor:
        return torch.log_softmax(self.logits(frames)[0], dim=-1)

    def output_affine(self) -> tuple[Tensor, Tensor]:
        """The last layer as one matrix (2 · phones, width) and bias: all first frames, then all others."""
        weight = self.final.weight.unsqueeze(1) + self.tone.weight.unsqueeze(0)
        bias = self.final.bias.unsqueeze(1) + self.tone.bias.unsqueeze(0)
        weight = torch.cat([self.plain.weight, weight.flatten(0, 1)])
        bias = torch.cat([self.plain.bias, bias.flatten()])
        return (
            (self.onset.weight.unsqueeze(1) + weight.unsqueeze(0)).flatten(0, 1).detach(),
            (self.onset.bias.unsqueeze(1) + bias.unsqueeze(0)).flatten().detach(),
        )


@dataclass(frozen=True, slots=True)
class Priors:
    """Shares of training frames: of each phone (phones,), and of first frames among all."""

    phones: Tensor
    onset: float

    def softened(self, power: float) -> Priors:
        """Nearer to even: shares to a power below one. Divided by whole priors, rare phones win too often
        where the network is unsure, as it is of people it never met."""
        raised = self.phones**power
        return Priors(raised / raised.sum(), self.onset)

    def pdfs(self) -> Tensor:
        """Of each pdf, in the order of `Tdnn.output_affine`."""
        return torch.cat([self.phones * self.onset, self.phones * (1.0 - self.onset)])


def save(model: Tdnn, priors: Priors, path: Path) -> None:
    """Write weights and the shares of training frames."""
    partial = path.with_suffix(".part")
    data = {
        "width": model.width, "narrow": model.narrow, "state": model.state_dict(),
        "phones": priors.phones, "onset": priors.onset,
    }  # fmt: skip
    torch.save(data, partial)
    partial.replace(path)


def load(path: Path) -> tuple[Tdnn, Priors]:
    data = torch.load(path, weights_only=True)
    model = Tdnn(data["width"], data["narrow"])
    model.load_state_dict(data["state"])
    model.eval()
    return model, Priors(data["phones"], data["onset"])
