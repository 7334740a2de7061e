from __future__ import annotations

import gzip
from pathlib import Path

import openpyxl
import pytest

from catalog_index.errors import CatalogInvalid
from catalog_index.import_rows import read_rows

NESTED = """// 事项
const data = [
  {"department": "甲局", "items": [
    {"main_item": "狗", "sub_items": [{"name": "狗证", "tags": ["a"]}, {"name": "补狗证"}]},
    {"main_item": "猫", "sub_items": []}]},
  {"department": "乙局", "name": "树"}
];
export default data;
"""


def test_records_inside_records_inherit_what_is_said_above(tmp_path: Path) -> None:
    path = tmp_path / "items.js"
    path.write_text(NESTED, encoding="utf-8")
    assert list(read_rows(path)) == [
        ("items.js#1", {"department": "甲局", "main_item": "狗", "name": "狗证", "tags": ["a"]}),
        ("items.js#2", {"department": "甲局", "main_item": "狗", "name": "补狗证"}),
        ("items.js#3", {"department": "甲局", "main_item": "猫", "sub_items": []}),
        ("items.js#4", {"department": "乙局", "name": "树"}),
    ]
    packed = tmp_path / "items.json.gz"
    packed.write_bytes(gzip.compress(NESTED.encode()))
    assert [row for _, row in read_rows(packed)] == [row for _, row in read_rows(path)]


def test_excel_with_a_title_above_the_header_and_several_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "甲局"
    for row in (
        ["甲局事项一览"],
        [],
        ["事项名称", None, "次数"],
        ["狗证", "x", 1],
        [None, None],
        ["猫证", None, 2],
    ):
        first.append(row)
    second = book.create_sheet("说明")
    second.append(["没有表头"])
    third = book.create_sheet("乙局")
    for row in (["次数", "事项名称"], [0, "树证"]):
        third.append(row)
    book.save(tmp_path / "city.xlsx")
    assert list(read_rows(tmp_path / "city.xlsx", ["事项名称"])) == [
        ("city.xlsx/甲局:4", {"事项名称": "狗证", "次数": 1}),
        ("city.xlsx/甲局:6", {"事项名称": "猫证", "次数": 2}),
        ("city.xlsx/乙局:2", {"次数": 0, "事项名称": "树证"}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"no zip", "cannot be read as Excel"),
        ("a.xlsx.xz", b"", "all but .xlsx also"),
        ("a.js", b"const x = [1,", "not readable as JSON"),
        ("a.js", b"", "not readable as JSON"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CatalogInvalid, match=said):
        list(read_rows(tmp_path / name, ["事项名称"]))


def test_a_spreadsheet_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="cannot be read"):
        list(read_rows(tmp_path / "no.xlsx"))
