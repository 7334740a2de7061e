"""What each channel brings: it is left out, and everything else is fitted again without it.

Cross-validated over the development queries: the weights and the sharpness that a query is measured with come
from queries about other subjects alone. The encoder is the same throughout; it has seen no query.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.search import Quality, Query, Steps, measure
from catalog_index.channels import Channels
from catalog_index.documents import without_phrases
from catalog_index.encoder import load_encoder
from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.layout import Layout
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.text import clean
from catalog_index.training.calibrate import best_sharpness, sharpened
from catalog_index.training.fusion import Example, examples, fit, rough_fusion
from catalog_index.training.fusion import Query as Fitted

# The share of what is in scope that may be refused, where refusals are compared.
IN_SCOPE_REFUSED = 0.02
# Every third query sets the sharpness: two numbers need no more, and all of them take long.
_CALIBRATION_STEP = 3
_SEED = 7
# Of the fusion's hidden layer: without one, fitting fifty times takes minutes and not hours.
UNITS = 0


@dataclass(frozen=True)
class Variant:
    """The search without something.

    Attributes:
        without: names of `FEATURES` and `CONTEXT` that say nothing.
        index: which catalog is indexed, a name of `INDEXED`.
    """

    title: str
    without: frozenset[str] = frozenset()
    index: str = "whole"


_SUBJECT = {"subject_centre", "subject_words", "subject_held", "subject_sound", "kin_asked"}
CHANNELS = {
    "words": {"fields", "asked", "subject_words", "subject_held", "kin_asked", "unknown", "asked_gap"},
    "meaning": {"nearest", "near", "centre", "title", "subject_centre", "nearest_gap", "centre_gap"},
    "sound": {"sound", "subject_sound", "sound_gap"},
    "the item's subject and siblings": _SUBJECT,
    "facet answers read from the query": {"facets_met", "facets_broken"},
    "what is outside": {"outside_nearest", "outside_odds"},
}
VARIANTS = (
    Variant("everything"),
    *(Variant(f"without {name}", frozenset(own)) for name, own in CHANNELS.items()),
    # Sound spells the words too, so each of the two stands in for the other.
    Variant("without words and sound", frozenset(CHANNELS["words"] | CHANNELS["sound"])),
    Variant("without utterances", index="no utterances"),
    Variant("without utterances and situations", index="names only"),
)


INDEXED: dict[str, Callable[[Catalog], Catalog]] = {
    "whole": lambda catalog: catalog,
    "no utterances": lambda catalog: without_phrases(catalog, ("utterances",)),
    "names only": lambda catalog: without_phrases(catalog, ("utterances", "situations")),
}

Kept = dict[str, tuple[Floats, Floats]]


class Remembered(Channels):
    """Channels that measure a text once, and say nothing by the names left out.

    Args:
        kept: what was measured, by text; variants over one catalog share it.
    """

    def __init__(self, whole: Channels, kept: Kept, without: frozenset[str]) -> None:
        vars(self).update(vars(whole))
        self._kept = kept
        self._silent = [place for place, name in enumerate(FEATURES) if name in without]
        self._silent_facts = [place for place, name in enumerate(CONTEXT) if name in without]

    def features(self, text: str) -> tuple[Floats, Floats]:
        if text not in self._kept:
            self._kept[text] = super().features(text)
        features, facts = (array.copy() for array in self._kept[text])
        features[:, self._silent] = 0.0
        facts[self._silent_facts] = 0.0
        return features, facts


@dataclass
class Row:
    """A variant measured.

    Attributes:
        kinds: quality by kind of query, and of "all".
        none: (probability that nothing is meant, is it so) of each query.
    """

    variant: Variant
    kinds: dict[str, Quality] = field(default_factory=lambda: defaultdict(Quality))
    steps: Steps = field(default_factory=Steps)
    none: list[tuple[float, bool]] = field(default_factory=list)

    def refused(self) -> float:
        """Share of what is outside that is refused where `IN_SCOPE_REFUSED` of the rest is."""
        inside = [share for share, outside in self.none if not outside]
        outside = np.array([share for share, outside in self.none if outside])
        limit = np.quantile(inside, 1 - IN_SCOPE_REFUSED, method="higher")
        return float((outside > limit).mean()) if len(outside) else 0.0

    def record(self) -> dict[str, Any]:
        """One line of `--json`."""
        made: dict[str, Any] = {"bench": "search-ablation", "variant": self.variant.title}
        shares = self.steps.shares()
        del shares["p50_ms"], shares["p95_ms"]
        made |= self.kinds["all"].shares() | shares | {"refused_at_2_percent": round(self.refused(), 4)}
        made["kinds"] = {kind: own.shares() for kind, own in self.kinds.items() if kind != "all"}
        return made


def folds(catalog: Catalog, queries: Sequence[Query], count: int) -> list[list[int]]:
    """Places of the queries in so many parts; all that mean one subject are in one part."""
    chance = Random(_SEED)
    places = {subject.id: place for place, subject in enumerate(catalog.subjects)}
    parts = list(range(len(places)))
    chance.shuffle(parts)
    made: list[list[int]] = [[] for _ in range(count)]
    for place, query in enumerate(queries):
        subject = catalog.item(query.item).subject_id if query.item else query.subject
        made[(parts[places[subject]] if subject else place) % count].append(place)
    return made


def _fitted(layout: Layout, query: Query) -> Fitted:
    if query.item is not None:
        return Fitted(query.query, (layout.item_place[query.item],))
    if query.subject is not None:
        return Fitted(query.query, tuple(layout.rows[layout.subject_place[query.subject]]))
    return Fitted(query.query, ())


def measure_ablation(
    catalog: Catalog,
    queries: Sequence[Query],
    encoder: str | None,
    count: int,
    progress: Callable[[int], object],
) -> list[Row]:
    """A row for each of `VARIANTS`.

    Args:
        encoder: as `settings.encoder`. count: of folds. progress: told when a fold is done.
    """
    rows = {}
    loaded = load_encoder(encoder)
    for name, make in INDEXED.items():
        own = make(catalog)
        with tempfile.TemporaryDirectory() as folder:
            whole, kept = Channels.build(own, loaded, Path(folder)), Kept()
            for variant in VARIANTS:
                if variant.index == name:
                    rows[variant] = _measured(variant, whole, kept, own, queries, count, progress)
    return [rows[variant] for variant in VARIANTS]


def _measured(
    variant: Variant,
    whole: Channels,
    kept: Kept,
    catalog: Catalog,
    queries: Sequence[Query],
    count: int,
    progress: Callable[[int], object],
) -> Row:
    channels = Remembered(whole, kept, variant.without)
    asked = [_fitted(channels.layout, query) for query in queries]
    made = _silenced(examples(SearchEngine(catalog, channels, rough_fusion()), asked), variant.without)
    row = Row(variant)
    for held in folds(catalog, queries, count):
        measured = set(held)
        others = [place for place in range(len(queries)) if place not in measured]
        fusion, _ = fit([made[place] for place in others], units=UNITS)
        engine = SearchEngine(catalog, channels, fusion.without(variant.without))
        some = [asked[place] for place in others[::_CALIBRATION_STEP]]
        factor, softening, _ = best_sharpness(engine, some)
        engine = SearchEngine(catalog, channels, sharpened(engine.fusion, factor, softening, {}))
        by_kind, steps = measure(engine, [queries[place] for place in held])
        for kind, quality in by_kind.items():
            _add(row.kinds[kind], quality)
        _add(row.steps, steps)
        row.none += [(_none(engine, queries[place]), not asked[place].right) for place in held]
        progress(1)
    return row


def _silenced(made: Sequence[Example], without: frozenset[str]) -> list[Example]:
    """The examples without facets too, which are read after the channels have measured."""
    silent = [place for place, name in enumerate(FEATURES) if name in without]
    for example in made:
        example.features[:, silent] = 0.0
    return list(made)


def _none(engine: SearchEngine, query: Query) -> float:
    evidence = engine.evidence([(clean(query.query), 1.0)], {})
    return evidence.probabilities(engine.fusion)[1]


def _add(total: Quality | Steps, more: Quality | Steps) -> None:
    """Adds numbers and lists alike; both of one kind."""
    for one in fields(total):
        setattr(total, one.name, getattr(total, one.name) + getattr(more, one.name))


def difference(whole: Row, row: Row) -> tuple[float, float]:
    """Points of the right item first that `row` is better than `whole`, and their standard error."""
    pairs = zip(whole.steps.sure, row.steps.sure, strict=True)
    changed = np.array([int(own) - int(before) for (_, before), (_, own) in pairs])
    items = max(row.steps.items, 1)
    return 100 * float(changed.sum()) / items, 100 * float((changed**2).sum()) ** 0.5 / items
