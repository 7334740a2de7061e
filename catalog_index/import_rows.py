"""The rows of a city's export, each with its place for reports.

JSON Lines, CSV, Excel, or JSON (also as a JavaScript file that assigns it) in which departments hold subjects
and subjects hold items; all but Excel also compressed.
"""

from __future__ import annotations

import csv
import gzip
import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from catalog_index.errors import CatalogInvalid

KINDS = (".jsonl", ".csv", ".xlsx", ".json", ".js")
Row = tuple[str, Mapping[str, Any]]
# Cities put a title, a date and a remark above the names of the columns.
_HEADER_WITHIN = 10


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_rows(path: Path, columns: Sequence[str] = ()) -> Iterator[Row]:
    """Yields (file and line, record).

    Args:
        columns: names of which a spreadsheet's header row must hold at least one.

    Raises:
        CatalogInvalid: the file cannot be read, or a line of it; says where.
    """
    kind = Path(path.stem).suffix if path.suffix in (".xz", ".gz") else path.suffix
    if kind not in KINDS or (kind == ".xlsx" and path.suffix != kind):
        raise CatalogInvalid([f"{path}: expected {', '.join(KINDS)} (all but .xlsx also .xz, .gz)"])
    try:
        if kind == ".xlsx":
            yield from _excel(path, columns)
            return
        with _open(path) as stream:
            if kind == ".csv":
                for number, row in enumerate(csv.DictReader(stream), 2):
                    yield f"{path.name}:{number}", row
            elif kind == ".jsonl":
                yield from _json_lines(path.name, stream)
            else:
                yield from _nested(path.name, stream.read())
    except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError, csv.Error) as error:
        raise CatalogInvalid([f"{path}: cannot be read: {error}"]) from error


def _json_lines(name: str, stream: IO[str]) -> Iterator[Row]:
    for number, line in enumerate(stream, 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError as error:
                raise CatalogInvalid([f"{name}:{number}: not readable as JSON: {error}"]) from error
            if not isinstance(record, dict):
                raise CatalogInvalid([f"{name}:{number}: a record must be a JSON object"])
            yield f"{name}:{number}", record


def _nested(name: str, text: str) -> Iterator[Row]:
    starts = [at for at in (text.find("["), text.find("{")) if at >= 0]
    try:
        data, _ = json.JSONDecoder().raw_decode(text, min(starts, default=0))
    except ValueError as error:
        raise CatalogInvalid([f"{name}: not readable as JSON: {error}"]) from error
    for number, record in enumerate(_leaves(data, {}), 1):
        yield f"{name}#{number}", record


def _leaves(data: object, above: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The innermost records, each with what the records around it say."""
    if isinstance(data, list):
        for one in data:
            yield from _leaves(one, above)
    elif isinstance(data, dict):
        inner = [value for value in data.values() if _holds_records(value)]
        own = {**above, **{key: value for key, value in data.items() if not _holds_records(value)}}
        if not inner:
            yield own
        for value in inner:
            yield from _leaves(value, own)


def _holds_records(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _excel(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise CatalogInvalid([f"{path}: cannot be read as Excel: {error}"]) from error
    try:
        for sheet in book.worksheets:
            yield from _sheet(f"{path.name}/{sheet.title}", sheet.iter_rows(values_only=True), columns)
    finally:
        book.close()


def _sheet(name: str, rows: Iterator[tuple[Any, ...]], columns: Sequence[str]) -> Iterator[Row]:
    header: list[str] | None = None
    for number, row in enumerate(rows, 1):
        if header is None:
            names = ["" if cell is None else str(cell).strip() for cell in row]
            if set(names) & set(columns) or (not columns and any(names)):
                header = names
            elif number >= _HEADER_WITHIN:
                return
        elif any(cell is not None for cell in row):
            yield f"{name}:{number}", {key: cell for key, cell in zip(header, row, strict=False) if key}
