from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.errors import CatalogInvalid, ItemUnknown
from catalog_index.loader import Catalog, load_catalog

Write = Callable[..., Path]


def test_an_item_has_its_subject_s_parts_and_its_own(toy_catalog: Catalog) -> None:
    item = toy_catalog.item("move-spouse-inside")
    assert [material.name for material in item.materials] == ["户口簿", "结婚证", "住房证明"]
    assert [field.id for field in item.fields] == ["name", "phone", "rural"]
    assert item.when == {"reason": ("spouse",), "origin": ("inside",)}
    assert (item.promised_days, item.legal_days, item.department.short) == (5, 10, "公安")


def test_ids_that_do_not_exist(toy_catalog: Catalog) -> None:
    with pytest.raises(ItemUnknown, match="nowhere"):
        toy_catalog.item("nowhere")
    with pytest.raises(ItemUnknown, match="nowhere"):
        toy_catalog.subject("nowhere")


def test_common_parts_are_replaced_in_place_and_dropped(write_catalog: Write) -> None:
    folder = write_catalog(
        ("says: [外地老婆落户]", "drops: [户口簿]\n        says: [外地老婆落户]"),
        ("materials: [{name: 结婚证}", "materials: [{name: 户口簿, copies: 2}, {name: 结婚证}"),
    )
    catalog = load_catalog(folder)
    assert catalog.item("move-spouse-outside").materials == ()
    assert catalog.item("move-spouse-inside").materials[0].copies == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: 人才引进落户\n", "title: 人才引进落户\n        titel: x\n", "titel"),
        ("fields: [name, phone]\n      materials", "fields: [name, fone]\n      materials", "'fone'"),
        ("promised_days: 3", "promised_days: 3\n      promised_days: 4", "given twice"),
        ("      promised_days: 3\n", "", "promised_days is missing"),
        ("says: [补车牌]", "drops: [驾驶证]", "驾驶证"),
        ("kind: yes_no", "kind: choice", "a choice needs options"),
        (
            "[name, phone]\n      promised_days: 3",
            "[name, name]\n      promised_days: 3",
            "field named twice",
        ),
        ("department:", "department: [", "not readable as YAML"),
    ],
)
def test_faults_name_file_and_place(write_catalog: Write, old: str, new: str, said: str) -> None:
    with pytest.raises(CatalogInvalid) as caught:
        load_catalog(write_catalog((old, new)))
    assert "toy.yaml" in caught.value.faults[0]
    assert said in str(caught.value)


def test_all_faulty_files_are_reported_at_once(write_catalog: Write) -> None:
    folder = write_catalog()
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text("subjects: []", encoding="utf-8")
    with pytest.raises(CatalogInvalid) as caught:
        load_catalog(folder)
    assert {fault.split(":")[0] for fault in caught.value.faults} == {"a.yaml", "b.yaml"}


def test_an_empty_folder_is_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="no department files"):
        load_catalog(tmp_path)


def test_words_that_yaml_takes_for_booleans_stay_words(write_catalog: Write) -> None:
    catalog = load_catalog(write_catalog(("says: [狗证]", "says: [on, no, 狗证]")))
    assert catalog.subject("dog").says == ("on", "no", "狗证")


def test_the_version_follows_the_bytes(write_catalog: Write) -> None:
    before = load_catalog(write_catalog()).version
    assert load_catalog(write_catalog()).version == before
    assert load_catalog(write_catalog(("狗证", "犬证"))).version != before
