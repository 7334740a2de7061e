"""The leaves of a split item as YAML, in the form in which the catalog is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from catalog_index.errors import CatalogInvalid
from catalog_index.loader import read_raw
from catalog_index.schema import Facet, Item

# Leaf id (None: undecided) -> (key, phrase) of the coarse item.
Phrases = dict[str | None, list[tuple[str, str]]]

_DIFFERS = "# what differs: conditions, materials, fields, promised_days, fee, result …"
_OWN = frozenset(
    ("id", "title", "when", "says", "situations", "drops", "formerly", "basic_code", "implementation_code")
)


def raw_entries(path: Path, subject_id: str, item_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The subject and the item as they are written.

    Raises:
        CatalogInvalid: they are not there any more.
    """
    for subject in read_raw(path)["subjects"]:
        for item in subject["items"]:
            if subject["id"] == subject_id and item["id"] == item_id:
                return subject, item
    raise CatalogInvalid([f"{path.name}: item {item_id} is not there any more; was the file just changed?"])


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(common)
    for key, value in own.items():
        merged[key] = (
            [*merged.get(key, []), *value]
            if isinstance(value, list) and key not in ("audience", "delivery")
            else value
        )
    return merged


def split_text(
    raw: tuple[dict[str, Any], dict[str, Any]], item: Item, facets: Sequence[Facet],
    leaves: Sequence[Item], phrases: Phrases, *, whole: bool,
) -> str:  # fmt: skip
    """The YAML: the subject anew where the item was its only one, else what to add and to replace."""
    raw_subject, raw_item = raw
    own = {key: value for key, value in raw_item.items() if key not in _OWN}
    own.setdefault("coarse", item.coarse)
    undecided = phrases.get(None, [])
    new_facets = [facet.model_dump(mode="json", exclude_defaults=True) for facet in facets]
    lines: list[str] = []
    if whole:
        head = {key: value for key, value in raw_subject.items() if key not in ("facets", "common", "items")}
        known = head.get("says", [])
        head["says"] = [*known, *(one for key, one in undecided if key == "says" and one not in known)]
        head["facets"] = [*raw_subject.get("facets", []), *new_facets]
        drops = set(raw_item.get("drops", []))
        common = _merged(raw_subject.get("common", {}), own)
        for part in ("fields", "materials"):
            common[part] = [one for one in common.get(part, []) if _name(one) not in drops]
        head["common"] = {key: value for key, value in common.items() if value != []}
        lines += _dump([{key: value for key, value in head.items() if value != []}], 2)
        lines.append("    items:")
        indent, own = 6, {}
    else:
        lines += [f"# add to the facets of subject {raw_subject['id']}:", *_dump(new_facets, 6)]
        lines.append(f"# in place of item {item.id}:")
        indent = 6
    situations = [one for key, one in undecided if key == "situations" or not whole]
    if situations:
        lines.append(f"{' ' * indent}# belong to one of these, say which: {'；'.join(situations)}")
    for leaf in leaves:
        lines += _leaf_lines(leaf, own, raw_item.get("drops", []) if not whole else [], phrases, indent)
    return "\n".join(lines) + "\n"


def _leaf_lines(
    leaf: Item, own: dict[str, Any], drops: list[str], phrases: Phrases,
    indent: int,
) -> list[str]:  # fmt: skip
    when = {name: wanted[0] if len(wanted) == 1 else list(wanted) for name, wanted in leaf.when.items()}
    entry: dict[str, Any] = {"id": leaf.id, "title": leaf.title, "when": when}
    entry |= {"says": [], "situations": []}
    for key, phrase in phrases.get(leaf.id, []):
        entry[key].append(phrase)
    if drops:
        entry["drops"] = drops
    return [*_dump([entry | own], indent), f"{' ' * (indent + 2)}{_DIFFERS}"]


def _name(entry: Any) -> str:
    return entry if isinstance(entry, str) else str(entry.get("id", entry.get("name")))


def _dump(data: object, indent: int) -> list[str]:
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100, default_flow_style=None)
    return [" " * indent + line for line in text.splitlines()]
