from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.postings import Cosine, Postings

TOKENS = st.sampled_from(list("甲乙丙丁戊己"))
DOCUMENTS = st.lists(st.lists(TOKENS, min_size=1, max_size=6), min_size=1, max_size=8)


@given(
    st.lists(st.dictionaries(TOKENS, st.floats(0, 9)), max_size=8), st.dictionaries(TOKENS, st.floats(0, 9))
)
def test_dot_is_the_inner_product(documents: list[dict[str, float]], query: dict[str, float]) -> None:
    expected = [sum(query.get(token, 0.0) * weight for token, weight in one.items()) for one in documents]
    np.testing.assert_allclose(Postings.build(documents).dot(query), expected, rtol=1e-4, atol=1e-4)


@given(DOCUMENTS, st.lists(TOKENS, max_size=6))
def test_measures_are_shares(documents: list[list[str]], query: list[str]) -> None:
    cosine, held = Cosine.build(documents).measure(query)
    for scores in (cosine, held):
        assert scores.min() >= 0
        assert scores.max() <= 1 + 1e-5


@given(DOCUMENTS)
def test_a_document_is_most_like_itself(documents: list[list[str]]) -> None:
    index = Cosine.build(documents)
    for place, document in enumerate(documents):
        cosine, held = index.measure(document)
        assert abs(cosine[place] - 1) < 1e-4
        assert abs(held[place] - 1) < 1e-4


@given(DOCUMENTS, st.lists(TOKENS, max_size=6))
def test_saved_arrays_give_the_same_scores(documents: list[list[str]], query: list[str]) -> None:
    made = Postings.build([dict.fromkeys(one, 1.5) for one in documents])
    read = Postings.of_arrays(list(made.vocabulary), made.arrays())
    np.testing.assert_array_equal(made.dot(dict.fromkeys(query, 1.0)), read.dot(dict.fromkeys(query, 1.0)))
