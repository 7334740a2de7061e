"""A fault of the catalog: what is wrong, where in which file, and how to mend it.

Line numbers cost a second reading of the file that keeps every node's place, so they are looked up only for
what is faulty; a sound catalog loads as fast as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Fault:
    """One thing wrong.

    Attributes:
        text: what is wrong, naming subject or item. mend: what to do about it.
        file, line: where, once it is known; lines count from 1.
        subject, item: ids of what it concerns. part: a key, id, name or phrase inside it.
    """

    text: str
    mend: str = ""
    file: str | None = None
    line: int | None = None
    subject: str | None = None
    item: str | None = None
    part: str | None = None

    def __str__(self) -> str:
        said = f"{self.text}; {self.mend}" if self.mend else self.text
        if self.file is None:
            return said
        return f"{self.file}:{self.line}: {said}" if self.line else f"{self.file}: {said}"

    def as_dict(self) -> dict[str, object]:
        """For JSON Lines; `file` and `line` are null where the fault has no one place."""
        return {"text": self.text, "mend": self.mend, "file": self.file, "line": self.line}


def _compose(data: bytes) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(data, Loader=yaml.CSafeLoader)
    return node


def _child(node: yaml.Node, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _key(node: yaml.Node, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((name for name, _ in node.value if name.value == key), None)
    return None


def _entries(node: yaml.Node | None) -> Sequence[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def _texts(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """All values below the node; its keys apart."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _texts(one)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _texts(value)


def _keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _keys(one)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield from _keys(value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def line_of_path(data: bytes, path: Sequence[str | int]) -> int | None:
    """The line of an entry, by keys and numbers; steps that the file does not have are passed over.

    Args:
        data: the file. path: as pydantic gives it, which also names the alternatives of a union.
    """
    node = _compose(data)
    if node is None:
        return None
    line = _line(node)
    for step in path:
        if isinstance(step, int):
            entries = _entries(node)
            if step < len(entries):
                node = entries[step]
                line = _line(node)
            continue
        key, value = _key(node, step), _child(node, step)
        if key is not None and value is not None:
            node, line = value, _line(key)
    return line


class _File:
    """A department file's nodes, by the ids of its subjects and items."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.data = path.read_bytes()

    def mentions(self, identifier: str) -> bool:
        return identifier.encode() in self.data

    @cached_property
    def _subjects(self) -> list[tuple[str, yaml.Node, list[tuple[str, yaml.Node]]]]:
        root = _compose(self.data)
        found = []
        for subject in _entries(_child(root, "subjects") if root else None):
            items = [(_id(item), item) for item in _entries(_child(subject, "items"))]
            found.append((_id(subject), subject, items))
        return found

    def line(self, fault: Fault) -> int | None:
        """The last line that fits: of two entries with one id the later is the one too many."""
        best: int | None = None
        for subject_id, subject, items in self._subjects:
            if fault.subject not in (None, subject_id):
                continue
            own = [item for item_id, item in items if item_id == fault.item]
            for item in own:
                best = self._part(fault.part, item, subject) or _line(item)
            if fault.item is None and subject_id == fault.subject:
                best = self._part(fault.part, subject) or _line(subject)
        return best

    @staticmethod
    def _part(part: str | None, *nodes: yaml.Node) -> int | None:
        if part is None:
            return None
        scalars = (scalar for node in nodes for each in (_texts, _keys) for scalar in each(node))
        return next((_line(scalar) for scalar in scalars if scalar.value == part), None)


def _id(node: yaml.Node) -> str:
    value = _child(node, "id")
    return str(value.value) if value is not None else ""


def located(faults: Iterable[Fault], folder: Path) -> list[Fault]:
    """The same faults, each with its file and line where it concerns one subject or item.

    Args:
        folder: the catalog's folder; read only if there is a fault without a place.
    """
    faults = list(faults)
    if all(fault.file is not None for fault in faults):
        return faults
    files = [_File(path) for path in sorted(folder.glob("*.yaml")) if not path.name.startswith("_")]
    return [fault if fault.file else _located(fault, files) for fault in faults]


def _located(fault: Fault, files: Sequence[_File]) -> Fault:
    wanted = fault.item or fault.subject
    if wanted is None:
        return fault
    for file in reversed(files):
        if file.mentions(wanted) and (line := file.line(fault)) is not None:
            return replace(fault, file=file.name, line=line)
    return fault
