from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_index.editing.export import KINDS, export_catalog, item_row
from catalog_index.elements import ELEMENTS, plain
from catalog_index.errors import CatalogInvalid
from catalog_index.importer import import_file
from catalog_index.loader import Catalog, load_catalog
from catalog_index.schema import Item, Material

CELLS = (
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20).map(plain).filter(bool)
)


def round_trip(catalog: Catalog, folder: Path, kind: str) -> Catalog:
    target = folder / f"table{kind}"
    assert export_catalog(catalog, target) == len(catalog.items)
    report = import_file(target, folder / f"back{kind}")
    assert report.skipped == {}
    return load_catalog(folder / f"back{kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_read_back_as_it_was(toy_catalog: Catalog, tmp_path: Path, kind: str) -> None:
    back = round_trip(toy_catalog, tmp_path, kind)
    assert [item_row(item) for item in back.items] == [item_row(item) for item in toy_catalog.items]


def changed(catalog: Catalog, **values: object) -> Catalog:
    """The toy catalog with its dog in other words."""
    subject = catalog.subject("dog")
    item: Item = subject.items[0].model_copy(update=values)
    return Catalog(subjects=(subject.model_copy(update={"items": (item,)}),), version="changed")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    title=CELLS,
    materials=st.lists(CELLS, unique=True, max_size=3),
    conditions=st.lists(CELLS, unique=True, max_size=3),
    result=CELLS,
    days=st.integers(0, 700),
    visits=st.integers(0, 3),
    kind=st.sampled_from(KINDS),
)
def test_any_words_survive(
    toy_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, title: str, materials: list[str],
    conditions: list[str], result: str, days: int, visits: int, kind: str,
) -> None:  # fmt: skip
    catalog = changed(
        toy_catalog,
        title=title,
        materials=tuple(Material(name=name) for name in materials),
        conditions=tuple(conditions),
        result=result,
        promised_days=days,
        visits=visits,
    )
    back = round_trip(catalog, tmp_path_factory.mktemp("table"), kind)
    expected = item_row(catalog.items[0])
    assert item_row(back.items[0]) == expected


def test_a_phone_of_its_own_stands_in_its_column(toy_catalog: Catalog, tmp_path: Path) -> None:
    catalog = changed(toy_catalog, notes=("咨询方式：0579-1", "周三不办"))
    row = item_row(catalog.items[0])
    assert (row["咨询方式"], row["注意事项"]) == ("0579-1", ["周三不办"])
    back = round_trip(catalog, tmp_path, ".xlsx")
    assert item_row(back.items[0]) == row


def test_excel_is_a_table_that_a_clerk_can_read(toy_catalog: Catalog, tmp_path: Path) -> None:
    export_catalog(changed(toy_catalog, title="=1+1", basic_code="000109"), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ELEMENTS
    assert rows[1][0] == "=1+1"
    assert sheet["A2"].data_type == "s", "a title is no formula"
    assert rows[1][ELEMENTS.index("基本编码")] == "000109", "leading zeros stay"
    assert sheet.freeze_panes == "B2"


def test_where_it_cannot_be_written(toy_catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match=r"ends in \.xlsx"):
        export_catalog(toy_catalog, tmp_path / "table.doc")
    with pytest.raises(CatalogInvalid, match="cannot be written"):
        export_catalog(toy_catalog, tmp_path / "nowhere" / "table.csv")
