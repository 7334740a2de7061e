"""`wenban bench speech`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

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
  wenban bench speech --assembled --corpora DIR             phrases cut together from a person's words
  wenban bench speech --identity 200                        identity numbers, up to a careless 对
  wenban bench speech --soak 10000                          is a worker's memory flat?
  wenban bench speech --ablation 1500 --work DIR --corpora DIR the recipe's steps, one by one
  wenban bench speech --throughput --list my.tsv --no-write

sets: domain, accent, catalog, values, words (synthetic voices); human_dev and the training corpora (people,
with --corpora; a training corpus says something only about a model that was trained without it).
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
    parts.add_argument(
        "--assembled",
        action="store_true",
        help="the right item from the catalog's phrases cut together from a person's words (audio_cmn_hsk)",
    )
    parts.add_argument("--identity", type=_count, metavar="N", help="N identity numbers in the dialogue")
    parts.add_argument("--soak", type=_count, metavar="N", help="N short utterances; memory of each worker")
    parts.add_argument(
        "--ablation",
        type=_count,
        metavar="STEPS",
        help="the recipe's steps and each corpus left out, STEPS of training each (--work, --corpora); "
        "1500 take about seven minutes of one core, twice that for the larger network",
    )
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
    what.add_argument(
        "--work", type=Path, metavar="DIR", help="of python -m speech.training, run up to realign"
    )
    what.add_argument("--set", nargs="+", metavar="SET", help="only these sets")
    what.add_argument("--condition", nargs="+", metavar="NAME", help="only these conditions")
    what.add_argument(
        "--limit", type=_count, default=60, metavar="N", help="utterances a set, queries (default 60)"
    )
    what.add_argument(
        "--pace", type=_number, default=6, metavar="N", help="utterances in real time (default 6; 0: none)"
    )
    what.add_argument("--list", type=Path, metavar="TSV", help="recordings for --throughput")
    what.add_argument("--passes", type=_count, default=15, metavar="N", help="of --throughput (default 15)")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="recognizers (default 1)")
    parser.add_argument("--json", action="store_true", help="JSON Lines on standard output, a record a row")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.set_defaults(run=run)


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _count(text: str) -> int:
    number = _number(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def run(args: argparse.Namespace) -> int:
    """Measures the parts asked for, one after another; each is printed and written as soon as it is there."""
    from wenban.threads import limit_native_threads

    limit_native_threads()
    from bench.speech import cli_parts, cli_recipe

    parts: list[tuple[bool, Callable[[argparse.Namespace], None]]] = [
        (args.table, cli_parts.table),
        (args.throughput, cli_parts.throughput),
        (args.search or args.assembled, cli_parts.search),
        (args.identity is not None, cli_parts.identity),
        (args.soak is not None, cli_parts.soak),
        (args.ablation is not None, cli_recipe.ablation),
    ]
    chosen = [part for wanted, part in parts if wanted] or [cli_parts.table, cli_parts.throughput]
    for part in chosen:
        part(args)
    return 0
