"""The work behind `wenban catalog import` and `wenban catalog export`."""

from __future__ import annotations

import argparse

from catalog_index.editing.export import export_catalog
from catalog_index.importer import import_file
from catalog_index.loader import load_catalog
from wenban.jsonl import emit
from wenban.settings import load_settings


def run_import(args: argparse.Namespace) -> int:
    """Writes the catalog files and reports."""
    report = import_file(args.file, args.output, args.map)
    if args.json:
        for record in report.records():
            emit(record)
    else:
        print("\n".join(report.lines()))
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Writes the element table."""
    items = export_catalog(load_catalog(load_settings().catalog_dir), args.file)
    if args.json:
        emit({"written": str(args.file), "items": items})
    else:
        print(f"{items} items written to {args.file}")
    return 0
