"""How the search grows: catalogs of several sizes, each built and asked in processes of its own.

What a process measured is kept under `WENBAN_HOME/bench/scale`, so an interrupted run goes on where it was.
Figures are of one thread. Processor time stands beside the clock's, since it depends less on what else
runs on the machine.
"""

from __future__ import annotations

import json
import logging
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time, thread_time

from wenban.errors import SetupError
from wenban.threads import limit_native_threads, single_threaded_environment

SIZES = (2_008, 20_000, 200_000, 1_000_000)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Built:
    """Building: seconds by the clock and of the processor, the most memory held, bytes on the disk."""

    made_from: str
    items: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    index_mb: float


@dataclass(frozen=True)
class Asked:
    """Loading and asking.

    Attributes:
        kind: which index answered. first: share of queries whose real item came first.
        first_or_twin: ... whose real item or a twin of it elsewhere came first.
        own_mb: memory of the process alone; mapped_mb: index pages that the system may drop again.
    """

    made_from: str
    kind: str
    queries: int
    load_seconds: float
    p50_ms: float
    p95_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    first: float
    third: float
    first_or_twin: float
    own_mb: float
    mapped_mb: float


def measure_scale(
    sizes: Sequence[int],
    folder: Path,
    split: str,
    queries: Path,
    *,
    timeout_s: float,
    progress: Callable[[str], None],
) -> dict[int, tuple[Built, Asked] | str]:
    """Every size in turn; instead of figures the reason why there are none.

    Args:
        folder: where indexes and figures are kept; an index is removed when it has been asked.
        queries: folder of query files.
        timeout_s: the most a size's build may take.
    """
    found: dict[int, tuple[Built, Asked] | str] = {}
    for size in sizes:
        own = folder / str(size)
        own.mkdir(parents=True, exist_ok=True)
        try:
            for task in ("build", "ask"):
                progress(f"{size} items: {task}")
                _child(task, size, own, split, queries, timeout_s)
            found[size] = (
                Built(**json.loads((own / "build.json").read_text(encoding="utf-8"))),
                Asked(**json.loads((own / "ask.json").read_text(encoding="utf-8"))),
            )
            shutil.rmtree(own / "index", ignore_errors=True)
        except subprocess.TimeoutExpired:
            found[size] = f"not built within {timeout_s:.0f} s"
        except subprocess.CalledProcessError as error:
            found[size] = f"the process ended with {error.returncode}"
    return found


def _child(task: str, size: int, folder: Path, split: str, queries: Path, timeout_s: float) -> None:
    import os

    command = [sys.executable, "-m", "bench.scale", task, str(size), str(folder), split, str(queries)]
    environment = os.environ | single_threaded_environment()
    subprocess.run(command, check=True, timeout=timeout_s, env=environment, stdout=subprocess.DEVNULL)


def build(size: int, folder: Path) -> None:
    """The child that builds; does nothing when the same was built before."""
    import resource

    import numpy as np

    from bench.perturbed import PerturbedCatalog
    from catalog_index.encoder import load_encoder
    from catalog_index.engine import WIDE_FROM
    from catalog_index.loader import load_catalog
    from catalog_index.vectors import vector_engine
    from catalog_index.wide_build import build_wide
    from wenban.settings import load_settings

    settings = load_settings()
    catalog, encoder = load_catalog(settings.catalog_dir), load_encoder(settings.encoder)
    source, index = PerturbedCatalog(catalog, size), folder / "index"
    engine = vector_engine(settings.vector_url)
    stamp = f"{source.version} {encoder.name} {engine.name}"
    if _kept(folder / "build.json", stamp) and (index.is_dir() or _kept(folder / "ask.json", stamp)):
        return
    shutil.rmtree(index, ignore_errors=True)
    index.mkdir()
    clock, cpu = perf_counter(), process_time()
    if size < WIDE_FROM:
        from dataclasses import replace

        from catalog_index.engine import SearchEngine

        SearchEngine.build(catalog, replace(settings, index_dir=index))
        items = len(catalog.items)
    else:
        build_wide(source, encoder, engine, index, progress=log.info)
        items = int(np.load(index / "first_item.npy")[-1])
    made = Built(
        stamp,
        items,
        round(perf_counter() - clock, 1),
        round(process_time() - cpu, 1),
        round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        round(sum(path.stat().st_size for path in index.iterdir()) / 2**20, 1),
    )
    (folder / "build.json").write_text(json.dumps(asdict(made)) + "\n", encoding="utf-8")


def ask(size: int, folder: Path, split: str, queries_folder: Path) -> None:
    """The child that loads and asks; timings leave out the first half of the queries, which warms it up."""
    import numpy as np

    from bench.perturbed import PerturbedCatalog, original
    from bench.search import read_queries
    from catalog_index.encoder import load_encoder
    from catalog_index.engine import WIDE_FROM, SearchEngine
    from catalog_index.fusion import Fusion
    from catalog_index.loader import load_catalog
    from catalog_index.vectors import vector_engine
    from catalog_index.wide import WideChannels
    from wenban.settings import load_settings

    settings = load_settings()
    catalog = load_catalog(settings.catalog_dir)
    source, index = PerturbedCatalog(catalog, size), folder / "index"
    stamp = json.loads((folder / "build.json").read_text(encoding="utf-8"))["made_from"]
    if _kept(folder / "ask.json", stamp):
        return
    queries = [query for query in read_queries(split, catalog, queries_folder) if query.item is not None]
    random.Random(1).shuffle(queries)
    start = perf_counter()
    if size < WIDE_FROM:
        from dataclasses import replace

        engine = SearchEngine.load(catalog, replace(settings, index_dir=index))
    else:
        channels = WideChannels(
            index, source, load_encoder(settings.encoder), vector_engine(settings.vector_url)
        )
        engine = SearchEngine(catalog, channels, Fusion.load())
    loaded = perf_counter() - start
    clock, cpu, first, third, twin = [], [], 0, 0, 0
    for query in queries:
        before = thread_time()
        result = engine.search(query.query)
        cpu.append((thread_time() - before) * 1000)
        clock.append(result.ms)
        ranked = [scored.id for scored in result.results]
        first += ranked[:1] == [query.item]
        third += query.item in ranked[:3]
        twin += [original(one) for one in ranked[:1]] == [query.item]
    own, mapped = _memory()
    half = len(queries) // 2
    p50, p95 = (round(float(value), 2) for value in np.percentile(clock[half:], [50, 95]))
    cpu50, cpu95 = (round(float(value), 2) for value in np.percentile(cpu[half:], [50, 95]))
    asked = Asked(
        stamp, engine.channels.kind, len(queries), round(loaded, 2), p50, p95, cpu50, cpu95,
        round(first / len(queries), 4), round(third / len(queries), 4), round(twin / len(queries), 4),
        own, mapped,
    )  # fmt: skip
    (folder / "ask.json").write_text(json.dumps(asdict(asked)) + "\n", encoding="utf-8")


def _kept(path: Path, stamp: str) -> bool:
    return path.is_file() and json.loads(path.read_text(encoding="utf-8")).get("made_from") == stamp


def _memory() -> tuple[float, float]:
    """Megabytes of this process: its own, and pages of files that it has mapped."""
    fields = dict(
        line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    )
    own, mapped = (round(int(fields[name].split()[0]) / 1024) for name in ("RssAnon", "RssFile"))
    return own, mapped


def markdown(split: str, found: dict[int, tuple[Built, Asked] | str], where: str) -> str:
    """The section of docs/benchmarks.md."""
    asked_of = {figures[1].queries for figures in found.values() if not isinstance(figures, str)}
    lines = [
        "## Search, growing",
        "",
        f"`wenban bench search --scale {','.join(map(str, found))}`, {where}.",
        "",
        "Larger catalogs are the real one and, for hundreds of other places and in other words, its subjects",
        "again: every real item stands among near twins. Queries are the real ones of the",
        f"{split} split that name an item ({' / '.join(map(str, sorted(asked_of)))}).",
        "One thread; the second half of the queries is timed. Clock times were taken beside whatever else",
        "ran on the machine; processor times depend on that less.",
        "",
        "| items | index | p50 / p95, ms | of the processor, ms | real item first | in the top three "
        "| it or a twin elsewhere first | load, s | memory: own + mapped, MB |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size, figures in found.items():
        if isinstance(figures, str):
            lines.append(f"| {size:,} | not measured: {figures} | | | | | | | |")
            continue
        built, asked = figures
        lines.append(
            f"| {built.items:,} | {asked.kind} | {asked.p50_ms:.1f} / {asked.p95_ms:.1f} "
            f"| {asked.cpu_p50_ms:.1f} / {asked.cpu_p95_ms:.1f} | {asked.first:.3f} | {asked.third:.3f} "
            f"| {asked.first_or_twin:.3f} | {asked.load_seconds:.1f} "
            f"| {asked.own_mb:,.0f} + {asked.mapped_mb:,.0f} |"
        )
    lines += [
        "",
        "| items | build, s | of the processor, s | most memory, MB | on the disk, MB |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for figures in found.values():
        if not isinstance(figures, str):
            built = figures[0]
            lines.append(
                f"| {built.items:,} | {built.seconds:,.0f} | {built.cpu_seconds:,.0f} "
                f"| {built.peak_mb:,.0f} | {built.index_mb:,.0f} |"
            )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """A child's work: build|ask SIZE FOLDER SPLIT QUERIES."""
    import os

    limit_native_threads()
    os.nice(10)
    task, size, folder, split, queries = arguments
    if task == "build":
        build(int(size), Path(folder))
    elif task == "ask":
        ask(int(size), Path(folder), split, Path(queries))
    else:
        raise SetupError(f"no task {task!r}")


if __name__ == "__main__":
    from wenban.logs import setup_logging

    setup_logging("bench-scale")
    main(sys.argv[1:])
