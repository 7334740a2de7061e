from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from catalog_index.errors import IndexMissing
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.fusion import Bend, Fusion
from catalog_index.postings import Floats

UNIT = st.floats(0, 1, width=32)
MATRICES = arrays(np.float32, (5, len(FEATURES)), elements=UNIT)
CONTEXTS = arrays(np.float32, (len(CONTEXT),), elements=UNIT)


@given(MATRICES, CONTEXTS)
def test_probabilities_and_none_make_one(features: Floats, context: Floats) -> None:
    probabilities, none = Fusion.load().probabilities(features, context)
    assert probabilities.min() >= 0
    assert abs(float(probabilities.sum()) + none - 1) < 1e-5


@given(MATRICES, CONTEXTS, st.integers(0, 4), st.integers(0, len(FEATURES) - 1), st.floats(0, 1))
def test_more_likeness_never_lowers_an_item(
    features: Floats, context: Floats, row: int, column: int, more: float
) -> None:
    fusion = Fusion.load()
    before, _ = fusion.probabilities(features, context)
    raised = features.copy()
    raised[row, column] += np.float32(more)
    after, _ = fusion.probabilities(raised, context)
    if FEATURES[column] == "facets_broken":
        assert after[row] <= before[row] + 1e-5
    else:
        assert after[row] >= before[row] - 1e-5


@given(MATRICES, CONTEXTS)
def test_in_a_sparse_catalog_none_of_them_is_less_likely(features: Floats, context: Floats) -> None:
    fusion = replace(Fusion.load(), lenience=2.0)
    plenty, sparse = (replace(fusion, sparse=value).logits(features, context) for value in (0.0, 1.0))
    np.testing.assert_allclose(sparse[:-1], plenty[:-1])
    assert sparse[-1] == pytest.approx(plenty[-1] - 2.0, abs=1e-4)


def test_saved_weights_are_read_back(tmp_path: Path) -> None:
    fusion, path = Fusion.load(), tmp_path / "fusion.json"
    fusion.save(path)
    again = Fusion.load(path)
    np.testing.assert_array_equal(fusion.weights, again.weights)
    np.testing.assert_array_equal(fusion.bend.features, again.bend.features)
    assert again.made == fusion.made
    assert (again.softening, again.lenience) == (fusion.softening, fusion.lenience)


@given(MATRICES, CONTEXTS, st.floats(0.25, 4))
def test_a_factor_keeps_the_ranking(features: Floats, context: Floats, factor: float) -> None:
    fusion = Fusion.load()
    one, other = fusion.logits(features, context), fusion.scaled(factor).logits(features, context)
    np.testing.assert_allclose(other, one * factor, rtol=1e-3, atol=1e-3)


@given(MATRICES, CONTEXTS, st.integers(0, len(FEATURES) - 1), st.integers(1, len(CONTEXT) - 1), UNIT)
def test_what_is_left_out_weighs_nothing(
    features: Floats, context: Floats, column: int, fact: int, value: float
) -> None:
    fusion = Fusion.load().without((FEATURES[column], CONTEXT[fact]))
    other, told = features.copy(), context.copy()
    other[:, column], told[fact] = value, value
    np.testing.assert_allclose(fusion.logits(features, context), fusion.logits(other, told), atol=1e-4)


def test_a_bend_changes_what_evidence_counts() -> None:
    bend = Bend(
        np.eye(1, len(FEATURES), dtype=np.float32),
        np.eye(1, len(CONTEXT), dtype=np.float32),
        np.array([2.0], np.float32),
        np.eye(1, len(CONTEXT), dtype=np.float32),
        np.array([3.0], np.float32),
    )
    fusion = Fusion(np.zeros(len(FEATURES), np.float32), np.zeros(len(CONTEXT), np.float32), bend=bend)
    features, context = np.zeros((2, len(FEATURES)), np.float32), np.zeros(len(CONTEXT), np.float32)
    features[1, 0] = context[0] = 0.5
    expected = [2 * np.tanh(0.5), 2 * np.tanh(1.0), 3 * np.tanh(0.5)]
    np.testing.assert_allclose(fusion.logits(features, context), expected, rtol=1e-5)


def test_a_bend_of_another_shape_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "fusion.json"
    Fusion.load().save(path)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["bend"]["features"] = [row[:-1] for row in data["bend"]["features"]]
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(IndexMissing, match="shape"):
        Fusion.load(path)


@pytest.mark.parametrize("text", ["", "{", '{"features": {}, "none": {}, "made": {}}'])
def test_weights_that_do_not_fit_are_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fusion.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IndexMissing, match="training fusion"):
        Fusion.load(path)
