from __future__ import annotations

from pathlib import Path

from catalog_index.loader import Catalog
from catalog_index.names import NameBuilder, bare_subjects
from catalog_index.text import normalise


def test_a_subject_s_own_name_is_bare(toy_catalog: Catalog) -> None:
    names = bare_subjects(toy_catalog)
    assert names[normalise("户口迁移")] == ("move",)
    # A subject with one item is that item.
    assert normalise("养犬登记") not in names


def test_names_on_the_disk_are_the_same(toy_catalog: Catalog, tmp_path: Path) -> None:
    builder = NameBuilder()
    for place, subject in enumerate(toy_catalog.subjects):
        own = [normalise(name) for name in (subject.title, *subject.says)]
        builder.subject(place, own, len(subject.items) > 1)
        for item in subject.items:
            builder.item(normalise(phrase) for phrase in (item.title, *item.says, *item.situations))
    saved = builder.save(tmp_path)
    for name, ids in bare_subjects(toy_catalog).items():
        found = saved.place(name)
        assert found is not None
        assert (toy_catalog.subjects[found].id,) == ids
    assert saved.place("养犬登记") is saved.place("补车牌") is saved.place("") is None


def test_on_the_disk_a_name_of_two_subjects_means_neither(tmp_path: Path) -> None:
    builder = NameBuilder()
    builder.subject(0, ["登记", "甲"], several=True)
    builder.subject(1, ["登记", "乙"], several=True)
    builder.subject(2, ["登记"], several=True)
    builder.item(["乙"])
    saved = builder.save(tmp_path)
    assert [saved.place(name) for name in ("登记", "甲", "乙")] == [None, 0, None]
