from __future__ import annotations

import numpy as np
import pytest

from catalog_index.decide import Verdict, believed, decide
from catalog_index.layout import Layout
from catalog_index.loader import Catalog


def verdict(catalog: Catalog, none: float = 0.0, **masses: float) -> Verdict:
    probabilities = np.array(
        [masses.get(item.id.replace("-", "_"), 0.0) for item in catalog.items], np.float32
    )
    return decide(Layout.of(catalog), probabilities, none, {})


def test_one_stands_out(toy_catalog: Catalog) -> None:
    made = verdict(toy_catalog, move_talent=0.95, plate_lost=0.05)
    assert (made.decision, made.item_id, made.subject_id) == ("item", "move-talent", "move")


def test_siblings_tie(toy_catalog: Catalog) -> None:
    made = verdict(toy_catalog, plate_lost=0.5, plate_broken=0.48)
    assert (made.decision, made.subject_id, made.facet_id) == ("clarify", "plate", "problem")
    assert [(option.value, option.label) for option in made.options] == [("lost", "丢失"), ("broken", "损坏")]
    assert made.question == "车牌是丢了还是坏了？"


def test_subjects_tie(toy_catalog: Catalog) -> None:
    made = verdict(toy_catalog, plate_lost=0.25, plate_broken=0.25, dog_register=0.48)
    assert made.decision == "choose"
    assert [option.value for option in made.options] == ["subject:plate", "dog-register"]
    assert [option.label for option in made.options] == ["机动车号牌", "养犬登记"]


def test_nothing_is_likely(toy_catalog: Catalog) -> None:
    made = verdict(toy_catalog, none=0.9, dog_register=0.1)
    assert (made.decision, made.options, made.subject_id) == ("none", (), None)


def test_what_was_read_ends_at_an_honest_none(toy_catalog: Catalog) -> None:
    probabilities = np.zeros(len(toy_catalog.items), np.float32)
    probabilities[:3] = 0.33
    read = {"move": {"reason": "talent", "origin": "inside"}}
    made = decide(Layout.of(toy_catalog), probabilities, 0.01, read)
    assert made.decision == "none"
    assert made.subject_id == "move"
    assert made.question is not None


@pytest.mark.parametrize(
    ("lost", "broken", "named"),
    # Everything else speaks against the cue; it settles what is open otherwise.
    [(0.9, 0.02, "plate-lost"), (0.4, 0.55, "plate-broken")],
)
def test_a_cue_is_one_witness_among_others(
    toy_catalog: Catalog, lost: float, broken: float, named: str
) -> None:
    layout = Layout.of(toy_catalog)
    probabilities = np.zeros(len(toy_catalog.items), np.float32)
    probabilities[layout.item_place["plate-lost"]] = lost
    probabilities[layout.item_place["plate-broken"]] = broken
    made = decide(layout, probabilities, 0.05, {"plate": {"problem": "broken"}})
    assert (made.decision, made.item_id) == ("item", named)


def test_answers_are_believed_as_far_as_items_bear_them_out(toy_catalog: Catalog) -> None:
    plate, move = toy_catalog.subject("plate"), toy_catalog.subject("move")
    read = {"problem": "broken"}
    assert believed(plate, {"plate-lost": 0.3, "plate-broken": 0.6}, read) == read
    assert believed(plate, {"plate-lost": 0.6, "plate-broken": 0.3}, read) == {}
    none = {"reason": "talent", "origin": "inside"}
    assert believed(move, {"move-talent": 0.9}, none) == none
