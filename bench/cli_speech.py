"""`wenban bench speech`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.speech.table import Model
    from catalog_index.loader import Catalog

_DESCRIPTION = """\
Measures recognition and writes each result to its section of docs/benchmarks.md.

Without a part named, two parts are measured: the table of errors (set by condition by model, with delays in
real time and memory) and the throughput beside bare Vosk. Synthetic voices are espeak-ng variants that
training never used; what they say is kept under WENBAN_HOME/bench, so an interrupted run goes on where it
stopped. Recordings of people do not come with Wenban: name their folder with --corpora.
"""

_EPILOG = """\
examples:
  wenban bench speech                                       the table (minutes) and the throughput
  wenban bench speech --table --corpora DIR --limit 40      with people
  wenban bench speech --table --set human_dev --corpora DIR --networks var/speech/final.pt
  wenban bench speech --table --models var/a var/b --set domain --condition clean babble10
  wenban bench speech --search --limit 100                  the right item from speech, and what helps
  wenban bench speech --identity 200                        identity numbers, up to a careless 对
  wenban bench speech --soak 10000                          is a worker's memory flat?
  wenban bench speech --throughput --list my.tsv --no-write

sets: domain, catalog, values, words (synthetic voices); human_dev and the training corpora (people, with
--corpora; a training corpus says something only about a model that was trained without it).
conditions: clean, babble20, babble10, babble5 (dB; any other whole number too), room, amr.
The list of --throughput is a TSV with the columns `file` (relative to the list) and `text`.
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `speech` to `wenban bench`."""
    parser = sub.add_parser(
        "speech",
        help="recognition: errors by voice and room, delays, memory, throughput, search and numbers by voice",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = parser.add_argument_group("parts")
    parts.add_argument("--table", action="store_true", help="errors: set by condition by model")
    parts.add_argument("--throughput", action="store_true", help="beside bare Vosk with the same model")
    parts.add_argument("--search", action="store_true", help="the right item from speech and from typing")
    parts.add_argument("--identity", type=_count, metavar="N", help="N identity numbers in the dialogue")
    parts.add_argument("--soak", type=_count, metavar="N", help="N short utterances; memory of each worker")
    what = parser.add_argument_group("what is measured")
    what.add_argument("--models", type=Path, nargs="+", metavar="DIR", help="Vosk models (default: in use)")
    what.add_argument(
        "--networks",
        type=Path,
        nargs="+",
        metavar="PT",
        help="torch networks of the models, for the free loop",
    )
    what.add_argument(
        "--corpora", type=Path, metavar="DIR", help="folder of recordings (manifest.tsv, *.tar)"
    )
    what.add_argument("--set", nargs="+", metavar="SET", help="only these sets")
    what.add_argument("--condition", nargs="+", metavar="NAME", help="only these conditions")
    what.add_argument(
        "--limit", type=_count, default=60, metavar="N", help="utterances a set, queries (default 60)"
    )
    what.add_argument(
        "--pace", type=int, default=6, metavar="N", help="utterances in real time (default 6; 0: none)"
    )
    what.add_argument("--list", type=Path, metavar="TSV", help="recordings for --throughput")
    what.add_argument("--passes", type=_count, default=15, metavar="N", help="of --throughput (default 15)")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="recognizers (default 1)")
    parser.add_argument("--json", action="store_true", help="JSON Lines on standard output, a record a row")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.set_defaults(run=run)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def run(args: argparse.Namespace) -> int:
    """Measures the parts asked for, one after another; each is printed and written as soon as it is there."""
    from wenban.threads import limit_native_threads

    limit_native_threads()
    parts: list[tuple[bool, Callable[[argparse.Namespace], None]]] = [
        (args.table, _table),
        (args.throughput, _throughput),
        (args.search, _search),
        (args.identity is not None, _identity),
        (args.soak is not None, _soak),
    ]
    chosen = [part for wanted, part in parts if wanted] or [_table, _throughput]
    for part in chosen:
        part(args)
    return 0


def _models(args: argparse.Namespace) -> list[Model]:
    from bench.speech.table import Model
    from speech.models import is_model, resolve_model
    from wenban.errors import SetupError
    from wenban.settings import load_settings

    directories = args.models or [resolve_model(load_settings())]
    for directory in directories:
        if not is_model(directory):
            raise SetupError(f"{directory} is not a Vosk model directory")
    if args.networks and len(args.networks) != len(directories):
        raise SetupError("give --networks one network for each of --models, in the same order")
    networks = args.networks or [None] * len(directories)
    return [Model(one, network) for one, network in zip(directories, networks, strict=True)]


def _conditions(args: argparse.Namespace, default: Sequence[str]) -> list[str]:
    from bench.speech import conditions
    from wenban.errors import SetupError

    try:
        return [conditions.check(name) for name in args.condition or default]
    except ValueError as error:
        raise SetupError(str(error)) from error


def _catalog() -> Catalog:
    from catalog_index.loader import load_catalog
    from wenban.settings import load_settings

    return load_catalog(load_settings().catalog_dir)


def _cache() -> Path:
    from wenban.settings import load_settings

    return load_settings().home / "bench" / "audio"


@contextmanager
def _bar(total: int, what: str, unit: str) -> Iterator[Callable[[str, int], None]]:
    """A progress bar on standard error: tell it where it is and how much more is done."""
    import sys

    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit=unit, file=sys.stderr) as bar:

        def told(where: str, done: int) -> None:
            bar.set_postfix_str(where, refresh=False)
            bar.update(done)

        yield told


def _publish(args: argparse.Namespace, name: str, rows: list[dict[str, Any]], section: str) -> None:
    from bench.report import write_section
    from wenban.jsonl import emit

    if args.json:
        for row in rows:
            emit({"bench": name} | row)
    else:
        print(section)
    if not args.no_write:
        write_section(name, section)


def _table(args: argparse.Namespace) -> None:
    import asyncio
    from functools import partial

    from bench.report import machine
    from bench.speech import conditions, sets
    from bench.speech.table import Plan, facts_of, markdown, measure, steps
    from speech.training.corpora import EVALUATION
    from wenban.errors import SetupError

    models, catalog = _models(args), _catalog()
    people = EVALUATION if args.corpora is not None else ()
    chosen = _conditions(args, conditions.CONDITIONS)
    try:
        names = [sets.check(name) for name in args.set or (*sets.SYNTHETIC, *people)]
    except ValueError as error:
        raise SetupError(str(error)) from error
    found: dict[str, list[sets.Clip]] = {}
    for name in names:
        with _bar(args.limit, "audio", "clip") as told:
            found[name] = sets.clips(
                name, args.limit, catalog=catalog, cache=_cache(), corpora_dir=args.corpora,
                progress=partial(told, name),
            )  # fmt: skip
    looped = frozenset(name for name in names if sets.is_human(name))
    plan = Plan(found, chosen, args.pace, args.workers, looped)
    with _bar(steps(plan, models), "recognition", "utterance") as told:
        errors, costs = asyncio.run(measure(plan, models, told))
    section = markdown(errors, costs, facts_of(plan, models, machine()))
    _publish(args, "speech-table", errors + costs, section)


def _throughput(args: argparse.Namespace) -> None:
    import asyncio
    from dataclasses import asdict

    from bench.report import machine
    from bench.speech.throughput import markdown, measure, read_list
    from wenban.settings import PROJECT_ROOT

    listed = args.list or PROJECT_ROOT / "tests" / "data" / "speech" / "transcripts.tsv"
    directory = _models(args)[0].directory
    figures = asyncio.run(measure(directory, read_list(listed), passes=args.passes))
    _publish(args, "speech", [asdict(figures)], markdown(figures, machine()))


def _search(args: argparse.Namespace) -> None:
    import asyncio
    import tempfile
    from dataclasses import replace
    from functools import partial

    from bench.report import machine
    from bench.search import read_queries
    from bench.speech.search import CONDITIONS, chosen, markdown, measure, spoken
    from catalog_index.engine import SearchEngine
    from wenban.settings import load_settings

    models, catalog = _models(args), _catalog()
    names = _conditions(args, CONDITIONS)
    queries = chosen(read_queries("dev", catalog), args.limit)
    with _bar(len(queries), "audio", "query") as told:
        clips = spoken(queries, _cache(), partial(told, "queries"))
    with tempfile.TemporaryDirectory() as folder:
        engine = SearchEngine.build(catalog, replace(load_settings(), index_dir=Path(folder) / "index"))
        rows: list[dict[str, Any]] = []
        with _bar(len(clips) * len(names) * len(models), "recognition", "query") as told:
            for model in models:
                rows += asyncio.run(
                    measure(engine, model.directory, clips, names, workers=args.workers, progress=told)
                )
    _publish(args, "speech-search", rows, markdown(rows, machine()))


def _identity(args: argparse.Namespace) -> None:
    raise NotImplementedError


def _soak(args: argparse.Namespace) -> None:
    raise NotImplementedError
