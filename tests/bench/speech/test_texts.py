from __future__ import annotations

import random
from datetime import date

import pytest

from bench.speech.texts import SETS, identity_number, phone_text, say_identity, texts
from catalog_index.loader import Catalog
from speech.training.lexicon import spoken
from speech.values import parse_value

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_the_same_each_time_without_repeats_and_can_be_said(name: str, catalog: Catalog) -> None:
    first = texts(name, 25, catalog)
    assert first == texts(name, 25, catalog)
    assert len(first) == len(set(first)) == 25
    if name != "catalog":  # titles with digits or Latin letters are left out later
        assert all(spoken(text) for text in first)


def test_the_catalog_set_is_the_catalogs_own_words(catalog: Catalog) -> None:
    own = {text for item in catalog.items for text in (item.title, *item.says)}
    assert set(texts("catalog", 10**6, catalog)) == own


def test_an_unknown_set_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="no set"):
        texts("songs", 1, catalog)


def test_numbers_as_said_are_valid_numbers() -> None:
    source = random.Random(5)
    for _ in range(30):
        number = identity_number(source)
        assert parse_value("resident_id", say_identity(number, source), today=TODAY).value == number
        assert len(parse_value("phone", phone_text(source), today=TODAY).value) == 11
