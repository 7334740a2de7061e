"""Frame-by-frame training on streams whose voices and rooms are made anew for every batch."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from speech.training.average import Average
from speech.training.network import PLAIN, Priors, Tdnn
from speech.training.perturb import cepstra, features
from speech.training.phones import BASE, TONES
from speech.training.spectra import Corpus, Streams
from speech.training.types import Perturbation

log = logging.getLogger(__name__)
PRIOR_FLOOR = 1e-4
_STEPS_SHOWN = 100
_WARM_UP = 200
_SAVE_S = 300.0
"""How often a long training writes down where it is."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast.

    Args:
        seconds: of wall time, the whole cosine schedule; what an interrupted run had spent counts.
        steps: the schedule's length instead, where trainings are to be compared; 0: as many as there is time.
        rate: highest learning rate.
        batch: streams a step.
        dropout: of each block's branch.
        toneless: weight of the error in the phone without its tone, beside that of the phone with it.
    """

    seconds: float = math.inf
    steps: int = 0
    rate: float = 2e-3
    batch: int = 20
    dropout: float = 0.05
    toneless: float = 0.3
    seed: int = 1

    def spent(self, seconds: float, steps: int) -> float:
        """The share of the schedule that is over.

        >>> Schedule(steps=200).spent(60.0, 50), Schedule(120.0).spent(60.0, 50)
        (0.25, 0.5)
        """
        if self.steps:
            return steps / self.steps
        return seconds / self.seconds if self.seconds else 1.0

    @property
    def warm_up(self) -> int:
        """Steps until the highest rate is reached."""
        return min(_WARM_UP, self.steps // 10) if self.steps else _WARM_UP


def priors(corpora: Sequence[Corpus], shares: Sequence[float]) -> Priors:
    """Shares of frames; tonal finals lean halfway on their tone's share over all finals."""
    share = np.zeros(len(BASE))
    for corpus, weight in zip(corpora, shares, strict=True):
        counts = corpus.label_counts(len(BASE))
        share += weight * counts / max(counts.sum(), 1.0)
    share /= share.sum()
    tonal = share[PLAIN:].reshape(-1, len(TONES))
    factored = tonal.sum(1, keepdims=True) * tonal.sum(0, keepdims=True) / max(tonal.sum(), 1e-9)
    share[PLAIN:] = (0.5 * tonal + 0.5 * factored).reshape(-1)
    phones = torch.tensor(np.maximum(share, PRIOR_FLOOR), dtype=torch.float32)
    streams = Streams(corpora, shares, 200, seed=0)
    return Priors(phones, float(next(iter(streams))[2].mean()))


def _ahead(streams: Streams) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The next batches are read from disk while the network works."""
    ready: Queue[tuple[Tensor, Tensor, Tensor]] = Queue(4)

    def fill() -> None:
        for spectra, labels, begins in streams:
            ready.put((torch.from_numpy(spectra), torch.from_numpy(labels), torch.from_numpy(begins)))

    Thread(target=fill, daemon=True, name="streams").start()
    while True:
        yield ready.get()


def _normalise(model: Tdnn, streams: Streams, random: torch.Generator, how: Perturbation) -> None:
    """Where online normalisation starts, and the deviation of what it leaves."""
    batches = [torch.from_numpy(spectra) for (spectra, _, _), _ in zip(streams, range(8), strict=False)]
    model.mean.copy_(torch.cat([cepstra(batch, random, how).flatten(0, 1) for batch in batches]).mean(0))
    left = torch.cat([features(batch, model.mean, random, how).flatten(0, 1) for batch in batches])
    model.scale.copy_(1.0 / left.std(0))


def toneless_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of phones whose tones do not count.

    Args:
        logits: (…, phones). targets: (…,) phones with their tones.
    """
    finals = logits[..., PLAIN:].reshape(*logits.shape[:-1], -1, len(TONES)).logsumexp(-1)
    groups = torch.where(targets < PLAIN, targets, PLAIN + (targets - PLAIN) // len(TONES))
    together = torch.cat([logits[..., :PLAIN], finals], dim=-1)
    return functional.cross_entropy(together.flatten(0, -2), groups.flatten())


def some_features(
    corpora: Sequence[Corpus], shares: Sequence[float], mean: Tensor, how: Perturbation, count: int = 8
) -> list[Tensor]:
    """A few batches as training will see them, for `unfold.revive`."""
    streams, random = Streams(corpora, shares, 10, seed=3), torch.Generator().manual_seed(3)
    drawn = (spectra for (spectra, _, _), _ in zip(streams, range(count), strict=False))
    return [features(torch.from_numpy(spectra), mean, random, how) for spectra in drawn]


def train(
    corpora: Sequence[Corpus],
    shares: Sequence[float],
    schedule: Schedule,
    *,
    model: Tdnn,
    fresh: bool,
    how: Perturbation,
    checkpoint: Path,
) -> Tdnn:
    """Train `model` (from nothing if `fresh`), resuming from `checkpoint` if that is there.

    Returns:
        The running average of its weights.
    """
    torch.manual_seed(schedule.seed)
    random = torch.Generator().manual_seed(schedule.seed)
    streams = Streams(corpora, shares, schedule.batch, schedule.seed)
    if fresh:
        _normalise(model, streams, random, how)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=schedule.rate, weight_decay=1e-3)
    average = Average(model)
    spent, step, mean_loss, mean_right = 0.0, 0, 0.0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.state, average.steps = saved["average"], saved["step"]
        spent, step, mean_loss, mean_right = saved["spent"], saved["step"], saved["loss"], saved["right"]
        random.manual_seed(schedule.seed + step)
        streams.random = np.random.default_rng(schedule.seed + step)
        log.info("train: goes on at step %d, %.0f %%", step, 100 * schedule.spent(spent, step))
    before, saved_at = time.monotonic(), spent
    for spectra, labels, begins in _ahead(streams):
        now = time.monotonic()
        spent, before = spent + now - before, now
        over = schedule.spent(spent, step)
        if over >= 1.0:
            break
        warm = min(1.0, (step + 1) / max(1, schedule.warm_up))
        rate = schedule.rate * warm * (0.5 + 0.5 * math.cos(math.pi * over)) + 1e-6
        optimizer.param_groups[0]["lr"] = rate
        with torch.no_grad():
            frames = features(spectra, model.mean.cpu(), random, how)
        targets = labels.to(device)
        logits, onset = model.logits(frames.to(device), dropout=schedule.dropout)
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        loss = loss + schedule.toneless * toneless_loss(logits, targets)
        loss = loss + functional.cross_entropy(onset.flatten(0, 1), begins.to(device).flatten().neg() + 1)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimizer.step()
        average.add(model)
        step += 1
        keep = max(0.01, 1 / step)
        mean_loss += (float(loss.detach()) - mean_loss) * keep
        mean_right += (float((logits.argmax(-1) == targets).float().mean()) - mean_right) * keep
        if step % _STEPS_SHOWN == 0:
            log.info(
                "train: %3.0f %%, step %d, loss %.3f, frames right %.3f",
                100 * over, step, mean_loss, mean_right,
            )  # fmt: skip
        if spent - saved_at > _SAVE_S:
            saved_at = spent
            state = {
                "model": model.state_dict(), "optimizer": optimizer.state_dict(), "spent": spent,
                "step": step, "loss": mean_loss, "right": mean_right, "average": average.state,
            }  # fmt: skip
            partial = checkpoint.with_suffix(".part")
            torch.save(state, partial)
            partial.replace(checkpoint)
    checkpoint.unlink(missing_ok=True)
    average.put_into(model)
    return model.cpu().eval()
