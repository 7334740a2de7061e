"""`wenban bench speech`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_EPILOG = """\
examples:
  wenban bench speech
  wenban bench speech --json --list my_recordings.tsv --no-write

The list is a TSV with the columns `file` (relative to the list) and `text`.
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `speech` to `wenban bench`."""
    parser = sub.add_parser(
        "speech",
        help="recognition: throughput beside bare Vosk, delay, character error rate",
        description="Recognizes a list of recordings with Wenban and with bare Vosk in turn, same model, one "
        "process each, and writes the result to docs/benchmarks.md.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON line on standard output")
    parser.add_argument("--list", type=Path, metavar="TSV", help="recordings with their texts")
    parser.add_argument("--passes", type=int, default=15, metavar="N", help="alternating passes (default 15)")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measures, prints, writes."""
    import asyncio
    from dataclasses import asdict

    from bench.report import machine, write_section
    from bench.speech.throughput import markdown, measure, read_list
    from speech.models import resolve_model
    from wenban.errors import WenbanError
    from wenban.jsonl import emit
    from wenban.settings import PROJECT_ROOT, load_settings

    listed = args.list or PROJECT_ROOT / "tests" / "data" / "speech" / "transcripts.tsv"
    try:
        figures = asyncio.run(measure(resolve_model(load_settings()), read_list(listed), passes=args.passes))
    except WenbanError as error:
        print(f"wenban bench speech: {error}", file=sys.stderr)
        return 2
    if args.json:
        emit({"bench": "speech"} | asdict(figures))
    else:
        print(markdown(figures, machine()))
    if not args.no_write:
        write_section("speech", markdown(figures, machine()))
    return 0
