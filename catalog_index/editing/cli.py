"""`wenban catalog check, import, export, split, diff`: the editor's commands; their parsers only."""

from __future__ import annotations

import argparse
from pathlib import Path

_TEXT = argparse.RawDescriptionHelpFormatter
_CHECK = """examples:
  wenban catalog check
  wenban catalog check --strict --json | jq -r 'select(.warning) | "\\(.file):\\(.line)"'
"""


def register(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the editor's commands to `wenban catalog`."""
    check = actions.add_parser(
        "check", help="every fault with file, line and mend", formatter_class=_TEXT, epilog=_CHECK,
        description="Proves that every path of answers ends at one item. Each fault names its file and\n"
        "line and says how to mend it; exit code 1 if there is one. Warnings tell what\n"
        "would mislead the search: a phrase that reads as another sibling's answer, an item that\n"
        "nobody has a word for, a question too long to hear.",
    )  # fmt: skip
    check.add_argument("--strict", action="store_true", help="warnings fail too")
    check.add_argument("--json", action="store_true", help="JSON Lines")
    check.set_defaults(run=_check)
    bring = actions.add_parser(
        "import", help="turn a city's export into catalog files", formatter_class=_TEXT,
        description="Reads JSON Lines or CSV (also .xz or .gz) with the national element names\n"
        "(事项名称, 实施主体, 承诺办结时限, 申请材料 …) and writes one valid catalog file\n"
        "a department, marked `verified: false`, with a report of what was missing.",
    )  # fmt: skip
    bring.add_argument("file", type=Path)
    bring.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the YAML files")
    bring.add_argument("--map", type=Path, metavar="FILE", help='JSON: {"事项名称": "their name for it", …}')
    bring.add_argument("--json", action="store_true", help="the report as JSON Lines")
    bring.set_defaults(run=_import)


def _check(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_check import run_check

    return run_check(args)


def _import(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_tables import run_import

    return run_import(args)
