from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.features import (
    CONTEXT,
    FEATURES,
    NEAREST,
    PHRASE,
    PLENTY,
    context,
    matrix,
    nearest_of_items,
    sparseness,
)

FLOOR = 0.25


@given(st.lists(st.tuples(st.floats(FLOOR, 1, width=32), st.integers(0, 4)), max_size=30))
def test_nearest_and_near_by_their_definition(found: list[tuple[float, int]]) -> None:
    found = sorted(found, reverse=True)
    similarities = np.array([value for value, _ in found], np.float32)
    owners = np.array([owner for _, owner in found], np.int64)
    nearest, near = nearest_of_items(similarities, owners, 5, FLOOR)
    for item in range(5):
        own = [value for value, owner in found if owner == item]
        padded = (own + [FLOOR] * NEAREST)[:NEAREST]
        np.testing.assert_allclose(nearest[item], padded[0], rtol=1e-5)
        np.testing.assert_allclose(near[item], sum(padded) / NEAREST, rtol=1e-5)


def test_a_catalog_is_sparse_where_it_says_little() -> None:
    assert sparseness(300, 300) == sparseness(0, 300) == sparseness(0, 0) == 1.0
    assert 1.0 > sparseness(600, 300) > sparseness(3000, 300) > 0.0
    assert sparseness(PLENTY * 300, 300) == sparseness(100 * 300, 300) == 0.0


def test_a_matrix_has_the_columns_by_name_and_leaves_facets_open() -> None:
    columns = {name: np.full(3, at, np.float32) for at, name in enumerate(FEATURES)}
    made = matrix(columns, 3)
    assert made[0].tolist() == [*range(len(FEATURES) - 2), 0, 0]


def test_gaps_are_what_the_best_item_lacks() -> None:
    columns = {name: np.array([0.1, 0.75], np.float32) for name in FEATURES}
    made = dict(
        zip(CONTEXT, context(columns, unknown=0.5, tokens=16, outside=(0.3, -2)).tolist(), strict=True)
    )
    assert made["nearest_gap"] == made["sound_gap"] == 0.25
    assert (made["bias"], made["unknown"], made["brevity"], made["terse"]) == (1.0, 0.5, 0.25, 0)
    assert made["outside_odds"] == -2
    empty = context({name: np.zeros(0, np.float32) for name in FEATURES}, unknown=1, tokens=0, outside=(0, 0))
    assert np.isfinite(empty).all()


def test_fewer_words_than_a_phrase_are_terse() -> None:
    columns = {name: np.zeros(1, np.float32) for name in FEATURES}

    def short(tokens: int) -> tuple[float, float]:
        made = context(columns, unknown=0, tokens=tokens, outside=(0, 0)).tolist()
        return made[CONTEXT.index("brevity")], made[CONTEXT.index("terse")]

    assert short(PHRASE)[0] == short(1)[0] > short(PHRASE + 1)[0]
    assert short(1)[1] > short(2)[1] > short(PHRASE)[1] == short(30)[1] == 0
