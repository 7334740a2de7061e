from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_index.postings import Cosine
from catalog_index.sparse import SparseBuilder, SparseIndex, sums

TOKENS = st.sampled_from(list("甲乙丙丁戊己"))
DOCUMENTS = st.lists(st.lists(TOKENS, max_size=6), min_size=1, max_size=12)


@contextmanager
def built(documents: list[list[str]]) -> Iterator[SparseIndex]:
    builder = SparseBuilder()
    for tokens in documents:
        builder.add(builder.rows(tokens))
    with tempfile.TemporaryDirectory() as folder:
        yield builder.save(Path(folder), "x")


# The first build imports SciPy.
@settings(deadline=None)
@given(DOCUMENTS, st.lists(TOKENS, max_size=6), st.data())
def test_measures_are_those_of_the_small_index(
    documents: list[list[str]], query: list[str], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(documents) - 1))
    blocks = [(0, cut), (cut, len(documents))]
    small = Cosine.build(documents)
    with built(documents) as index:
        asked = index.query([*query, "天"])
        measured = index.measure(asked, np.arange(len(documents)), blocks)
    expected = small.measure([*query, "天"])
    for one, other in zip(measured, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@settings(deadline=None)
@given(DOCUMENTS, st.lists(TOKENS, max_size=6))
def test_read_as_a_whole_the_candidates_are_all_that_share_a_token(
    documents: list[list[str]], query: list[str]
) -> None:
    with built(documents) as index:
        asked = index.query(query)
        found, cosines = index.candidates(asked, top=99)
        again, _ = index.candidates(asked, top=99)
        exact, _ = index.measure(asked, np.arange(len(documents)), [(0, len(documents))])
    sharing = [place for place, tokens in enumerate(documents) if set(tokens) & set(query)]
    assert sorted(found.tolist()) == sorted(again.tolist()) == sharing
    np.testing.assert_allclose(cosines, exact[found], rtol=1e-4, atol=1e-5)


def test_the_best_are_kept() -> None:
    with built([["甲", "乙"], ["甲", "乙", "丙"], ["甲"], ["己"]]) as index:
        found, _ = index.candidates(index.query(["甲", "乙"]), top=2)
    assert sorted(found.tolist()) == [0, 1]


def test_a_small_budget_reads_rare_tokens_and_short_documents_first() -> None:
    common = [["甲", *(f"词{number}" for number in range(length))] for length in range(9, 0, -1)]
    with built([*common, ["乙", "甲"]]) as index:
        found, _ = index.candidates(index.query(["甲", "乙"]), top=99, read=4)
    # The rare token's one document, and of those with the common one the three shortest.
    assert sorted(found.tolist()) == [6, 7, 8, 9]


def test_a_missing_index(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="tokens"):
        SparseIndex.load(tmp_path, "x")


def test_sums_of_empty_runs_are_nothing() -> None:
    assert sums(np.array([1.0, 2.0, 4.0]), np.array([0, 0, 2, 3, 3])).tolist() == [0, 3, 4, 0]
