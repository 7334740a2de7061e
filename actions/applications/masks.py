"""Personal values as they are shown to who has no need of them in clear."""

from __future__ import annotations

import re
from typing import Any


def mask_name(name: str) -> str:
    """The family name's first character only.

    >>> mask_name("张小三")
    '张**'
    """
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_phone(phone: str) -> str:
    """The first three and the last four digits, as phones are masked on receipts.

    >>> mask_phone("13800001234")
    '138****1234'
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def mask_value(value: Any) -> Any:
    """Any JSON value with its shape kept: of texts the first character is left, of numbers nothing."""
    if isinstance(value, dict):
        return {key: mask_value(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask_value(inner) for inner in value]
    if isinstance(value, str):
        return mask_phone(value) if re.fullmatch(r"1[0-9]{10}", value) else mask_name(value)
    return value if value is None else "***"


# What of a field and of a material are the catalog's words rather than the citizen's.
_FIELD = frozenset(("label",))
_MATERIAL = frozenset(("id", "title", "name", "form", "copies", "shared", "certain"))


def mask_field(field: Any) -> Any:
    """A field of an application: what was asked stays in clear, the answer does not.

    >>> mask_field({"label": "申请人姓名", "value": "张小三"})
    {'label': '申请人姓名', 'value': '张**'}
    """
    return _masked(field, _FIELD) if isinstance(field, dict) else mask_value(field)


def mask_material(material: dict[str, Any]) -> dict[str, Any]:
    """A material: the catalog's words stay in clear."""
    return _masked(material, _MATERIAL)


def _masked(record: dict[str, Any], clear: frozenset[str]) -> dict[str, Any]:
    return {key: value if key in clear else mask_value(value) for key, value in record.items()}
