from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from catalog_index.errors import IndexMissing
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.fusion import Fusion
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


def test_saved_weights_are_read_back(tmp_path: Path) -> None:
    fusion, path = Fusion.load(), tmp_path / "fusion.json"
    fusion.save(path)
    again = Fusion.load(path)
    np.testing.assert_array_equal(fusion.weights, again.weights)
    assert again.made == fusion.made


@pytest.mark.parametrize("text", ["", "{", '{"features": {}, "none": {}, "made": {}}'])
def test_weights_that_do_not_fit_are_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "fusion.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IndexMissing, match="training fusion"):
        Fusion.load(path)
