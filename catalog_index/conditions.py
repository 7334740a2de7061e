"""Whether a condition (`when`) holds, given what is known: yes, no, or not yet known."""

from __future__ import annotations

from collections.abc import Mapping

from catalog_index.schema import Condition


def wanted_values(wanted: str | bool | list[str]) -> tuple[str, ...]:
    """The values that satisfy one entry of a condition; booleans are written as "yes" and "no"."""
    if isinstance(wanted, bool):
        return ("yes" if wanted else "no",)
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def as_condition_value(value: object) -> str:
    """A stored field value in the form conditions compare with.

    >>> as_condition_value(True)
    'yes'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def holds(condition: Condition, known: Mapping[str, object]) -> bool | None:
    """True or False once decided; None while an entry refers to something not known yet.

    >>> holds({"area": "rural"}, {}) is None
    True
    >>> holds({"area": ["rural", "town"]}, {"area": "town"})
    True
    """
    undecided = False
    for name, wanted in condition.items():
        if name not in known:
            undecided = True
        elif as_condition_value(known[name]) not in wanted_values(wanted):
            return False
    return None if undecided else True
