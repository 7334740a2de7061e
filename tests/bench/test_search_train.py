from __future__ import annotations

from bench.search_train import hidden
from catalog_index.documents import all_phrases
from catalog_index.loader import Catalog
from catalog_index.text import normalise


def _texts(catalog: Catalog) -> dict[str, set[str]]:
    items, _ = all_phrases(catalog)
    found: dict[str, set[str]] = {item.id: set() for item in catalog.items}
    for phrase in items:
        found[catalog.items[phrase.owner].id].add(normalise(phrase.text))
    return found


def test_what_is_asked_is_not_in_its_items_index(few: Catalog) -> None:
    left, queries = hidden(few)
    before, after = _texts(few), _texts(left)
    asked = {query.item: normalise(query.query) for query in queries if query.item}
    assert len(asked) == sum(query.item is not None for query in queries) == len(few.items)
    for item, text in asked.items():
        assert before[item] - after[item] == {text}
    assert [item.title for item in left.items] == [item.title for item in few.items]


def test_a_subjects_utterance_leaves_its_item_open(few: Catalog) -> None:
    left, queries = hidden(few)
    vague = {query.subject: query.query for query in queries if query.item is None}
    assert vague
    for subject, text in vague.items():
        assert subject is not None
        assert text in few.subject(subject).utterances
        assert text not in left.subject(subject).utterances


def test_the_sample_is_always_the_same_and_bounded(few: Catalog) -> None:
    assert hidden(few) == hidden(few)
    left, queries = hidden(few, 3, 0)
    assert len(queries) == 3
    assert sum(one != other for one, other in zip(few.items, left.items, strict=True)) == 3
    assert left.version != few.version
