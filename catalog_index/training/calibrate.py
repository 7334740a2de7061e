"""Numbers that make probabilities honest: how sharp the scores should be, from development queries.

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
from catalog_index.loader import Catalog
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


LENIENCES = tuple(round(float(value), 1) for value in np.arange(0, 40.1, 0.5))


def names_only(catalog: Catalog) -> Catalog:
    """The catalog as a city's table has it: titles and records, no ways to ask."""
    subjects = tuple(
        subject.model_copy(
            update={
                "says": (),
                "utterances": (),
                "items": tuple(
                    item.model_copy(update={"says": (), "situations": (), "utterances": ()})
                    for item in subject.items
                ),
            }
        )
        for subject in catalog.subjects
    )
    return Catalog(subjects, f"{catalog.version}-names")


def best_lenience(engine: SearchEngine, asked: Sequence[Query]) -> tuple[float, float]:
    """By how much none of them must lose in this sparse catalog, and the mean negative log likelihood."""
    rows, rights = [], []
    strict = replace(engine.fusion, lenience=0.0)
    for query in asked:
        evidence = engine.evidence([(clean(query.text), 1.0)], {})
        logits = strict.logits(evidence.features, evidence.context)
        logits /= 1.0 + strict.softening * float(evidence.context[_TERSE])
        top = logits[:-1].max()
        right = logits[list(query.right)] if query.right else logits[-1:]
        # All that is needed of a query: the sum over items, over its right ones, and none.
        rows.append((float(np.log(np.exp(logits[:-1] - top).sum()) + top), float(logits[-1])))
        rights.append(float(np.log(np.exp(right - right.max()).sum()) + right.max()) if query.right else None)
    items, none = (np.array(column) for column in zip(*rows, strict=True))

    def loss(lenience: float) -> float:
        lowered = none - lenience * engine.fusion.sparse
        hit = np.array([own if own is not None else low for own, low in zip(rights, lowered, strict=True)])
        return float(np.mean(np.logaddexp(items, lowered) - hit))

    losses = {lenience: loss(lenience) for lenience in LENIENCES}
    best = min(losses, key=lambda one: losses[one])
    return best, losses[best]


def sharpened(fusion: Fusion, factor: float, softening: float, made: dict[str, object]) -> Fusion:
    """The fusion with all its scores multiplied, and with this softening in place of its own."""
    return replace(fusion.scaled(factor), made=fusion.made | made, softening=softening)
