"""Two numbers that make probabilities honest: how sharp the scores should be, from development queries.

The weights are learned among the likeliest candidates alone, and a query of one or two words says less than
its perfect match with a phrase pretends. A common factor, and a softening by terseness, mend that; neither
changes a ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT
from catalog_index.fusion import Fusion
from catalog_index.text import clean
from catalog_index.training.fusion import TERSE_WEIGHT, Query

FACTORS = tuple(round(float(factor), 2) for factor in np.arange(0.7, 2.51, 0.1))
SOFTENINGS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0)
_TINY = 1e-12
_TERSE = CONTEXT.index("terse")


def best_sharpness(engine: SearchEngine, asked: Sequence[Query]) -> tuple[float, float, float]:
    """The factor and the softening with the least mean negative log likelihood, and that likelihood."""
    rows, terse = [], []
    right = np.zeros((len(asked), len(engine.catalog.items) + 1), np.bool_)
    for place, query in enumerate(asked):
        evidence = engine.evidence([(clean(query.text), 1.0)], {})
        rows.append(engine.fusion.logits(evidence.features, evidence.context))
        right[place, list(query.right) or [-1]] = True
        terse.append(float(evidence.context[_TERSE]))
    logits, short = np.stack(rows).astype(np.float64), np.array(terse)
    logits -= logits.max(axis=1, keepdims=True)

    def loss(factor: float, softening: float) -> float:
        weights = np.exp(logits * (factor / (1 + softening * short))[:, None])
        losses = np.log(weights.sum(axis=1)) - np.log((weights * right).sum(axis=1) + _TINY)
        return float(np.average(losses, weights=np.where(short > 0, TERSE_WEIGHT, 1.0)))

    losses = {(factor, soft): loss(factor, soft) for factor in FACTORS for soft in SOFTENINGS}
    best = min(losses, key=lambda one: losses[one])
    return *best, losses[best]


def sharpened(fusion: Fusion, factor: float, softening: float, made: dict[str, object]) -> Fusion:
    """The fusion with all its scores multiplied, and with this softening in place of its own."""
    return replace(fusion.scaled(factor), made=fusion.made | made, softening=softening)
