"""`wenban bench search`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  wenban bench search
  wenban bench search --split test --json --no-write
  wenban bench search --scale 2008,20000,200000,1000000    how it grows; hours for a million, goes on when
                                                           started again
  wenban bench search --diet            also trains a DIET classifier with an intent an item (minutes)

Query files are bench/queries/SPLIT.jsonl, a record a line: {"query", "kind", "item", "subject"}; item and
subject are null where nothing in the catalog is meant, item alone where only the subject can be known.
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `search` to `wenban bench`."""
    parser = sub.add_parser(
        "search",
        help="the right item and the right next step, beside jieba+BM25 and DIET",
        description="Measures the search on a set of queries and writes the result to docs/benchmarks.md.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON record a system")
    parser.add_argument("--split", default="dev", help="train, dev or test (default dev)")
    parser.add_argument("--queries", type=Path, metavar="DIR", help="another folder of query files")
    parser.add_argument("--misses", action="store_true", help="list the queries whose first item is wrong")
    parser.add_argument("--diet", action="store_true", help="also train and measure DIET")
    parser.add_argument("--diet-epochs", type=int, default=60, metavar="N", help="(default 60)")
    parser.add_argument("--diet-timeout", type=float, default=1800, metavar="S", help="(default 1800)")
    parser.add_argument(
        "--scale", metavar="SIZES", type=_sizes,
        help="measure catalogs of these sizes, made from the real one, instead",
    )  # fmt: skip
    parser.add_argument(
        "--scale-timeout", type=float, default=7200, metavar="S", help="most for one size (default 7200)"
    )
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.set_defaults(run=run)


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("sizes are numbers of items, 1 or more")
    return sizes


def _scale(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from bench.report import machine, write_section
    from bench.scale import markdown, measure_scale
    from bench.search import QUERIES
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    found = measure_scale(
        args.scale, load_settings().home / "bench" / "scale", args.split, args.queries or QUERIES,
        timeout_s=args.scale_timeout, progress=lambda line: print(line, file=sys.stderr),
    )  # fmt: skip
    section = markdown(args.split, found, machine())
    if args.json:
        for size, figures in found.items():
            measured = (
                {"not_measured": figures}
                if isinstance(figures, str)
                else asdict(figures[0]) | asdict(figures[1])
            )
            emit({"bench": "search-scale", "size": size} | measured)
    else:
        print(section)
    if not args.no_write:
        write_section("search-scale", section)
    return int(any(isinstance(figures, str) for figures in found.values()))


def run(args: argparse.Namespace) -> int:
    """Measures, prints, writes."""
    from wenban.threads import limit_native_threads

    limit_native_threads()
    if args.scale:
        return _scale(args)
    import tempfile
    from dataclasses import replace

    from bench.diet.compare import rank
    from bench.report import machine, write_section
    from bench.search import QUERIES, Quality, markdown, measure, measure_ranker, read_queries
    from bench.search_baselines import JiebaBm25
    from catalog_index.engine import SearchEngine
    from catalog_index.loader import load_catalog
    from wenban.jsonl import emit
    from wenban.settings import PROJECT_ROOT, load_settings

    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    queries = read_queries(args.split, catalog, args.queries or QUERIES)
    with tempfile.TemporaryDirectory() as folder:
        engine = SearchEngine.build(catalog, replace(settings, index_dir=Path(folder) / "index"))
        systems: dict[str, dict[str, Quality]] = {}
        systems["Wenban"], steps = measure(engine, queries)
        systems["jieba + BM25"], _ = measure_ranker(JiebaBm25(catalog).rank, queries)
        if args.diet:
            ranked = rank(
                catalog, [query.query for query in queries if query.item], Path(folder) / "diet",
                PROJECT_ROOT / ".venv-rasa", epochs=args.diet_epochs, timeout_s=args.diet_timeout,
            )  # fmt: skip
            systems[f"DIET, {args.diet_epochs} epochs"], _ = measure_ranker(lambda _: ranked, queries)
        if args.misses:
            for query in queries:
                result = engine.search(query.query)
                if query.item and result.results[0].id != query.item:
                    print(f"{query.query}\t{query.item}\t{result.results[0].id}", file=sys.stderr)
    facts = (
        f"{len(queries)} queries ({steps.items} name an item, {steps.vague} only a subject, {steps.outside} "
        f"are out of scope) over {len(catalog.items)} items; encoder {engine.channels.encoder.name}.",
    )
    section = markdown(args.split, systems, steps, machine(), facts)
    if args.json:
        for name, by_kind in systems.items():
            record: dict[str, object] = {"bench": "search", "split": args.split, "system": name}
            record |= by_kind["all"].shares() if "all" in by_kind else {}
            record["kinds"] = {kind: own.shares() for kind, own in by_kind.items() if kind != "all"}
            emit(record | (steps.shares() if name == "Wenban" else {}))
    else:
        print(section)
    if not args.no_write:
        write_section("search" if args.split == "dev" else f"search-{args.split}", section)
    return 0
