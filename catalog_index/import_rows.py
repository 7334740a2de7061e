"""The rows of a city's export: JSON Lines or CSV, plain or compressed, each with its place for reports."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from catalog_index.errors import CatalogInvalid


def _open(path: Path) -> IO[str]:
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8-sig", newline="")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yields (file and line, record).

    Raises:
        CatalogInvalid: the file cannot be read, or a line of it; says where.
    """
    kind = Path(path.stem).suffix if path.suffix in (".xz", ".gz") else path.suffix
    if kind not in (".jsonl", ".csv"):
        raise CatalogInvalid([f"{path}: expected .jsonl or .csv (also .xz, .gz)"])
    try:
        with _open(path) as lines:
            if kind == ".csv":
                for number, row in enumerate(csv.DictReader(lines), 2):
                    yield f"{path.name}:{number}", row
                return
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        record = json.loads(line)
                    except ValueError as error:
                        raise CatalogInvalid(
                            [f"{path.name}:{number}: not readable as JSON: {error}"]
                        ) from error
                    if not isinstance(record, dict):
                        raise CatalogInvalid([f"{path.name}:{number}: a record must be a JSON object"])
                    yield f"{path.name}:{number}", record
    except (OSError, EOFError, UnicodeDecodeError, lzma.LZMAError, csv.Error) as error:
        raise CatalogInvalid([f"{path}: cannot be read: {error}"]) from error
