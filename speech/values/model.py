"""What goes in and what comes out: kinds, values, options, constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

KINDS: tuple[str, ...] = (
    "name",
    "phone",
    "resident_id",
    "uscc",
    "date",
    "date_range",
    "plate",
    "area",
    "money",
    "count",
    "address",
    "yes_no",
    "choice",
    "text",
)

#: Kinds whose value can be checked by itself, so that a mis-heard one may be repaired (see `repair`).
PROVABLE: frozenset[str] = frozenset({"resident_id", "uscc", "phone", "plate", "date", "choice"})

#: No detail is longer; longer text is refused before any parsing.
MAX_TEXT = 500


@dataclass(frozen=True)
class Value:
    """A detail in canonical form.

    Attributes:
        kind: one of `KINDS`.
        text: what was said or typed, as it came.
        value: canonical, JSON-able: str for name, phone ("13800001234" or "0579-85551234"), resident_id,
            uscc, date ("2026-03-01"), plate, address, choice (the option's value), text; [start, end] for
            date_range; float for area (m²) and money (yuan); int for count; bool for yes_no.
        display: how a clerk writes it.
        read_back: sentence fragment for reading aloud, grouped; None where nothing needs reading back.
        repaired: it was not heard so, but found among other hypotheses or known confusions of the
            recognizer: it must be read back and confirmed.
        changed: 1-based places of a code where a repair differs from what was heard, or from another code
            that proves itself as well; empty where nothing was changed. A check digit lets one wrong repair
            in eleven through, so a form does well to have the group of digits around these places said
            again rather than take one 对.
    """

    kind: str
    text: str
    value: Any
    display: str
    read_back: str | None = None
    repaired: bool = False
    changed: tuple[int, ...] = ()


@dataclass(frozen=True)
class Option:
    """One of the possible answers of a choice; `says` are further ways to say it."""

    value: str
    label: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Constraints:
    """What the field allows beyond its kind. None: no limit.

    Attributes:
        minimum, maximum: bounds of area (m²), money (yuan) and count, inclusive.
        not_before, not_after: bounds of a date and of both ends of a date_range, inclusive. They also decide
            which year a date without one is meant in.
        max_days: longest date_range, both ends counted.
        min_length, max_length: characters of name, address and text.
        mobile_only: a phone must be a mobile one.
    """

    minimum: float | None = None
    maximum: float | None = None
    not_before: date | None = None
    not_after: date | None = None
    max_days: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    mobile_only: bool = False


@dataclass(frozen=True)
class Ask:
    """All that a kind's parser may know besides the text; parsers have no clock."""

    today: date
    options: tuple[Option, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)


@dataclass(frozen=True)
class Found:
    """A detail found inside a longer sentence; `span` counts characters of the original text."""

    kind: str
    value: Value
    span: tuple[int, int]
