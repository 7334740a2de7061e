from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.lexical import ASKED, FIELD_WEIGHTS, K1, Bm25

TOKENS = st.sampled_from(list("甲乙丙丁戊"))
ITEMS = st.lists(
    st.dictionaries(st.sampled_from(sorted(FIELD_WEIGHTS)), st.lists(TOKENS, max_size=5), min_size=1),
    min_size=1,
    max_size=6,
)


def brute_force(items: list[dict[str, list[str]]], query: set[str]) -> list[float]:
    """BM25F straight from its definition."""
    size = len(items)
    mean = {name: max(sum(len(i.get(name, [])) for i in items) / size, 1e-6) for name in FIELD_WEIGHTS}

    def tf(item: dict[str, list[str]], token: str) -> float:
        total = 0.0
        for name, tokens in item.items():
            weight, b = FIELD_WEIGHTS[name]
            total += weight * Counter(tokens)[token] / (1 - b + b * len(tokens) / mean[name])
        return total

    def idf(token: str) -> float:
        holding = sum(any(token in tokens for tokens in item.values()) for item in items)
        return math.log(1 + (size - holding + 0.5) / (holding + 0.5))

    most = max((K1 + 1) * sum(idf(token) for token in query), 1e-6)
    return [sum(idf(t) * tf(item, t) * (K1 + 1) / (K1 + tf(item, t)) for t in query) / most for item in items]


@given(ITEMS, st.sets(TOKENS, max_size=4))
def test_scores_are_bm25_by_definition(items: list[dict[str, list[str]]], query: set[str]) -> None:
    scores = Bm25.build(items).scores(sorted(query))
    np.testing.assert_allclose(scores, brute_force(items, query), rtol=1e-4, atol=1e-5)


def test_the_title_counts_more_than_a_material() -> None:
    items = [{"title": ["结婚证"], "materials": ["照片"]}, {"title": ["照片"], "materials": ["结婚证"]}]
    scores = Bm25.build(items).scores(["结婚证"])
    assert scores[0] > scores[1] > 0


def test_the_share_that_no_item_knows() -> None:
    index = Bm25.build([{"asked": ["甲"]}, {"asked": ["乙"]}], ASKED)
    assert index.measure(["甲", "乙"])[1] == 0
    assert 0 < index.measure(["甲", "天"])[1] < 1
    assert index.measure([])[1] == 1
