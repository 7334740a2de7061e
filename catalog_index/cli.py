"""`wenban search` and `wenban catalog`: the catalog and its search from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_index.editing.cli_diff import DraftsTouched
    from catalog_index.engine import SearchEngine
    from catalog_index.loader import Catalog
    from wenban.settings import Settings

_SEARCH_HELP = """examples:
  wenban search 我老婆户口在上海，想迁到我这里
  wenban search --top 3 --json 车牌丢了
  cat needs.txt | wenban search --json      one query a line, one record a line

A record says what to do next: "item" (results[0] is meant), "clarify" (ask the question of one subject),
"choose" (offer the options) or "none" (nothing in the catalog fits). A query that cannot be searched gives a
record with "error", and the next line is read. The index is built with `wenban catalog build`.
"""
_CATALOG_HELP = """examples:
  wenban catalog check                      prove that every path of answers ends at one item
  wenban catalog show hukou-spouse-outside
  wenban catalog import export.xlsx --output city/ --map names.json
  wenban catalog export items.xlsx          the national element table
  wenban catalog split ITEM --facet …       one coarse item becomes leaves
  wenban catalog diff old/ new/             what a new version changes for citizens
  wenban catalog build                      search index, jieba's dictionary, the recognizer's words
"""


AlsoBuild = Callable[["Catalog", "Settings"], Mapping[str, object]]


def _nothing_else(_: Catalog, __: Settings) -> Mapping[str, object]:
    return {}


def register(
    sub: argparse._SubParsersAction[argparse.ArgumentParser],
    *,
    also_build: AlsoBuild = _nothing_else,
    drafts: DraftsTouched | None = None,
    more: Sequence[Callable[[argparse._SubParsersAction[argparse.ArgumentParser]], None]] = (),
) -> None:
    """Adds `search` and `catalog` to the program.

    Args:
        also_build: what else `catalog build` makes of the catalog; returns what is to be told about it.
        drafts: tells which open drafts changed items touch, for `catalog diff --drafts`.
        more: add further `catalog` commands, of packages that this one knows nothing of.
    """
    text = argparse.RawDescriptionHelpFormatter
    search = sub.add_parser(
        "search", help="find the item that a sentence means", epilog=_SEARCH_HELP, formatter_class=text,
        description="Finds the service item that a citizen's own words mean.",
    )  # fmt: skip
    search.add_argument("text", nargs="*", help="the query; without it, one query a line from standard input")
    search.add_argument("--top", type=int, default=5, metavar="K", help="how many results (default 5)")
    search.add_argument("--json", action="store_true", help="JSON Lines")
    search.set_defaults(run=run_search)
    catalog = sub.add_parser(
        "catalog", help="check, show, import, index the catalog", epilog=_CATALOG_HELP, formatter_class=text,
        description="Works on the catalog in WENBAN_CATALOG (by default the bundled one).",
    )  # fmt: skip
    actions = catalog.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, about in (
        ("stats", run_stats, "leaves and coarse items by department and type, materials to bring, visits"),
        ("list", run_list, "all items, one a line"),
        ("build", partial(run_build, also=also_build), "build all that is made from the catalog"),
    ):
        action = actions.add_parser(name, help=about, description=about)
        action.add_argument("--json", action="store_true", help="JSON Lines")
        action.set_defaults(run=run)
    show = actions.add_parser("show", help="everything about one item")
    show.add_argument("id", help="the item's id, as `wenban catalog list` gives it")
    show.add_argument("--json", action="store_true", help="one JSON record")
    show.set_defaults(run=run_show)
    from catalog_index.editing import cli as editing

    editing.register(actions, drafts)
    for add in more:
        add(actions)


def _catalog() -> Catalog:
    from catalog_index.loader import load_catalog
    from wenban.settings import load_settings

    return load_catalog(load_settings().catalog_dir)


def _queries(words: list[str]) -> Iterable[str]:
    return [" ".join(words)] if words else (line.rstrip("\r\n") for line in sys.stdin)


def _records(engine: SearchEngine, queries: Iterable[str], top: int) -> Iterator[dict[str, object]]:
    from catalog_index.errors import QueryInvalid

    for query in queries:
        try:
            found = engine.search(query, top=top)
        except QueryInvalid as error:
            yield {"query": query[:80], "error": error.as_dict()}
            continue
        yield {
            "query": found.query,
            "decision": found.decision,
            "question": found.question,
            "options": [asdict(option) for option in found.options],
            "results": [asdict(result) for result in found.results],
            "ms": found.ms,
        }


def run_search(args: argparse.Namespace) -> int:
    from wenban.threads import limit_native_threads

    limit_native_threads()
    from catalog_index.engine import SearchEngine
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    if args.top < 1:
        print("--top must be at least 1", file=sys.stderr)
        return 2
    engine = SearchEngine.load(_catalog(), load_settings())
    failed = 0
    for record in _records(engine, _queries(args.text), args.top):
        failed += "error" in record
        if args.json:
            emit(record)
        else:
            _print_record(record)
    return 1 if failed and args.text else 0


def _print_record(record: dict[str, object]) -> None:
    error, results, options = record.get("error"), record.get("results"), record.get("options")
    print(f"问：{record['query']}")
    if isinstance(error, dict):
        print(f"  {error['message']}")
        return
    print(
        f"  → {record['decision']}（{record['ms']} ms）"
        + (f"　{record['question']}" if record["question"] else "")
    )
    for number, option in enumerate(options if isinstance(options, list) else (), 1):
        print(f"    {number}. {option['label']}")
    for result in results if isinstance(results, list) else ():
        print(f"  {result['probability']:6.1%}  {result['title']}（{result['department']}）  {result['id']}")


def run_stats(args: argparse.Namespace) -> int:
    from catalog_index.stats import statistics
    from wenban.jsonl import emit

    columns = {
        "items": "leaves", "coarse": "coarse", "no_material": "none", "one_material": "one",
        "two_materials": "two", "more_materials": "3+", "without_visit": "no visit",
    }  # fmt: skip
    if not args.json:
        print("".join(f"{title:>9}" for title in columns.values()))
    for record in statistics(_catalog()):
        if args.json:
            emit(record)
        else:
            print("".join(f"{record[name]:>9}" for name in columns) + f"  {record['name']}")
    if not args.json:
        print("none, one, two, 3+: leaves by the number of materials that every applicant has to bring")
    return 0


def run_list(args: argparse.Namespace) -> int:
    from wenban.jsonl import emit

    for item in _catalog().items:
        if args.json:
            emit(
                {
                    "id": item.id,
                    "title": item.title,
                    "subject": item.subject,
                    "department": item.department.name,
                }
            )
        else:
            print(f"{item.id:<40} {item.title}（{item.department.short}，{item.subject}）")
    return 0


def run_show(args: argparse.Namespace) -> int:
    from catalog_index.stats import described
    from wenban.jsonl import emit

    item = _catalog().item(args.id)
    if args.json:
        emit(item.model_dump())
    else:
        for line in described(item):
            print(line)
    return 0


def run_build(args: argparse.Namespace, *, also: AlsoBuild = _nothing_else) -> int:
    from wenban.threads import limit_native_threads

    limit_native_threads()
    from catalog_index.documents import write_dictionary
    from catalog_index.engine import SearchEngine
    from wenban.jsonl import emit
    from wenban.lock import alone
    from wenban.settings import load_settings

    settings = load_settings()
    # Two at once would tear down each other's half-made index. Who waited reads the catalog as it is then.
    with alone(settings.home / "build.lock"):
        catalog = _catalog()
        engine = SearchEngine.build(catalog, settings)
        dictionary = settings.home / "jieba" / "catalog.txt"
        words = write_dictionary(catalog, dictionary)
        record = {
            "items": len(catalog.items),
            "catalog": catalog.version,
            "encoder": engine.channels.encoder.name,
            "index": str(settings.index_dir),
            "dictionary": str(dictionary),
            "words": words,
            **also(catalog, settings),
        }
    if args.json:
        emit(record)
    else:
        print("\n".join(f"{name:<12} {value}" for name, value in record.items()))
    return 0
