"""Numbers that make probabilities honest: how sharp the scores should be, from development queries.

The weights are learned among the likeliest candidates alone, and a query of one or two words says less than
its perfect match with a phrase pretends. A common factor, and a softening by terseness, mend that; neither
changes a ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from catalog_index.documents import without_phrases
from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT
from catalog_index.fusion import Fusion
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.text import clean
from catalog_index.training.fusion import TERSE_WEIGHT, Query

FACTORS = tuple(round(float(factor), 2) for factor in np.arange(0.7, 2.51, 0.1))
SOFTENINGS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 12.0)
LENIENCES = tuple(round(float(value), 1) for value in np.arange(0, 40.1, 0.5))
_TINY = 1e-12
_TERSE = CONTEXT.index("terse")


def _scored(
    engine: SearchEngine, fusion: Fusion, asked: Sequence[Query]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], Floats]:
    """Scores and which of them are right, shape (queries, items + 1), none being last; how terse each is."""
    rows, terse = [], []
    right = np.zeros((len(asked), len(engine.catalog.items) + 1), np.bool_)
    for place, query in enumerate(asked):
        evidence = engine.evidence([(clean(query.text), 1.0)], {})
        view = evidence.views[0]
        rows.append(fusion.logits(view.features, view.context))
        right[place, list(query.right) or [-1]] = True
        terse.append(view.context[_TERSE])
    return np.stack(rows), right, np.array(terse, np.float32)


def best_sharpness(engine: SearchEngine, asked: Sequence[Query]) -> tuple[float, float, float]:
    """The factor and the softening with the least mean negative log likelihood, and that likelihood."""
    logits, right, terse = _scored(engine, engine.fusion, asked)
    short = terse.astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)

    def loss(factor: float, softening: float) -> float:
        weights = np.exp(logits * (factor / (1 + softening * short))[:, None])
        losses = np.log(weights.sum(axis=1)) - np.log((weights * right).sum(axis=1) + _TINY)
        return float(np.average(losses, weights=np.where(short > 0, TERSE_WEIGHT, 1.0)))

    losses = {(factor, soft): loss(factor, soft) for factor in FACTORS for soft in SOFTENINGS}
    best = min(losses, key=lambda one: losses[one])
    return *best, losses[best]


def names_only(catalog: Catalog) -> Catalog:
    """The catalog as a city's table has it: titles and records, no ways to ask."""
    return without_phrases(catalog, ("says", "situations", "utterances"))


def best_lenience(engine: SearchEngine, asked: Sequence[Query]) -> tuple[float, float]:
    """By how much none of them must lose in this sparse catalog, and the mean negative log likelihood."""
    strict = replace(engine.fusion, lenience=0.0)
    logits, right, terse = _scored(engine, strict, asked)
    logits /= (1.0 + strict.softening * terse)[:, None]
    # All that is needed of a query: the sum over items, over its right ones, and none.
    items, none, meant = logsumexp(logits[:, :-1], axis=1), logits[:, -1], ~right[:, -1]
    hit = logsumexp(np.where(right, logits, -np.inf), axis=1)

    def loss(lenience: float) -> float:
        lowered = none - lenience * engine.fusion.sparse
        return float(np.mean(np.logaddexp(items, lowered) - np.where(meant, hit, lowered)))

    losses = {lenience: loss(lenience) for lenience in LENIENCES}
    best = min(losses, key=lambda one: losses[one])
    return best, losses[best]


def sharpened(fusion: Fusion, factor: float, softening: float, made: dict[str, object]) -> Fusion:
    """The fusion with all its scores multiplied, and with this softening in place of its own."""
    return replace(fusion.scaled(factor), made=fusion.made | made, softening=softening)
