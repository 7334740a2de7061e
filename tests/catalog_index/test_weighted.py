from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_index.lexical import FIELD_WEIGHTS, Bm25
from catalog_index.weighted import WeightedBuilder, WeightedIndex

TOKENS = st.sampled_from(list("甲乙丙丁戊"))
ITEMS = st.lists(
    st.dictionaries(st.sampled_from(sorted(FIELD_WEIGHTS)), st.lists(TOKENS, max_size=5)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(ITEMS, st.lists(TOKENS, max_size=4), st.integers(0, 6))
def test_scores_are_those_of_the_small_index(
    items: list[dict[str, list[str]]], query: list[str], cut: int
) -> None:
    builder, places = WeightedBuilder(), np.arange(len(items))
    blocks = [(0, min(cut, len(items))), (min(cut, len(items)), len(items))]
    for item in items:
        builder.add({name: builder.counts(tokens) for name, tokens in item.items()})
    with tempfile.TemporaryDirectory() as folder:
        builder.save(Path(folder), "x")
        scores, unknown = WeightedIndex.load(Path(folder), "x").measure([*query, "天"], places, blocks)
    expected, strange = Bm25.build(items).measure([*query, "天"])
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)
    assert unknown == pytest.approx(strange, rel=1e-4)
