"""JSON Lines on standard output: one record a line, flushed at once, so that pipes can follow along."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

import orjson


def emit(record: Mapping[str, object], stream: TextIO | None = None) -> None:
    """Writes one record; the stream defaults to standard output."""
    out = stream or sys.stdout
    out.write(orjson.dumps(record, default=str).decode() + "\n")
    out.flush()
