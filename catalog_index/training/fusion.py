"""Fits the fusion on development queries: what people ask, written apart from the catalog's phrases.

Some hundreds of weights are learned from thousands of queries; the encoder and the indexes have not seen any.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from catalog_index.channels import Channels
from catalog_index.encoder import Encoder
from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.fusion import Bend, Fusion
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.text import clean, strip_fillers

if TYPE_CHECKING:
    import torch

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
        engine.read_into(engine.exact.layout, features, text, {})
        rough = engine.fusion.rough(features)
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


# Units of the hidden layer; the more, the slower a query.
UNITS = 16


def fit(
    made: Sequence[Example], *, units: int = UNITS, decay: float = 0.1, steps: int = 300
) -> tuple[Fusion, float]:
    """A fusion by maximum likelihood, with a decay towards none of the weights (AdamW).

    Features are brought to one scale while they are weighed. Signs are fixed: more likeness never lowers an
    item, a broken facet never raises it.

    Args:
        units: of the hidden layer; 0: the scores are linear.

    Returns:
        The fusion and its mean negative log likelihood.
    """
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(7)
    features, absent, right = _padded(made)
    context = torch.from_numpy(np.stack([example.context for example in made]))
    weight = 1.0 + (TERSE_WEIGHT - 1.0) * (context[:, CONTEXT.index("terse")] > 0)
    present = features[~absent[:, :-1]]
    middle, scale = present.mean(dim=0), present.std(dim=0).clamp(min=1e-3)
    context_middle, context_scale = context.mean(dim=0), context.std(dim=0)
    constant = context_scale < 1e-3  # the bias
    context_middle[constant], context_scale[constant] = 0.0, 1.0
    features, context = (features - middle) / scale, (context - context_middle) / context_scale
    sign = torch.tensor([-1.0 if name in _NEGATIVE else 1.0 for name in FEATURES])

    def drawn(width: int) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.randn(units, width) * 0.2)

    def level(width: int, value: float = 0.0) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.full((width,), value))

    weights, none, out, none_out = level(len(FEATURES)), level(len(CONTEXT)), level(units, 0.05), level(units)
    wide, facts, none_wide = drawn(len(FEATURES)), drawn(len(CONTEXT)), drawn(len(CONTEXT))

    def loss() -> torch.Tensor:
        bent = torch.tanh(features @ wide.T + (context @ facts.T)[:, None]) @ out
        of_none = context @ none + torch.tanh(context @ none_wide.T) @ none_out
        logits = torch.cat([features @ weights + bent, of_none[:, None]], dim=1).masked_fill(absent, -1e4)
        hit = torch.logsumexp(logits.masked_fill(~right, -1e4), dim=1)
        return ((torch.logsumexp(logits, dim=1) - hit) * weight).sum() / weight.sum()

    hidden = [wide, facts, none_wide, out, none_out] if units else []
    optimizer = torch.optim.AdamW(
        [{"params": [weights, none], "lr": 0.1}, {"params": hidden, "lr": 0.02}], weight_decay=decay
    )
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.autograd.backward(loss())
        optimizer.step()
        plan.step()
        with torch.no_grad():
            weights.copy_((weights * sign).clamp(min=0.0) * sign)
            wide.copy_((wide * sign).clamp(min=0.0) * sign)
            out.clamp_(min=0.0)
    final = float(loss().detach())
    # Back to features as they are measured: what was taken off to centre them goes to the bias.
    bias = torch.zeros(len(CONTEXT))
    bias[CONTEXT.index("bias")] = 1.0
    plain, none_plain = weights / scale, none / context_scale
    # The linear item scores lose a constant by it, so none of them gains it.
    none_plain = none_plain + bias * ((plain * middle).sum() - (none_plain * context_middle).sum())
    facts_plain, none_wide_plain = facts / context_scale, none_wide / context_scale
    shift = (wide / scale) @ middle + facts_plain @ context_middle
    facts_plain = facts_plain - shift[:, None] * bias
    none_wide_plain = none_wide_plain - (none_wide_plain @ context_middle)[:, None] * bias
    arrays = [plain, none_plain, wide / scale, facts_plain, out, none_wide_plain, none_out]
    one, other, *bend = (np.asarray(values.detach().numpy(), np.float32) for values in arrays)
    return Fusion(one, other, bend=Bend(*bend)), final


def _padded(made: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features (queries, most, FEATURES), and which candidates, none being last, are absent or right."""
    import torch

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
    return features, absent, right
