"""docs/benchmarks.md: one section a measurement, each rewritten by the command that measures it."""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import psutil

from wenban.settings import PROJECT_ROOT

REPORT = PROJECT_ROOT / "docs" / "benchmarks.md"

_TITLE = """# Benchmarks

Every section below is written by the command it names; run it again to replace the figures by your own.
"""


def machine() -> str:
    """Where and when figures were taken: one sentence, without the machine's name."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {psutil.cpu_count() or 1} cores, {memory:.0f} GB, "
        f"Python {platform.python_version()}"
    )


def write_section(name: str, markdown: str, *, report: Path = REPORT) -> None:
    """Replaces the section between the markers `bench:NAME`, or appends it; creates a missing file.

    Args:
        name: letters, digits, `-` and `_`.
        markdown: the whole section, with its heading (`## …`).
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"not a section's name: {name!r}")
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    text = report.read_text(encoding="utf-8") if report.exists() else _TITLE
    section = f"{begin}\n{markdown.strip()}\n{end}"
    start, stop = text.find(begin), text.find(end)
    if start >= 0 and stop > start:
        text = text[:start] + section + text[stop + len(end) :]
    else:
        text = text.rstrip() + "\n\n" + section + "\n"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(text, encoding="utf-8")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
