"""One number that makes probabilities honest: how sharp the scores should be, from development queries.

Phrases of the catalog that are hidden from the index are harder than what people ask of the whole index, so
weights learned from them are too shy. A common factor on all scores mends that and changes no ranking.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalog_index.engine import SearchEngine
from catalog_index.fusion import Fusion
from catalog_index.text import clean

FACTORS = tuple(round(float(factor), 2) for factor in np.arange(0.7, 2.01, 0.05))


@dataclass(frozen=True)
class Known:
    """A development query's text and the place of its item, -1 if it is out of scope."""

    text: str
    place: int


def read_known(path: Path, engine: SearchEngine) -> list[Known]:
    """Queries that name an item or are out of scope; those that can only name a subject are left out."""
    known = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["item"] is not None:
            known.append(Known(clean(record["query"]), engine.exact.layout.item_place[record["item"]]))
        elif record["subject"] is None:
            known.append(Known(clean(record["query"]), -1))
    return known


def best_factor(engine: SearchEngine, known: list[Known]) -> tuple[float, float]:
    """The factor with the least mean negative log likelihood, and that likelihood."""
    rows, places = [], []
    for query in known:
        evidence = engine.evidence([(query.text, 1.0)], {})
        none = float(evidence.context @ engine.fusion.none_weights)
        rows.append(np.append(engine.fusion.scores(evidence.features), none).astype(np.float64))
        places.append(query.place)
    logits, right = np.stack(rows), np.array(places)
    logits -= logits.max(axis=1, keepdims=True)
    hit = logits[np.arange(len(right)), right]

    def loss(factor: float) -> float:
        return float((np.log(np.exp(logits * factor).sum(axis=1)) - hit * factor).mean())

    losses = {factor: loss(factor) for factor in FACTORS}
    best = min(losses, key=lambda factor: losses[factor])
    return best, losses[best]


def sharpened(fusion: Fusion, factor: float, made: dict[str, object]) -> Fusion:
    """The fusion with all its scores multiplied."""
    return Fusion(
        fusion.weights * np.float32(factor), fusion.none_weights * np.float32(factor), fusion.made | made
    )
