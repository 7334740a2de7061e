from __future__ import annotations

from catalog_index.editing.questions import questions_needed
from catalog_index.loader import Catalog


def test_the_longest_way_to_each_item(toy_catalog: Catalog) -> None:
    needed = questions_needed(toy_catalog.subject("move"))
    assert needed["move-spouse-inside"] == 2
    assert needed["move-talent"] == 2, "an insider is told no, so the second question must be asked"
    assert questions_needed(toy_catalog.subject("dog")) == {"dog-register": 0}


def test_an_item_that_nothing_leads_to(toy_catalog: Catalog) -> None:
    subject = toy_catalog.subject("plate")
    twin = subject.items[0].model_copy(update={"id": "twin"})
    subject = subject.model_copy(update={"items": (*subject.items, twin)})
    assert questions_needed(subject) == {"plate-lost": None, "plate-broken": 1, "twin": None}
