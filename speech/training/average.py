"""A running average of a network's weights: what many steps agree on, without the noise of the last few."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Average:
    """An exponential moving average of all weights and statistics of `model`.

    Args:
        keep: the share of the average that stays at each step; fewer at first, so that the beginning is
            forgotten.

    Example:
        >>> layer = nn.Linear(1, 1)
        >>> average = Average(layer)
        >>> average.add(layer)
        >>> average.put_into(layer)
    """

    def __init__(self, model: nn.Module, keep: float = 0.995) -> None:
        self.keep, self.steps = keep, 0
        self.state: dict[str, Tensor] = {
            name: value.detach().clone() for name, value in model.state_dict().items()
        }

    @torch.no_grad()
    def add(self, model: nn.Module) -> None:
        """The weights as they are now."""
        self.steps += 1
        share = 1.0 - min(self.keep, self.steps / (self.steps + 9))
        for name, value in model.state_dict().items():
            own = self.state[name]
            if own.is_floating_point():
                own.lerp_(value.detach(), share)
            else:
                own.copy_(value)

    def put_into(self, model: nn.Module) -> None:
        """Replaces the weights of `model` by their average."""
        model.load_state_dict(self.state)
