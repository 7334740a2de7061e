"""`wenban catalog check, import, export, split, diff`: the editor's commands; their parsers only."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_index.editing.cli_diff import DraftsTouched

_TEXT = argparse.RawDescriptionHelpFormatter
_CHECK = """examples:
  wenban catalog check
  wenban catalog check --strict --json | jq -r 'select(.warning) | "\\(.file):\\(.line)"'
"""
_IMPORT = """examples:
  wenban catalog import items.xlsx --output city/
  wenban catalog import export.jsonl.xz --output city/ --map names.json

names.json says what the export calls the elements, and what its words mean:
  {"事项名称": ["subTaskName", "TASK_NAME"],      the first that is filled
   "实施主体": "DEPT_NAME",
   "送达方式": {"from": "courier_service", "values": {"是": "邮寄", "不支持": "窗口领取"}}}
"""
_EXPORT = """examples:
  wenban catalog export items.xlsx
  WENBAN_CATALOG=city/ wenban catalog export city.csv
"""
_DIFF = """examples:
  wenban catalog diff catalog_index/items new/
  wenban catalog diff old/ new/ --queries said.jsonl --drafts --json
"""
_SPLIT = """examples:
  wenban catalog split plate --facet 'problem:情况:车牌是丢了还是坏了？:lost=丢失,broken=损坏'
  wenban catalog split plate                       asks for the facets in a terminal
"""


def register(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], drafts: DraftsTouched | None = None
) -> None:
    """Adds the editor's commands to `wenban catalog`.

    Args:
        drafts: tells which open drafts changed items touch; without it `diff` has no --drafts.
    """
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
        "import", help="turn a city's export into catalog files", formatter_class=_TEXT, epilog=_IMPORT,
        description="Reads JSON Lines, CSV, JSON (also in a .js file; all also .xz or .gz) or Excel with\n"
        "the national element names (事项名称, 实施主体, 承诺办结时限, 申请材料 …) and writes one\n"
        "valid catalog file a department, marked `verified: false`, with a report of what was missing.",
    )  # fmt: skip
    bring.add_argument("file", type=Path)
    bring.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the YAML files")
    bring.add_argument("--map", type=Path, metavar="FILE", help='JSON: {"事项名称": "their name for it", …}')
    bring.add_argument("--json", action="store_true", help="the report as JSON Lines")
    bring.set_defaults(run=_import)
    export = actions.add_parser(
        "export", help="write the national element table", formatter_class=_TEXT, epilog=_EXPORT,
        description="Writes one row an item under the national element names (事项名称, 申请材料 …).\n"
        "Wenban's own columns 常用说法 and 常见情形 hold the everyday phrases. Import reads the file back;\n"
        "facets, form fields and conditions are not in the table.",
    )  # fmt: skip
    export.add_argument("file", type=Path, help="FILE.xlsx, FILE.csv or FILE.jsonl")
    export.add_argument("--json", action="store_true", help="one JSON record")
    export.set_defaults(run=_export)
    split = actions.add_parser(
        "split", help="turn a coarse item into leaves", formatter_class=_TEXT, epilog=_SPLIT,
        description="Writes one leaf for every way of answering the facets: ids, titles, `when`, what the\n"
        "item stated kept common, what differs left to fill in. Says what would still be ambiguous:\n"
        "paths that end nowhere or at two items, leaves that need more than two questions. In a\n"
        "terminal, facets that are not given are asked for. The catalog's own file is not touched.",
    )  # fmt: skip
    split.add_argument("id", metavar="ITEM", help="id of the item, or of a subject that has one item only")
    split.add_argument("--facet", action="append", default=[], metavar="ID:TITLE:ASK:VALUE=LABEL,…")
    split.add_argument("--without", action="append", default=[], metavar="FACET=VALUE,…",
                       help="a combination for which there is no leaf")  # fmt: skip
    split.add_argument("--write", type=Path, metavar="FILE", help="write the YAML there")
    split.add_argument("--json", action="store_true", help="JSON Lines")
    split.set_defaults(run=_split)
    diff = actions.add_parser(
        "diff", help="what a new version changes for citizens", formatter_class=_TEXT, epilog=_DIFF,
        description="Compares two catalog folders: items added, removed, renamed; fees, days, materials,\n"
        "form fields and questions that change; with --queries, which past utterances would land elsewhere.\n"
        "Exit code 1 if anything differs.",
    )  # fmt: skip
    diff.add_argument("old", type=Path, metavar="OLD", help="folder with the catalog in use")
    diff.add_argument("new", type=Path, metavar="NEW", help="folder with the new version")
    diff.add_argument("--queries", type=Path, metavar="FILE", help='past utterances, {"query": "…"} a line')
    if drafts is not None:
        diff.add_argument("--drafts", action="store_true", help="which open drafts are touched, and how")
    diff.add_argument("--json", action="store_true", help="JSON Lines")
    diff.set_defaults(run=partial(_diff, drafts=drafts))


def _diff(args: argparse.Namespace, drafts: DraftsTouched | None) -> int:
    from catalog_index.editing.cli_diff import run_diff

    return run_diff(args, drafts)


def _split(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_split import run_split

    return run_split(args)


def _check(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_check import run_check

    return run_check(args)


def _import(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_tables import run_import

    return run_import(args)


def _export(args: argparse.Namespace) -> int:
    from catalog_index.editing.cli_tables import run_export

    return run_export(args)
