from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.checks import check_catalog
from catalog_index.loader import Catalog, load_catalog

Write = Callable[..., Path]


def test_the_toy_catalog_is_sound(toy_catalog: Catalog) -> None:
    assert check_catalog(toy_catalog) == []


def test_the_bundled_catalog_is_sound(catalog: Catalog) -> None:
    assert check_catalog(catalog) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("when: {problem: broken}", "when: {problem: lost}", "have the same facet values"),
        ("when: {problem: broken}", "when: {problem: bent}", "has no value 'bent'"),
        ("when: {problem: broken}", "when: {colour: red}", "no facet or earlier field"),
        ("when: {rural: true}", "when: {rurall: true}", "'rurall'"),
        ("when: {rural: true}", "when: {rural: maybe}", "has no value 'maybe'"),
        ("{reason: talent, origin: inside}, say", "{reason: talent}, say", "denies item move-talent"),
        ("when: {reason: talent, origin: outside}", "when: {reason: talent}", "denies item move-talent"),
        ("legal_days: 10", "legal_days: 4", "more than the legal 4"),
        ("id: rural, kind", "id: origin, kind", "has the name of a facet"),
        ("[name, phone]\n      promised_days: 3", "[name]\n      promised_days: 3", "no field of kind phone"),
        ("id: plate-broken", "id: plate-lost", "must be unique"),
        ("title: 机动车号牌换领", "title: 机动车号牌补领", "must be unique"),
        ("says: [换车牌]", "says: [补车牌]", "must be unique"),
        ("says: [给狗上户口], situations: [家里养了条小狗]", "says: []", "no everyday phrases"),
    ],
)
def test_each_fault_is_found(write_catalog: Write, old: str, new: str, said: str) -> None:
    faults = check_catalog(load_catalog(write_catalog((old, new))))
    assert any(said in fault for fault in faults), faults


def test_a_path_that_ends_nowhere(write_catalog: Write) -> None:
    when, say = (
        "{when: {reason: talent, origin: inside}",
        "say: 人才引进落户只办市外迁入，您已经是本市户口了。}",
    )
    none = f"    none:\n      - {when}, {say}\n"
    faults = check_catalog(load_catalog(write_catalog((none, ""))))
    assert len(faults) == 1
    assert "1 path(s) end nowhere" in faults[0]
    assert "原因=人才引进，户口所在地=市内" in faults[0]
