from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.dense import Centres, DenseIndex, group_sums
from catalog_index.encoder import unit
from catalog_index.vectors import FaissEngine


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=12), st.integers(0, 99))
def test_sums_of_groups(groups: list[int], seed: int) -> None:
    vectors = np.random.default_rng(seed).random((len(groups), 3), dtype=np.float32)
    sums = group_sums(vectors, np.array(groups, np.int64), 4)
    for group in range(4):
        own = [row for row, one in zip(vectors, groups, strict=True) if one == group]
        np.testing.assert_allclose(sums[group], np.sum(own, axis=0) if own else np.zeros(3), rtol=1e-5)


def test_an_item_is_as_near_as_its_nearest_phrase(tmp_path: Path) -> None:
    vectors = np.eye(4, dtype=np.float32)
    index = DenseIndex(FaissEngine().build(tmp_path, "meaning", vectors, approximate=False), [0, 0, 1, 1], 2)
    nearest, near = index.measure(vectors[2:3])
    np.testing.assert_allclose(nearest, [0, 1], atol=1e-3)
    np.testing.assert_allclose(near, [0, 1 / 3], atol=1e-3)


def test_centres_are_directions() -> None:
    sums = np.array([[2, 0], [0, 3], [1, 1]], np.float32)
    centres = Centres.of(sums, unit(sums), np.array([[1, 0], [0, 1]], np.float32), np.array([0, 0, 1]))
    np.testing.assert_allclose(np.linalg.norm(centres.items, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(centres.subjects, axis=1), 1, rtol=1e-6)
    # Between the subject's own name and its two items.
    assert centres.subjects[0][0] > centres.subjects[0][1] > 0
