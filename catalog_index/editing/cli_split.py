"""The work behind `wenban catalog split`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from catalog_index.editing.questions import questions_needed
from catalog_index.editing.split import Split, ambiguities, find_item, make_facet, parse_facet, split_item
from catalog_index.errors import CatalogInvalid
from catalog_index.loader import load_catalog
from catalog_index.schema import Facet
from wenban.jsonl import emit
from wenban.settings import load_settings


def run_split(args: argparse.Namespace) -> int:
    """Prints or writes the leaves, and what would still be ambiguous; 1 if something would."""
    folder = load_settings().catalog_dir
    catalog = load_catalog(folder)
    item = find_item(catalog, args.id)
    facets = [parse_facet(text) for text in args.facet]
    if not facets and sys.stdin.isatty():
        print(f"{item.title}（{item.department.name}）", file=sys.stderr)
        facets = asked_facets(input)
    if not facets:
        raise CatalogInvalid(["no facet; give --facet 'id:title:ask:value=label,value=label'"])
    split = split_item(catalog, folder, item, facets, [_combination(text) for text in args.without])
    unclear = ambiguities(split)
    if args.write is not None:
        try:
            args.write.write_text(split.text, encoding="utf-8")
        except OSError as error:
            raise CatalogInvalid([f"{args.write}: cannot be written: {error.strerror}"]) from error
    _show(split, unclear, args)
    return 1 if unclear else 0


def _show(split: Split, unclear: list[str], args: argparse.Namespace) -> None:
    questions = questions_needed(split.subject)
    if args.json:
        for leaf in split.leaves:
            emit({"leaf": leaf.id, "title": leaf.title, "questions": questions[leaf.id]})
        for text in unclear:
            emit({"ambiguous": text})
        emit({"replaces": split.place, "whole_subject": split.whole, "yaml": split.text})
        return
    if args.write is None:
        print(split.text, end="")
    what = "the whole subject of the item" if split.whole else "the item"
    print(f"# {len(split.leaves)} leaves; replaces {what} at {split.place}", file=sys.stderr)
    for leaf in split.leaves:
        print(f"#   {questions[leaf.id]} question(s)  {leaf.title}", file=sys.stderr)
    for text in unclear or ["nothing is ambiguous"]:
        print(f"# {text}", file=sys.stderr)


def _combination(text: str) -> dict[str, str]:
    pairs = [part.split("=", 1) for part in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise CatalogInvalid([f"--without {text!r}: write facet=value,facet=value"])
    return {facet.strip(): value.strip() for facet, value in pairs}


def asked_facets(ask: Callable[[str], str]) -> list[Facet]:
    """Facets by questions and answers; an empty answer ends each list.

    Args:
        ask: shows a prompt and gives the answer, as `input` does.
    """
    facets: list[Facet] = []
    while facet_id := ask("情形的英文代号（没有了就回车）：").strip():
        title, question = (
            ask("  名称，如“情况”：").strip(),
            ask("  怎么问，如“车牌是丢了还是坏了？”：").strip(),
        )
        values: list[tuple[str, str]] = []
        while value := ask("  一种回答：代号=叫法，如 lost=丢失（没有了就回车）：").strip():
            name, _, label = value.partition("=")
            values.append((name.strip(), label.strip()))
        try:
            facets.append(make_facet(facet_id, title, question, values))
        except CatalogInvalid as error:
            print(error.faults[0], file=sys.stderr)
    return facets
