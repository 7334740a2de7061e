"""What the fusion weighs: a row of features for every item, and a few facts about the query itself.

Both kinds of index, the exact one of a city (`catalog_index.channels`) and the one of any size
(`catalog_index.wide`), measure their parts in their own way and put them together here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from catalog_index.postings import Floats

FEATURES = (
    # words: of the item's record, of all ways to ask for it, and how the latter sound
    "fields", "asked", "sound",
    # meaning: the nearest way to ask for it, the mean of the three nearest, their centre, the title
    "nearest", "near", "centre", "title",
    # the item's subject, and its best sibling
    "subject_centre", "subject_words", "subject_held", "subject_sound", "kin_asked",
    # facet answers read from the query that the item has, and those that it contradicts
    "facets_met", "facets_broken",
)  # fmt: skip
CONTEXT = (
    "bias", "unknown", "nearest_gap", "centre_gap", "asked_gap", "sound_gap",
    "outside_nearest", "outside_odds", "brevity", "terse",
)  # fmt: skip
FACETS_AT = FEATURES.index("facets_met")
# So many of an item's nearest phrases make `near`.
NEAREST = 3
# Tokens of a short phrase; a query of fewer is terse.
PHRASE = 6

# So many ways to ask for an item are plenty.
PLENTY = 20


def sparseness(phrases: int, items: int) -> float:
    """How little a catalog says of its items: 1 where they have their titles alone, 0 where plenty."""
    return max(0.0, 1.0 - math.log(max(phrases / max(items, 1), 1.0)) / math.log(PLENTY))


def matrix(columns: Mapping[str, Floats], count: int) -> Floats:
    """Features of `count` items, shape (count, FEATURES); the two facet columns are left zero.

    Args:
        columns: shape (count,) each, by name.
    """
    made = np.zeros((count, len(FEATURES)), np.float32)
    for at, name in enumerate(FEATURES[:FACETS_AT]):
        made[:, at] = columns[name]
    return made


def context(
    columns: Mapping[str, Floats], *, unknown: float, tokens: int, outside: tuple[float, float]
) -> Floats:
    """Facts about the query, shape (CONTEXT,).

    Args:
        columns: as for `matrix`. unknown: share of the query's weight that no item's words have.
        tokens: how many the query has. outside: as `catalog_index.outside.Outside.measure` gives it.
    """
    gaps = [
        1.0 - (float(columns[name].max()) if len(columns[name]) else 0.0)
        for name in ("nearest", "centre", "asked", "sound")
    ]
    # How short it is, in two pieces: a sentence's length, and how much less than a phrase it is.
    brevity, terse = max(tokens, PHRASE) ** -0.5, max(tokens, 1) ** -0.5 - PHRASE**-0.5
    return np.array([1.0, unknown, *gaps, *outside, brevity, max(terse, 0.0)], np.float32)


def nearest_of_items(
    similarities: Floats, owners: npt.NDArray[np.int64], count: int, floor: float
) -> tuple[Floats, Floats]:
    """Each item's best phrase, and the mean of its three best; one that is no neighbour counts `floor`.

    Args:
        similarities: of phrases, the highest first. owners: their items' places.

    Returns:
        Two arrays of shape (count,).
    """
    order = np.argsort(owners, kind="stable")
    own = owners[order]
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    rank = np.arange(len(own)) - np.repeat(starts, np.diff(np.append(starts, len(own))))
    best, near = np.full(count, floor, np.float32), np.zeros(count, np.float32)
    best[own[starts]] = similarities[order][starts]
    kept = rank < NEAREST
    near += np.bincount(own[kept], similarities[order][kept] - floor, count).astype(np.float32)
    return best, near / np.float32(NEAREST) + np.float32(floor)
