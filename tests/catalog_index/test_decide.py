from __future__ import annotations

import numpy as np

from catalog_index.decide import Verdict, decide
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
