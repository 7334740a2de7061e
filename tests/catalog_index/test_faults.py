from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.checks import find_faults
from catalog_index.errors import CatalogInvalid
from catalog_index.faults import Fault, line_of_path, located
from catalog_index.loader import load_catalog

Write = Callable[..., Path]


def line(folder: Path, number: int) -> str:
    return (folder / "toy.yaml").read_text(encoding="utf-8").splitlines()[number - 1]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("when: {problem: broken}", "when: {problem: lost}", "- id: plate-broken"),
        ("when: {problem: broken}", "when: {problem: bent}", "when: {problem: bent}"),
        ("when: {rural: true}", "when: {rurall: true}", "rurall"),
        ("{reason: talent, origin: inside}, say", "{reason: talent}, say", "none:"),
        ("legal_days: 10", "legal_days: 4", "promised_days: 5"),
        ("id: rural, kind", "id: origin, kind", "id: origin"),
        ("[name, phone]\n      promised_days: 3", "[name]\n      promised_days: 3", "fields: [name]"),
        ("title: 机动车号牌换领", "title: 机动车号牌补领", "title: 机动车号牌补领"),
        ("says: [换车牌]", "says: [补车牌]", "says: [补车牌]"),
        ("says: [给狗上户口], situations: [家里养了条小狗]", "says: []", "id: dog-register"),
    ],
)
def test_each_fault_has_its_line_and_a_mend(write_catalog: Write, old: str, new: str, at: str) -> None:
    folder = write_catalog((old, new))
    lines = []
    for fault in located(find_faults(load_catalog(folder)), folder):
        assert fault.mend
        assert fault.line is not None
        assert str(fault).startswith(f"toy.yaml:{fault.line}: ")
        lines.append(line(folder, fault.line))
    assert any(at in text for text in lines), lines


@pytest.mark.parametrize(
    ("old", "new", "at", "mend"),
    [
        ("title: 户口迁移\n", "titel: 户口迁移\n", "titel", "did you mean `title`?"),
        ("fields: [name, phone]\n      materials", "fields: [name, fone]\n      materials", "fone", "define"),
        ("says: [补车牌]", "drops: [驾驶证]", "驾驶证", "leave it out"),
        ("promised_days: 5", "promised_days: 9999", "9999", "written"),
        ("says: [车牌]", "says: [车牌, 12]", "12", "quotes"),
        ("says: [车牌]", "says: [车牌", "facets", "indentation"),
        ("kind: yes_no", "kind: maybe", "kind: maybe", "choose"),
    ],
)
def test_what_does_not_load_has_a_line_too(
    write_catalog: Write, old: str, new: str, at: str, mend: str
) -> None:
    folder = write_catalog((old, new))
    with pytest.raises(CatalogInvalid) as caught:
        load_catalog(folder)
    mended = [fault for fault in caught.value.located if mend in fault.mend]
    assert mended, caught.value.located
    assert mended[0].line is not None
    assert at in line(folder, mended[0].line)


def test_the_second_of_two_entries_with_one_id_is_the_faulty_one(write_catalog: Write) -> None:
    folder = write_catalog(("id: plate-broken", "id: plate-lost"))
    fault = next(one for one in located(find_faults(load_catalog(folder)), folder) if "unique" in one.text)
    assert fault.line is not None
    assert "换领" in line(folder, fault.line + 1)


def test_a_fault_of_no_place_stays_one(write_catalog: Write) -> None:
    folder = write_catalog()
    assert located([Fault("the weather")], folder) == [Fault("the weather")]
    assert str(Fault("bad", "mend it")) == "bad; mend it"


def test_paths_pass_over_what_the_file_lacks() -> None:
    assert line_of_path(b"a:\n  - b: 1\n  - c: 2\n", ("a", 1, "union", "c")) == 3
    assert line_of_path(b"a: 1\n", ("x", 0)) == 1
    assert line_of_path(b"", ("x",)) is None
