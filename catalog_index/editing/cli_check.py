"""The work behind `wenban catalog check`."""

from __future__ import annotations

import argparse
from pathlib import Path

from catalog_index.checks import find_faults
from catalog_index.editing.warnings import find_warnings
from catalog_index.errors import CatalogInvalid
from catalog_index.faults import Fault, located
from catalog_index.loader import load_catalog
from wenban.jsonl import emit
from wenban.settings import load_settings


def run_check(args: argparse.Namespace) -> int:
    """Prints faults and warnings; 1 if there is a fault, or with --strict a warning."""
    folder = load_settings().catalog_dir
    faults, warnings, summary = checked(folder)
    for kind, found in (("fault", faults), ("warning", warnings)):
        for one in found:
            if args.json:
                emit({kind: one.text, **{k: v for k, v in one.as_dict().items() if k != "text"}})
            else:
                print(one if kind == "fault" else f"{one}  (warning)")
    if args.json:
        emit({"faults": len(faults), "warnings": len(warnings), "summary": summary})
    else:
        sound = "sound" if not faults else f"{len(faults)} fault(s)"
        print(f"{sound}; {len(warnings)} warning(s); {summary}")
    return 1 if faults or (args.strict and warnings) else 0


def checked(folder: Path) -> tuple[list[Fault], list[Fault], str]:
    """Faults, warnings, and how much was looked at."""
    try:
        catalog = load_catalog(folder)
    except CatalogInvalid as error:
        return error.located, [], "not loadable"
    summary = f"{len(catalog.items)} items in {len(catalog.subjects)} subjects"
    return located(find_faults(catalog), folder), located(find_warnings(catalog), folder), summary
