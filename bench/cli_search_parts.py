"""The parts of `wenban bench search`: each measures, prints, and writes its section."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from bench.report import REPORT, machine, write_section
from bench.search import QUERIES, Query, measure, measure_ranker, read_queries
from bench.search_baselines import BASELINES, chosen
from bench.search_report import WENBAN, Record, diet_section, record, search_section
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog, load_catalog
from wenban.errors import SetupError
from wenban.jsonl import emit
from wenban.settings import PROJECT_ROOT, load_settings

One = TypeVar("One")


@contextmanager
def _bar(total: int, what: str, unit: str = "query") -> Iterator[Callable[[int], object]]:
    """A progress bar on standard error where that is a terminal; tell it how much more is done."""
    with tqdm(total=total, desc=what, unit=unit, file=sys.stderr, disable=None) as bar:
        yield bar.update


def _told(all_of: Sequence[One], what: str) -> Iterable[One]:
    return tqdm(all_of, desc=what, unit="query", file=sys.stderr, disable=None)


def _asked(args: argparse.Namespace) -> tuple[Catalog, list[Query], str]:
    """The catalog to search, the queries, and what has to be said about them."""
    from bench.diet.compare import first_items
    from bench.search_train import SPLIT, hidden

    catalog = load_catalog(load_settings().catalog_dir)
    if args.split == SPLIT and args.queries is None:
        catalog, queries = hidden(catalog)
        said = (
            "The queries are utterances of the catalog itself, at most one an item, taken out of the index "
            "while they are asked; the encoder was trained on them."
        )
    else:
        queries, said = read_queries(args.split, catalog, args.queries or QUERIES), ""
    if args.diet and args.diet_items:
        catalog = first_items(catalog, args.diet_items)
        here = {item.id for item in catalog.items}
        queries = [query for query in queries if query.item in here]
        said += f" Only the catalog's first {len(here)} items, and the queries that name one of them."
    return catalog, queries, said.strip()


def compare(args: argparse.Namespace) -> int:
    """Wenban beside simpler ways and, if wished, DIET."""
    names = chosen(args.baselines)
    if args.diet_items is not None and (not args.diet or args.diet_items < 1):
        raise SetupError("--diet-items is a number of items, 1 or more, and goes with --diet")
    catalog, queries, said = _asked(args)
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        engine = SearchEngine.build(catalog, replace(settings, index_dir=Path(folder) / "index"))
        encoder = engine.channels.encoder
        by_kind, steps = measure(engine, _told(queries, WENBAN))
        records = [record(args.split, WENBAN, by_kind, steps)]
        for name in names:
            way = BASELINES[name]
            baseline = way.make(catalog, encoder)
            with _bar(steps.items, way.title) as done:
                by_kind, _ = measure_ranker(baseline.rank, queries, done)
            records.append(record(args.split, way.title, by_kind))
        if args.diet:
            records.append(_diet(args, catalog, queries, Path(folder) / "diet"))
        if args.misses:
            _misses(engine, queries)
    facts = [
        f"{len(queries)} queries ({steps.items} name an item, {steps.vague} only a subject, {steps.outside} "
        f"are out of scope) over {len(catalog.items)} items; encoder {encoder.name}."
    ]
    if engine.fusion.made.get("fitted_on") == f"{args.split}.jsonl":
        facts.append("The weights of the fusion were fitted on these queries; `--ablation` cross-validates.")
    facts += [said] if said else []
    name = "search-diet" if args.diet else "search"
    name += "" if args.split == "dev" else f"-{args.split}"
    name += f"-{args.diet_items}" if args.diet_items else ""
    if args.diet:
        picture = None
        section = diet_section(
            args.split, records, machine(), facts, epochs=args.diet_epochs, items=args.diet_items
        )
    else:
        picture = f"reliability-{args.split}.svg"
        section = search_section(args.split, records, machine(), facts, picture)
    _publish(args, records, name, section)
    if picture and not args.no_write:
        _draw(REPORT.with_name(picture), args.split, records[0])
    return 0


def _diet(args: argparse.Namespace, catalog: Catalog, queries: Sequence[Query], folder: Path) -> Record:
    from bench.diet.compare import rank

    asked = list(dict.fromkeys(query.query for query in queries if query.item))
    ranked = rank(
        catalog, asked, folder, PROJECT_ROOT / ".venv-rasa",
        epochs=args.diet_epochs, timeout_s=args.diet_timeout,
    )  # fmt: skip
    found = dict(zip(asked, ranked, strict=True))
    by_kind, _ = measure_ranker(lambda some: [found[query] for query in some], queries)
    return record(args.split, f"DIET, {args.diet_epochs} epochs", by_kind)


def _misses(engine: SearchEngine, queries: Sequence[Query]) -> None:
    for query in queries:
        result = engine.search(query.query)
        if query.item and result.results[0].id != query.item:
            print(f"{query.query}\t{query.item}\t{result.results[0].id}", file=sys.stderr)


def _publish(args: argparse.Namespace, records: Sequence[Record], name: str, section: str) -> None:
    if args.json:
        for one in records:
            emit(one)
    else:
        print(section)
    if not args.no_write:
        write_section(name, section, report=REPORT)


def _draw(path: Path, split: str, wenban: Record) -> None:
    from bench.reliability import Bin, svg

    bins = [Bin(**one) for one in wenban["reliability"]]
    path.write_text(svg(bins, f"Reliability, {split} queries (ECE {wenban['ece']:.3f})"), encoding="utf-8")


def ablation(args: argparse.Namespace) -> int:
    """Each channel left out, and all else fitted again."""
    from bench.search_ablation import VARIANTS, measure_ablation
    from bench.search_ablation_report import ablation_section

    if args.split != "dev":
        raise SetupError("--ablation fits weights again, which only development queries may do: --split dev")
    if args.folds < 2:
        raise SetupError("--folds must be 2 or more: what is measured must not be what was fitted on")
    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    queries = read_queries(args.split, catalog, args.queries or QUERIES)
    with _bar(len(VARIANTS) * args.folds, "ablation", "fold") as done:
        rows = measure_ablation(catalog, queries, settings.encoder, args.folds, done)
    section = ablation_section(rows, args.folds, machine())
    _publish(args, [row.record() for row in rows], "search-ablation", section)
    return 0


def scale(args: argparse.Namespace) -> int:
    """Larger and larger catalogs."""
    from bench.scale import markdown, measure_scale

    found = measure_scale(
        args.scale, load_settings().home / "bench" / "scale", args.split, args.queries or QUERIES,
        timeout_s=args.scale_timeout, progress=partial(print, file=sys.stderr),
    )  # fmt: skip
    records: list[Record] = []
    for size, figures in found.items():
        measured = (
            {"not_measured": figures} if isinstance(figures, str) else asdict(figures[0]) | asdict(figures[1])
        )
        records.append({"bench": "search-scale", "size": size} | measured)
    _publish(args, records, "search-scale", markdown(args.split, found, machine()))
    return int(any(isinstance(figures, str) for figures in found.values()))
