"""`wenban bench search`."""

from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """\
examples:
  wenban bench search                   Wenban beside six simpler ways, on development queries (two minutes)
  wenban bench search --split test --json --no-write
  wenban bench search --split train     the catalog's own utterances, each out of the index while it is asked
  wenban bench search --baselines bm25,tantivy
  wenban bench search --ablation        each channel left out and all else fitted again (a quarter of an hour)
  wenban bench search --diet            also a Rasa DIET classifier with an intent an item (an hour or more);
                                        has a section of its own, which the fast measurements leave as it is
  wenban bench search --diet --diet-items 300
  wenban bench search --scale 2008,20000,200000,1000000    how it grows; hours for a million, goes on when
                                                           started again

Query files are bench/queries/SPLIT.jsonl, a record a line: {"query", "kind", "item", "subject"}; item and
subject are null where nothing in the catalog is meant, item alone where only the subject can be known.

baselines: bm25, tfidf, rapidfuzz, fts5, tantivy, encoder (the own encoder's nearest phrase). tantivy needs
the package of that name.
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `search` to `wenban bench`."""
    parser = sub.add_parser(
        "search",
        help="the right item and the right next step, beside simpler ways and DIET",
        description="Measures the search on a set of queries and writes the result to docs/benchmarks.md.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON record a system")
    parser.add_argument("--split", default="dev", help="train, dev or test (default dev)")
    parser.add_argument("--queries", type=Path, metavar="DIR", help="another folder of query files")
    parser.add_argument("--baselines", default="all", metavar="NAMES", help="some, all (default) or none")
    parser.add_argument("--misses", action="store_true", help="list the queries whose first item is wrong")
    parser.add_argument("--ablation", action="store_true", help="what each channel brings, instead")
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="of --ablation (default 5)")
    parser.add_argument("--diet", action="store_true", help="also train and measure DIET")
    parser.add_argument("--diet-epochs", type=int, default=60, metavar="N", help="(default 60)")
    parser.add_argument(
        "--diet-items", type=int, metavar="N", help="only the catalog's first N items, for every system"
    )
    parser.add_argument(
        "--diet-timeout", type=float, default=9000, metavar="S", help="most for training (default 9000)"
    )
    parser.add_argument(
        "--scale", metavar="SIZES", type=_sizes,
        help="measure catalogs of these sizes, made from the real one, instead",
    )  # fmt: skip
    parser.add_argument(
        "--scale-timeout", type=float, default=7200, metavar="S", help="most for one size (default 7200)"
    )
    parser.add_argument("--no-write", action="store_true", help="leave docs/ as it is")
    parser.set_defaults(run=run)


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("sizes are numbers of items, 1 or more")
    return sizes


def run(args: argparse.Namespace) -> int:
    """Measures, prints, writes."""
    from wenban.threads import limit_native_threads

    limit_native_threads()
    from bench import cli_search_parts as parts

    if args.scale:
        return parts.scale(args)
    if args.ablation:
        return parts.ablation(args)
    return parts.compare(args)
