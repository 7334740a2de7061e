"""The work behind `wenban catalog import` and `export`."""

from __future__ import annotations

import argparse

from catalog_index.importer import import_file
from wenban.jsonl import emit


def run_import(args: argparse.Namespace) -> int:
    """Writes the catalog files and reports."""
    report = import_file(args.file, args.output, args.map)
    if args.json:
        for record in report.records():
            emit(record)
    else:
        print("\n".join(report.lines()))
    return 0
