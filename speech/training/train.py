"""Frame-by-frame training on blocks of labelled features."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from speech.training.dataset import CONTEXT, SUBSAMPLE, Block
from speech.training.features import DIM
from speech.training.network import PLAIN, Tdnn
from speech.training.phones import BASE, TONES

log = logging.getLogger(__name__)
_IGNORE = -1
_BUCKET = 12
"""Lengths are rounded up to this many output frames: each new shape costs the CPU library a compilation."""
PRIOR_FLOOR = 1e-4


class Batches:
    """Batches of about `size` output frames, utterances of like length together, in a new order each time."""

    def __init__(self, blocks: Sequence[Block], weights: Sequence[float], size: int, seed: int) -> None:
        self.blocks, self.weights, self.size = blocks, weights, size
        self.random = np.random.default_rng(seed)

    def plan(self) -> list[list[tuple[int, int]]]:
        buckets: dict[int, list[tuple[int, int]]] = {}
        for number, (block, weight) in enumerate(zip(self.blocks, self.weights, strict=True)):
            lengths = -(-np.diff(block.label_at) // _BUCKET) * _BUCKET
            times = np.floor(weight + self.random.random(len(block))).astype(int)
            for row in np.repeat(np.arange(len(block)), times):
                buckets.setdefault(int(lengths[row]), []).append((number, int(row)))
        batches = []
        for length, rows in buckets.items():
            count = max(1, self.size // length)
            order = self.random.permutation(len(rows))
            batches += [[rows[i] for i in order[at : at + count]] for at in range(0, len(rows), count)]
        return [batches[i] for i in self.random.permutation(len(batches))]

    def load(self, batch: list[tuple[int, int]]) -> tuple[Tensor, Tensor]:
        parts = []
        for number, row in batch:
            block = self.blocks[number]
            parts.append(
                (
                    block.frames[block.frame_at[row] : block.frame_at[row + 1]],
                    block.labels[block.label_at[row] : block.label_at[row + 1]],
                )
            )
        outputs = -(-max(len(targets) for _, targets in parts) // _BUCKET) * _BUCKET
        frames = np.zeros((len(parts), (outputs - 1) * SUBSAMPLE + 1 + 2 * CONTEXT, DIM), np.float32)
        marks = np.full((len(parts), outputs), _IGNORE, np.int64)
        for index, (features, targets) in enumerate(parts):
            frames[index, : len(features)] = features
            frames[index, len(features) :] = features[-1]
            marks[index, : len(targets)] = targets
        # A smooth random colouring a recording: another microphone, distance or level each time it is seen.
        deviation = np.array([6.0, 4.0, 4.0, 3.0, 3.0, 2.0, 2.0, 1.5, 1.5, 1.0], np.float32)
        frames[:, :, :10] += self.random.standard_normal((len(parts), 1, 10)).astype(np.float32) * deviation
        return torch.from_numpy(frames), torch.from_numpy(marks)

    def epoch(self) -> Iterator[tuple[Tensor, Tensor]]:
        for batch in self.plan():
            yield self.load(batch)


def priors(blocks: Sequence[Block], weights: Sequence[float]) -> Tensor:
    """Each pdf's share of frames; tonal finals lean halfway on their tone's share over all finals."""
    counts = np.zeros(len(BASE))
    for block, weight in zip(blocks, weights, strict=True):
        counts += weight * np.bincount(block.labels, minlength=len(BASE))[: len(BASE)]
    share = counts / counts.sum()
    tonal = share[PLAIN:].reshape(-1, len(TONES))
    factored = tonal.sum(1, keepdims=True) * tonal.sum(0, keepdims=True) / max(tonal.sum(), 1e-9)
    share[PLAIN:] = (0.5 * tonal + 0.5 * factored).reshape(-1)
    return torch.tensor(np.maximum(share, PRIOR_FLOOR), dtype=torch.float32)


def train(
    blocks: Sequence[Block],
    weights: Sequence[float],
    *,
    width: int,
    seconds: float,
    rate: float = 2e-3,
    batch: int = 1600,
    start: Tdnn | None = None,
    seed: int = 1,
) -> Tdnn:
    """Train for `seconds` of wall time (whole schedule, cosine to nothing), from `start` or from nothing."""
    torch.manual_seed(seed)
    model = start or Tdnn(width)
    if start is None:
        sample = np.concatenate([block.frames[::50] for block in blocks]).astype(np.float32)
        model.mean.copy_(torch.from_numpy(sample.mean(0)))
        model.scale.copy_(torch.from_numpy(1.0 / sample.std(0)))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-3)
    batches = Batches(blocks, weights, batch, seed)
    began, step, shown = time.monotonic(), 0, 0.0
    mean_loss, mean_right, epoch = 0.0, 0.0, 0
    while True:
        epoch += 1
        for frames, targets in batches.epoch():
            spent = (time.monotonic() - began) / seconds
            if spent >= 1.0:
                return model.cpu().eval()
            warm = min(1.0, (step + 1) / 100)
            optimizer.param_groups[0]["lr"] = rate * warm * (0.5 + 0.5 * math.cos(math.pi * spent)) + 1e-6
            frames, targets = frames.to(device), targets.to(device)
            logits = model.logits(frames, dropout=0.05)
            loss = functional.cross_entropy(
                logits.flatten(0, 1).float(), targets.flatten(), ignore_index=_IGNORE
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            valid = targets != _IGNORE
            right = float((logits.argmax(-1)[valid] == targets[valid]).float().mean())
            step += 1
            keep = max(0.02, 1 / step)
            mean_loss += (float(loss.detach()) - mean_loss) * keep
            mean_right += (right - mean_right) * keep
            if spent - shown >= 0.05:
                shown = spent
                log.info(
                    "train: %3.0f %%, epoch %d, step %d, loss %.3f, frames right %.3f",
                    spent * 100, epoch, step, mean_loss, mean_right,
                )  # fmt: skip
