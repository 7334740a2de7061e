"""The parts of `wenban bench speech`: each measures, prints, and writes its section."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actions.service import Service
    from bench.speech.table import Model
    from catalog_index.loader import Catalog


def _models(args: argparse.Namespace) -> list[Model]:
    from bench.speech.table import Model
    from speech.models import is_model, resolve_model
    from wenban.errors import SetupError
    from wenban.settings import load_settings

    directories = args.models or [resolve_model(load_settings())]
    for directory in directories:
        if not is_model(directory):
            raise SetupError(f"{directory} is not a Vosk model directory")
    if len({directory.name for directory in directories}) < len(directories):
        raise SetupError("two of --models have the same name; a symbolic link can give one another")
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


def corpora_folder(args: argparse.Namespace) -> Path:
    from wenban.errors import SetupError

    if args.corpora is None:
        raise SetupError("recordings of people are asked for: name their folder with --corpora")
    folder: Path = args.corpora
    return folder


def _catalog() -> Catalog:
    from catalog_index.loader import load_catalog
    from wenban.settings import load_settings

    return load_catalog(load_settings().catalog_dir)


def _cache() -> Path:
    from wenban.settings import load_settings

    return load_settings().home / "bench" / "audio"


@contextmanager
def bar(total: int, what: str, unit: str) -> Iterator[Callable[[str, int], None]]:
    """A progress bar on standard error: tell it where it is and how much more is done."""
    import sys

    from tqdm import tqdm

    with tqdm(total=total, desc=what, unit=unit, file=sys.stderr) as bar:

        def told(where: str, done: int) -> None:
            bar.set_postfix_str(where, refresh=False)
            bar.update(done)

        yield told


def publish(args: argparse.Namespace, name: str, rows: list[dict[str, Any]], section: str) -> None:
    from bench.report import write_section
    from wenban.jsonl import emit

    if args.json:
        for row in rows:
            emit({"bench": name} | row)
    else:
        print(section)
    if not args.no_write:
        write_section(name, section)


def table(args: argparse.Namespace) -> None:
    import asyncio
    from functools import partial

    from bench.report import machine
    from bench.speech import conditions, sets
    from bench.speech.table import Plan, facts_of, markdown, measure, steps
    from speech.training.corpora import EVALUATION
    from wenban.errors import SetupError

    models, chosen = _models(args), _conditions(args, conditions.CONDITIONS)
    people = EVALUATION if args.corpora is not None else ()
    try:
        names = [sets.check(name) for name in args.set or (*sets.SYNTHETIC, *people)]
    except ValueError as error:
        raise SetupError(str(error)) from error
    if any(map(sets.is_human, names)):
        corpora_folder(args)
    catalog = _catalog()
    found: dict[str, list[sets.Clip]] = {}
    for name in names:
        with bar(args.limit, "audio", "clip") as told:
            found[name] = sets.clips(
                name, args.limit, catalog=catalog, cache=_cache(), corpora_dir=args.corpora,
                progress=partial(told, name),
            )  # fmt: skip
    looped = frozenset(name for name in names if sets.is_human(name))
    plan = Plan(found, chosen, args.pace, args.workers, looped)
    with bar(steps(plan, models), "recognition", "utterance") as told:
        errors, costs = asyncio.run(measure(plan, models, told))
    section = markdown(errors, costs, facts_of(plan, models, machine()))
    publish(args, "speech-table", errors + costs, section)


def throughput(args: argparse.Namespace) -> None:
    import asyncio
    from dataclasses import asdict

    from bench.report import machine
    from bench.speech.throughput import markdown, measure, read_list
    from wenban.settings import PROJECT_ROOT

    listed = args.list or PROJECT_ROOT / "tests" / "data" / "speech" / "transcripts.tsv"
    directory = _models(args)[0].directory
    figures = asyncio.run(measure(directory, read_list(listed), passes=args.passes))
    publish(args, "speech", [asdict(figures)], markdown(figures, machine()))


def search(args: argparse.Namespace) -> None:
    import asyncio
    import tempfile
    from dataclasses import replace
    from functools import partial

    from bench.report import machine
    from bench.search import read_queries
    from bench.speech import assembled
    from bench.speech.search import CONDITIONS, chosen, markdown, measure, spoken
    from catalog_index.engine import SearchEngine
    from wenban.settings import load_settings

    models, names = _models(args), _conditions(args, CONDITIONS)
    catalog = _catalog()
    if args.assembled:
        clips = assembled.spoken(corpora_folder(args), catalog, args.limit)
    else:
        queries = chosen(read_queries("dev", catalog), args.limit)
        with bar(len(queries), "audio", "query") as told:
            clips = spoken(queries, _cache(), partial(told, "queries"))
    with tempfile.TemporaryDirectory() as folder:
        engine = SearchEngine.build(catalog, replace(load_settings(), index_dir=Path(folder) / "index"))
        rows: list[dict[str, Any]] = []
        with bar(len(clips) * len(names) * len(models), "recognition", "query") as told:
            for model in models:
                rows += asyncio.run(
                    measure(engine, model.directory, clips, names, workers=args.workers, progress=told)
                )
    section = markdown(rows, machine(), assembled=args.assembled)
    publish(args, "speech-search-people" if args.assembled else "speech-search", rows, section)


def identity(args: argparse.Namespace) -> None:
    import asyncio
    import logging
    import tempfile
    from functools import partial

    from bench.report import machine
    from bench.speech.identity import CONDITIONS, markdown, measure, numbers, parts
    from bench.speech.voices import speak

    models, names = _models(args), _conditions(args, CONDITIONS)
    drawn = numbers(args.identity)
    said = [number.line for number in drawn] + [line for one in drawn for line in parts(one).values()]
    with bar(len(set(said)), "audio", "clip") as told:
        for _ in speak(said, _cache(), partial(told, "numbers")):
            pass
    logging.getLogger("actions").setLevel(logging.WARNING)  # a line a turn would bury the progress
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _service(Path(folder)) as service,
        bar(len(drawn) * len(names) * len(models), "recognition", "number") as told,
    ):
        for model in models:
            rows += asyncio.run(
                measure(service, model.directory, drawn, names, _cache(), workers=args.workers, progress=told)
            )
    publish(args, "speech-identity", rows, markdown(rows, machine()))


@contextmanager
def _service(folder: Path) -> Iterator[Service]:
    """A conversation's service over the catalog, with a store that is thrown away."""
    import os
    from dataclasses import replace
    from datetime import UTC, datetime

    from actions.applications.crypto import Cipher
    from actions.applications.store import Store
    from actions.service import Service
    from catalog_index.engine import SearchEngine
    from wenban.settings import load_settings

    catalog = _catalog()
    engine = SearchEngine.build(catalog, replace(load_settings(), index_dir=folder / "index"))
    store = Store(
        f"sqlite:///{folder / 'bench.sqlite3'}", Cipher([os.urandom(32)]), clock=lambda: datetime.now(UTC)
    )
    store.migrate()
    try:
        yield Service(catalog, engine, store)
    finally:
        store.close()


def soak(args: argparse.Namespace) -> None:
    import asyncio
    import time
    from functools import partial

    from bench.report import machine
    from bench.speech.soak import markdown, soak
    from bench.speech.voices import lines, speak
    from speech.language_model.domain import ANSWERS

    short = sorted(set(ANSWERS), key=lambda text: (len(text), text))[:40]
    with bar(len(short), "audio", "clip") as told:
        audio = [pcm for _, pcm in speak(lines(short), _cache(), partial(told, "answers"))]
    rows: list[dict[str, Any]] = []
    started = time.monotonic()
    models = _models(args)
    with bar(args.soak * len(models), "recognition", "utterance") as told:
        for model in models:
            rows += asyncio.run(
                soak(
                    model.directory, audio, args.soak, workers=args.workers,
                    progress=partial(told, model.name),
                )
            )  # fmt: skip
    publish(args, "speech-soak", rows, markdown(rows, machine(), time.monotonic() - started))
