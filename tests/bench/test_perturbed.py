from __future__ import annotations

import pytest

from bench.perturbed import PerturbedCatalog, original, place_name
from catalog_index.errors import ItemUnknown
from catalog_index.loader import Catalog, load_catalog
from catalog_index.source import subject_texts
from wenban.settings import load_settings


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(load_settings().catalog_dir)


def test_the_real_catalog_comes_first(catalog: Catalog) -> None:
    made = PerturbedCatalog(catalog, len(catalog.items) * 2)
    texts = list(made.texts())
    real = len(catalog.subjects)
    assert texts[:real] == [subject_texts(subject) for subject in catalog.subjects]
    assert sum(len(subject.items) for subject in texts) >= made.size
    assert texts == list(made.texts())


def test_twins_are_subjects_of_their_own(catalog: Catalog) -> None:
    made = PerturbedCatalog(catalog, len(catalog.items) * 4)
    real = len(catalog.subjects)
    for place in (0, real, 2 * real + 5, 3 * real + 7):
        subject = made.subject(place)
        assert made.place(subject.id) == place
        texts = next(text for at, text in enumerate(made.texts()) if at == place)
        assert texts.names[0] == subject.title
        assert [item.phrases[0] for item in texts.items] == [item.title for item in subject.items]
        assert {item.subject_id for item in subject.items} == {subject.id}
        assert original(subject.items[0].id) == catalog.subjects[place % real].items[0].id
    titles = [item.title for place in (3, real + 3, 2 * real + 3) for item in made.subject(place).items]
    assert len(set(titles)) == len(titles)


def test_every_twin_has_a_place_of_its_own() -> None:
    assert len({place_name(twin) for twin in range(1, 2_000)}) == 1_999


def test_an_unknown_subject(catalog: Catalog) -> None:
    with pytest.raises(ItemUnknown):
        PerturbedCatalog(catalog, 5).place("nowhere~3")
