"""The queries that measure the search must not stand in what the search is made of."""

from __future__ import annotations

import json

import pytest

from bench.search import QUERIES
from catalog_index.documents import all_phrases
from catalog_index.loader import Catalog, load_catalog
from catalog_index.outside import out_of_scope
from catalog_index.text import clean
from wenban.settings import load_settings


def _plain(text: str) -> str:
    return "".join(char for char in clean(text) if char.isalnum())


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(load_settings().catalog_dir)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_no_query_stands_in_the_catalog_or_among_the_refused(catalog: Catalog, split: str) -> None:
    items, subjects = all_phrases(catalog)
    known = {_plain(phrase.text) for phrase in (*items, *subjects)} | set(map(_plain, out_of_scope()))
    lines = (QUERIES / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["query"] for line in lines]
    assert [query for query in asked if _plain(query) in known] == []


def test_no_query_stands_in_both_splits() -> None:
    splits = [
        {_plain(json.loads(line)["query"]) for line in (QUERIES / f"{split}.jsonl").open(encoding="utf-8")}
        for split in ("dev", "test")
    ]
    assert splits[0].isdisjoint(splits[1])
