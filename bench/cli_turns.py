"""`wenban bench turns`."""

from __future__ import annotations

import argparse

_EPILOG = """
The stack must be running (make run). Each sender opens a session of its own, tells needs, presses options and
starts over; nothing is submitted.

examples:
  wenban bench turns                          1, 4 and 16 senders; writes docs/benchmarks.md
  wenban bench turns --senders 1 --turns 50 --json
"""


def register(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `turns`."""
    parser = sub.add_parser(
        "turns",
        help="latency of a typed turn and turns a second, on the running stack",
        description="Measures p50 and p95 of a typed turn, and turns a second, against the running stack.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--url", help="of the gateway (default: this machine's, by WENBAN_PORT)")
    parser.add_argument("--senders", type=int, nargs="+", default=[1, 4, 16], metavar="N", help="1 4 16")
    parser.add_argument("--turns", type=int, default=200, help="turns in all for each number of senders")
    parser.add_argument("--warmup", type=int, default=20, help="turns before the first measurement")
    parser.add_argument("--json", action="store_true", help="one JSON line for each number of senders")
    parser.add_argument("--no-write", action="store_true", help="leave docs/benchmarks.md as it is")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The exit code: 0, or 1 where a turn failed."""
    import asyncio
    import logging
    import os
    from dataclasses import asdict

    from bench.report import write_section
    from bench.turns import markdown, measure
    from wenban.jsonl import emit
    from wenban.settings import load_settings

    logging.getLogger("httpx").setLevel(logging.WARNING)
    url = args.url or load_settings().gateway_url
    if args.warmup:
        asyncio.run(measure(url, 1, args.warmup))
    loads = []
    for senders in args.senders:
        load = asyncio.run(measure(url, senders, args.turns))
        loads.append(load)
        if args.json:
            emit(asdict(load))
    section = markdown(loads, os.cpu_count() or 1)
    if not args.json:
        print(section)
    if not args.no_write:
        write_section("turns", section)
    return 1 if any(load.errors for load in loads) else 0
