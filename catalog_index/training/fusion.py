"""Fits the fusion on development queries, or on the catalog's own phrases where there are none yet.

Each phrase is hidden from the index while it is the query. The encoder has learned from the same phrases,
which would make its channel look better than it is; therefore the phrases are split into folds, and each
fold's features come from an encoder that has not seen it.
"""

from __future__ import annotations

import json
import logging
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from catalog_index.channels import CONTEXT, FEATURES, Channels, Hidden
from catalog_index.encoder import Encoder
from catalog_index.engine import SearchEngine
from catalog_index.fusion import Fusion
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.text import clean, strip_fillers
from catalog_index.training.homophones import Homophones

log = logging.getLogger(__name__)
CANDIDATES = 64
FOLDS = 2
_NEGATIVE = frozenset({"facets_broken"})
_START = {"facets_met": 1.0, "facets_broken": -3.0}


@dataclass(frozen=True)
class Query:
    """A training query: its text, what to hide, and the rows of the right items (none: out of scope)."""

    text: str
    hidden: Hidden
    right: tuple[int, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Example:
    """A query's candidates: features (candidates, FEATURES), context, and which candidates are right."""

    features: Floats
    context: Floats
    right: tuple[int, ...]
    weight: float


def out_of_scope() -> list[str]:
    path = Path(__file__).with_name("out_of_scope.txt")
    return [
        line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def in_fold(text: str, fold: int) -> bool:
    """A phrase's fold depends on its text only."""
    return sum(text.encode()) % FOLDS == fold


def held_out(catalog: Catalog, fold: int) -> frozenset[str]:
    """The phrases of one fold."""
    texts = [text for subject in catalog.subjects for text in subject.says]
    texts += [text for item in catalog.items for text in (*item.says, *item.situations)]
    return frozenset(text for text in texts if in_fold(text, fold))


def queries(channels: Channels, chosen: Callable[[str], bool], seed: int) -> list[Query]:
    """The catalog's phrases as queries, alone, in pairs, and mis-heard; without titles."""
    chance = random.Random(seed)
    found: list[Query] = []
    phrases = channels.item_phrases
    heard = Homophones([phrase.text for phrase in phrases], seed)
    previous: int | None = None
    for place, phrase in enumerate(phrases):
        if phrase.kind == "title":
            previous = None
            continue
        if chosen(phrase.text):
            hidden, right = Hidden((place,)), (phrase.owner,)
            found.append(Query(phrase.text, hidden, right))
            if chance.random() < 0.3:
                found.append(Query(heard.mishear(phrase.text, 0.3), hidden, right, 0.5))
            if previous is not None and chance.random() < 0.25:
                both = f"{phrases[previous].text}，{phrase.text}"
                found.append(Query(both, Hidden((previous, place)), right, 0.5))
            previous = place
    rows = [tuple(np.flatnonzero(channels.subject_of == s).tolist()) for s in range(channels.subject_count)]
    for place, phrase in enumerate(channels.subject_phrases):
        if chosen(phrase.text):
            found.append(Query(phrase.text, Hidden((), (place,)), rows[phrase.owner]))
    return found


def examples(engine: SearchEngine, asked: Sequence[Query]) -> list[Example]:
    """Features of the likeliest candidates of each query, the right ones always among them."""
    made = []
    for query in asked:
        text = clean(query.text)
        features, context = engine.exact.features(strip_fillers(text), query.hidden)
        engine.read_into(engine.exact.layout, features, [text], {})
        rough = engine.fusion.scores(features)
        count = min(CANDIDATES, len(rough))
        chosen = list(dict.fromkeys([*np.argpartition(-rough, count - 1)[:count].tolist(), *query.right]))
        right = tuple(chosen.index(row) for row in query.right)
        made.append(Example(features[chosen], context, right, query.weight))
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
        found.append(Query(record["query"], Hidden(), right))
    return found


def collect_development(catalog: Catalog, encoder: Encoder, path: Path) -> list[Example]:
    """Examples from development queries; they are nobody's phrases, so nothing is hidden."""
    engine = SearchEngine(catalog, build_channels(catalog, encoder), rough_fusion())
    return examples(engine, development_queries(path, catalog))


def rough_fusion() -> Fusion:
    """Weights to start from: every feature counts alike."""
    return Fusion(
        np.array([_START.get(name, 1.0) for name in FEATURES], np.float32), np.ones(len(CONTEXT), np.float32)
    )


def collect(catalog: Catalog, encoder: Encoder, chosen: Callable[[str], bool], seed: int) -> list[Example]:
    """Examples from all phrases that `chosen` accepts, and the out-of-scope sentences, with this encoder."""
    channels = build_channels(catalog, encoder)
    engine = SearchEngine(catalog, channels, rough_fusion())
    asked = queries(channels, chosen, seed)
    refused = [Query(text, Hidden(), ()) for text in out_of_scope() if chosen(text)]
    log.info("%d queries and %d out of scope", len(asked), len(refused))
    return examples(engine, [*asked, *refused])


def fit(made: Sequence[Example], *, penalty: float = 2e-3, steps: int = 250) -> tuple[Floats, Floats, float]:
    """Weights by maximum likelihood, with a small quadratic penalty.

    Signs are fixed: more likeness never lowers an item, a broken facet never raises it.

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
    weight = torch.tensor([example.weight for example in made])
    sign = torch.tensor([-1.0 if name in _NEGATIVE else 1.0 for name in FEATURES])
    weights = torch.tensor([_START.get(name, 1.0) for name in FEATURES], requires_grad=True)
    none = torch.zeros(len(CONTEXT), requires_grad=True)

    def loss() -> torch.Tensor:
        logits = torch.cat([features @ weights, (context @ none)[:, None]], dim=1)
        logits = logits.masked_fill(absent, -1e4)
        hit = torch.logsumexp(logits.masked_fill(~right, -1e4), dim=1)
        return ((torch.logsumexp(logits, dim=1) - hit) * weight).sum() / weight.sum()

    optimizer = torch.optim.Adam([weights, none], lr=0.1)
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        value = loss() + penalty * (weights.square().mean() + none.square().mean())
        torch.autograd.backward(value)
        optimizer.step()
        plan.step()
        with torch.no_grad():
            weights.copy_((weights * sign).clamp(min=0.0) * sign)
    final = float(loss().detach())
    return weights.detach().numpy(), none.detach().numpy(), final
