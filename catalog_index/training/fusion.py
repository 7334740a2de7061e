"""Fits the fusion on development queries: what people ask, written apart from the catalog's phrases.

A dozen and some weights are learned from thousands of queries; the encoder and the indexes have not seen any.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalog_index.channels import Channels
from catalog_index.encoder import Encoder
from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.fusion import Fusion
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.text import clean, strip_fillers

CANDIDATES = 64
# A query of a few words counts so often: people blurt them out far more than they were written down.
TERSE_WEIGHT = 5.0
_NEGATIVE = frozenset({"facets_broken"})
# About what fitting finds, so that the candidates of a query are the likely ones.
_START = {"facets_met": 1.0, "facets_broken": -1.0}
_SHARPNESS = 5.0


@dataclass(frozen=True)
class Query:
    """A training query: its text, and the rows of the right items (none: out of scope)."""

    text: str
    right: tuple[int, ...]


@dataclass(frozen=True)
class Example:
    """A query's candidates: features (candidates, FEATURES), context, and which candidates are right."""

    features: Floats
    context: Floats
    right: tuple[int, ...]


def examples(engine: SearchEngine, asked: Sequence[Query]) -> list[Example]:
    """Features of the likeliest candidates of each query, the right ones always among them."""
    made = []
    for query in asked:
        text = clean(query.text)
        features, context = engine.exact.features(strip_fillers(text))
        engine.read_into(engine.exact.layout, features, [text], {})
        rough = engine.fusion.scores(features)
        count = min(CANDIDATES, len(rough))
        chosen = list(dict.fromkeys([*np.argpartition(-rough, count - 1)[:count].tolist(), *query.right]))
        right = tuple(chosen.index(row) for row in query.right)
        made.append(Example(features[chosen], context, right))
    return made


def build_channels(catalog: Catalog, encoder: Encoder) -> Channels:
    """The channels over the catalog, for this run alone."""
    with tempfile.TemporaryDirectory() as cache:
        return Channels.build(catalog, encoder, Path(cache))


def development_queries(path: Path, catalog: Catalog) -> list[Query]:
    """What people ask, from a file of JSON Lines with `query`, `item` and `subject` (ids or null).

    A query that can only name a subject may end at any of its items; one that names nothing, nowhere.
    """
    place = {item.id: row for row, item in enumerate(catalog.items)}
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["item"] is not None:
            right: tuple[int, ...] = (place[record["item"]],)
        elif record["subject"] is not None:
            right = tuple(place[item.id] for item in catalog.subject(record["subject"]).items)
        else:
            right = ()
        found.append(Query(record["query"], right))
    return found


def rough_fusion() -> Fusion:
    """Weights to choose candidates with: every feature counts alike."""
    return Fusion(
        np.array([_START.get(name, _SHARPNESS) for name in FEATURES], np.float32),
        np.ones(len(CONTEXT), np.float32),
    )


def fit(made: Sequence[Example], *, decay: float = 1e-2, steps: int = 200) -> tuple[Floats, Floats, float]:
    """Weights by maximum likelihood, with a small decay towards none (AdamW).

    Features are brought to one scale while they are weighed. Signs are fixed: more likeness never lowers an
    item, a broken facet never raises it.

    Returns:
        (weights by FEATURES, weights by CONTEXT, mean negative log likelihood).
    """
    import torch

    torch.set_num_threads(1)
    most = max(len(example.features) for example in made)
    features = torch.zeros(len(made), most, len(FEATURES))
    absent = torch.ones(len(made), most + 1, dtype=torch.bool)
    right = torch.zeros(len(made), most + 1, dtype=torch.bool)
    for place, example in enumerate(made):
        size = len(example.features)
        features[place, :size] = torch.from_numpy(example.features)
        absent[place, :size] = False
        absent[place, most] = False
        right[place, list(example.right) or [most]] = True
    context = torch.from_numpy(np.stack([example.context for example in made]))
    weight = 1.0 + (TERSE_WEIGHT - 1.0) * (context[:, CONTEXT.index("terse")] > 0)
    scale = features[~absent[:, :-1]].std(dim=0).clamp(min=1e-3)
    context_scale = context.std(dim=0)
    context_scale[context_scale < 1e-3] = 1.0  # the bias
    features, context = features / scale, context / context_scale
    sign = torch.tensor([-1.0 if name in _NEGATIVE else 1.0 for name in FEATURES])
    weights = torch.zeros(len(FEATURES), requires_grad=True)
    none = torch.zeros(len(CONTEXT), requires_grad=True)

    def loss() -> torch.Tensor:
        logits = torch.cat([features @ weights, (context @ none)[:, None]], dim=1)
        logits = logits.masked_fill(absent, -1e4)
        hit = torch.logsumexp(logits.masked_fill(~right, -1e4), dim=1)
        return ((torch.logsumexp(logits, dim=1) - hit) * weight).sum() / weight.sum()

    optimizer = torch.optim.AdamW([weights, none], lr=0.1, weight_decay=decay)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.autograd.backward(loss())
        optimizer.step()
        plan.step()
        with torch.no_grad():
            weights.copy_((weights * sign).clamp(min=0.0) * sign)
    final = float(loss().detach())
    return (weights / scale).detach().numpy(), (none / context_scale).detach().numpy(), final
