"""The catalog as the national element table: Excel, CSV or JSON Lines, which `wenban catalog import` reads.

The table knows no facets, fields or conditions of materials: it is what a city publishes, not the catalog.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog_index import elements
from catalog_index.elements import ELEMENTS, lines
from catalog_index.errors import CatalogInvalid
from catalog_index.loader import Catalog
from catalog_index.schema import Item

SHEET = "政务服务事项清单"
KINDS = (".xlsx", ".csv", ".jsonl")
# Characters that no XML, and so no Excel file, may hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDE = frozenset(("事项名称", "受理条件", "申请材料", "办理地点", "设定依据", "常用说法", "常见情形"))

Cell = str | int | list[str]


def item_row(item: Item) -> dict[str, Cell]:
    """The item's elements; those with several entries as lists."""
    own, notes = elements.own_office(item.notes)
    office = {name: own.get(name) or getattr(item.department, key) for name, key in elements.OFFICE.items()}
    return {
        "事项名称": item.title,
        "主项名称": item.subject,
        "基本编码": item.basic_code or "",
        "实施编码": item.implementation_code or "",
        "事项类型": item.type,
        "实施主体": item.department.name,
        "服务对象": list(item.audience),
        "法定办结时限": "" if item.legal_days is None else f"{item.legal_days}个工作日",
        "承诺办结时限": f"{item.promised_days}个工作日",
        "受理条件": list(item.conditions),
        "申请材料": [material.name for material in item.materials],
        "收费": elements.fee_text(item.fee),
        "办理形式": elements.form_text(item.visits),
        "到办事现场次数": item.visits,
        "结果名称": item.result,
        "结果有效期": item.validity or "",
        "送达方式": list(item.delivery),
        "设定依据": elements.basis_text(item.legal_basis),
        "办理地点": item.place,
        **office,
        "注意事项": notes,
        "常用说法": list(item.says),
        "常见情形": list(item.situations),
    }


def _flat(row: dict[str, Cell]) -> list[str | int]:
    return [lines(cell) if isinstance(cell, list) else cell for cell in row.values()]


def export_catalog(catalog: Catalog, target: Path) -> int:
    """Writes one row an item; the file's ending says how. An existing file is replaced.

    Returns:
        The number of items.

    Raises:
        CatalogInvalid: the ending is none of `KINDS`, or the file cannot be written.
    """
    rows = [item_row(item) for item in catalog.items]
    writers = {".xlsx": _write_excel, ".csv": _write_csv, ".jsonl": _write_lines}
    if target.suffix not in writers:
        raise CatalogInvalid([f"{target}: expected a name that ends in {', '.join(KINDS)}"])
    try:
        writers[target.suffix](rows, target)
    except OSError as error:
        raise CatalogInvalid([f"{target}: cannot be written: {error.strerror}"]) from error
    return len(rows)


def _write_lines(rows: Sequence[dict[str, Cell]], target: Path) -> None:
    with target.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_csv(rows: Sequence[dict[str, Cell]], target: Path) -> None:
    # With its mark in front, Excel takes the file for UTF-8.
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(ELEMENTS)
        writer.writerows(_flat(row) for row in rows)


def _write_excel(rows: Sequence[dict[str, Cell]], target: Path) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "B2"
    for number, element in enumerate(ELEMENTS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = 40 if element in _WIDE else 16
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)

    def cells(values: Sequence[str | int], font: Font | None = None) -> Iterator[WriteOnlyCell]:
        for value in values:
            cell = WriteOnlyCell(sheet, _UNPRINTABLE.sub("", value) if isinstance(value, str) else value)
            if isinstance(value, str):
                # A title that begins with "=" is a title and no formula.
                cell.data_type = "s"
            cell.alignment = wrapped
            if font is not None:
                cell.font = font
            yield cell

    sheet.append(list(cells(ELEMENTS, bold)))
    for row in rows:
        sheet.append(list(cells(_flat(row))))
    book.save(target)
