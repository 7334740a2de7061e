"""Details as they are spoken or typed in Chinese, turned into canonical values or clear errors.

Pure functions without a clock: today's date is always given.

Example:
    >>> from datetime import date
    >>> parse_value("date", "下周三", today=date(2026, 11, 23)).value
    '2026-12-02'
"""

from __future__ import annotations

from speech.values.correct import correct_value
from speech.values.find import find_values
from speech.values.model import KINDS, MAX_TEXT, PROVABLE, Constraints, Found, Option, Value
from speech.values.parse import parse_value

__all__ = [
    "KINDS",
    "MAX_TEXT",
    "PROVABLE",
    "Constraints",
    "Found",
    "Option",
    "Value",
    "correct_value",
    "find_values",
    "parse_value",
]
