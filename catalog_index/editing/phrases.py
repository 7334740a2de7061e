"""A phrase written into an item's or a subject's `says`, in the file as its editor left it.

Only the place of the phrase changes: comments, quotes and line breaks stay. Before anything is written the
new text is read again and must say the same as before and the phrase.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from catalog_index.errors import CatalogInvalid, ItemUnknown

# What may stand without quotes, inside [ ] too: it begins with a letter or a Chinese character.
_PLAIN = re.compile(r"[A-Za-z㐀-鿿][\w㐀-鿿，。？！、；（）“”·]*")
_TRUTHS = frozenset(("true", "false"))
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off"))


def add_phrase(folder: Path, phrase: str, *, item: str | None = None, subject: str | None = None) -> str:
    """Adds the phrase to the `says` of an item, or of a subject; the file is replaced in one step.

    Returns:
        File and line of the phrase.

    Raises:
        ItemUnknown: no file has the id.
        CatalogInvalid: the phrase stands there already, or the file could not be changed safely.
    """
    if phrase in _TRUTHS:
        raise CatalogInvalid([f"“{phrase}” is no phrase: the catalog reads it as a truth value"])
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        wanted = item or subject or ""
        if path.name.startswith("_") or wanted not in text:
            continue
        node = _find(text, item, subject)
        if node is None:
            continue
        changed, line = _inserted(text, node, phrase)
        _prove(path, text, changed, phrase, item, subject)
        fresh = path.with_suffix(".new")
        fresh.write_text(changed, encoding="utf-8")
        fresh.replace(path)
        return f"{path.name}:{line}"
    raise ItemUnknown(f"no {'item' if item else 'subject'} {item or subject!r} in {folder}")


def _find(text: str, item: str | None, subject: str | None) -> yaml.MappingNode | None:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    for entry in _sequence(root, "subjects"):
        if item is None and _value(entry, "id") == subject:
            return entry
        for one in _sequence(entry, "items") if item is not None else ():
            if _value(one, "id") == item:
                return one
    return None


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _sequence(node: yaml.Node | None, key: str) -> list[yaml.MappingNode]:
    entries = _child(node, key)
    values = entries.value if isinstance(entries, yaml.SequenceNode) else []
    return [one for one in values if isinstance(one, yaml.MappingNode)]


def _value(node: yaml.Node, key: str) -> str | None:
    child = _child(node, key)
    return str(child.value) if child is not None else None


def _quoted(phrase: str) -> str:
    if _PLAIN.fullmatch(phrase) and phrase.lower() not in _WORDS:
        return phrase
    return json.dumps(phrase, ensure_ascii=False)


def _inserted(text: str, node: yaml.MappingNode, phrase: str) -> tuple[str, int]:
    """The text with the phrase in it, and its line."""
    says = _child(node, "says")
    written = _quoted(phrase)
    if isinstance(says, yaml.SequenceNode) and says.flow_style:
        at = says.end_mark.index - 1
        while says.value and text[at - 1].isspace():
            at -= 1
        comma = ", " if says.value and text[at - 1] != "," else " " if says.value else ""
        return text[:at] + comma + written + text[at:], text.count("\n", 0, at) + 1
    if isinstance(says, yaml.SequenceNode) and says.value:
        last = says.value[-1]
        dash = text.rindex("-", 0, last.start_mark.index)
        return _line_after(text, last.end_mark.index, f"{' ' * _column(text, dash)}- {written}")
    title = _child(node, "title")
    if title is None:
        raise CatalogInvalid(["an entry without a title; mend it first: wenban catalog check"])
    if node.flow_style:
        at = title.end_mark.index
        return text[:at] + f", says: [{written}]" + text[at:], text.count("\n", 0, at) + 1
    column = _column(text, node.value[0][0].start_mark.index)
    return _line_after(text, title.end_mark.index, f"{' ' * column}says: [{written}]")


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _line_after(text: str, at: int, line: str) -> tuple[str, int]:
    end = text.find("\n", at)
    if end < 0:
        return f"{text}\n{line}\n", text.count("\n") + 2
    return text[: end + 1] + line + "\n" + text[end + 1 :], text.count("\n", 0, end) + 2


def _prove(path: Path, old: str, new: str, phrase: str, item: str | None, subject: str | None) -> None:
    """Raises: CatalogInvalid unless the new text says what the old one did, and the phrase."""
    try:
        after = yaml.load(new, Loader=yaml.CBaseLoader)
    except yaml.YAMLError:
        after = None
    expected: Any = yaml.load(old, Loader=yaml.CBaseLoader)
    for entry in expected["subjects"]:
        owners = [entry] if item is None else [one for one in entry["items"] if one["id"] == item]
        if item is not None or entry["id"] == subject:
            for owner in owners:
                says = owner.get("says") or []
                if phrase in says:
                    raise CatalogInvalid([f"{path.name}: “{phrase}” stands there already"])
                owner["says"] = [*says, phrase]
    if expected != after:
        raise CatalogInvalid([f"{path.name}: cannot be changed safely; add “{phrase}” by hand"])
