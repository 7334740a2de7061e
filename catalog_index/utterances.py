"""How people ask: `utterances/NAME.txt` beside the department's YAML file, many lines for every item.

The file of a department stays short enough for an editor because the many wordings that only the search
needs stand here: `[[subject]]` opens lines that name a subject and leave its item open, `[item]` opens lines
that lead to this item. `#` begins a comment.

Example:
    [[plate]]
    车牌的事找谁
    [plate-car-lost]
    早上出门一看车头光秃秃的
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog_index.faults import Fault

FOLDER = "utterances"
LONGEST = 200
_OPENS = re.compile(r"\[(\[)?([A-Za-z0-9_-]+)(?(1)\])\]$")


@dataclass(frozen=True)
class Line:
    """One utterance and where it stands. Attributes: `number` of the line, from 1."""

    text: str
    file: str
    number: int


@dataclass
class Utterances:
    """Lines by the id of the item or of the subject that they lead to, and what is wrong with the files."""

    items: dict[str, list[Line]] = field(default_factory=dict)
    subjects: dict[str, list[Line]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def texts(self, kind: str, identifier: str) -> tuple[str, ...]:
        """Args: kind: "items" or "subjects"."""
        owners: Mapping[str, list[Line]] = self.items if kind == "items" else self.subjects
        return tuple(line.text for line in owners.get(identifier, ()))

    def strangers(self, items: frozenset[str], subjects: frozenset[str]) -> list[Fault]:
        """A fault for every owner that the catalog does not have."""
        return [
            Fault(
                f"utterances of {kind} {owner}, which the catalog does not have",
                "correct the id, or take its lines out",
                lines[0].file,
                max(1, lines[0].number - 1),
            )
            for kind, owners, known in (("item", self.items, items), ("subject", self.subjects, subjects))
            for owner, lines in owners.items()
            if owner not in known
        ]


def paths(folder: Path) -> list[Path]:
    """The files of a catalog's folder, in order."""
    return sorted((folder / FOLDER).glob("*.txt"))


def read_utterances(folder: Path) -> Utterances:
    """All files of the catalog's folder; what cannot be read is a fault with file and line."""
    found = Utterances()
    for path in paths(folder):
        _read(path, found)
    return found


def _read(path: Path, found: Utterances) -> None:
    name = f"{FOLDER}/{path.name}"
    own: list[Line] | None = None
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        found.faults.append(Fault(f"not UTF-8 ({error.reason})", "save it as UTF-8", name))
        return
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        opened = _OPENS.match(line)
        if opened:
            owners = found.subjects if opened[1] else found.items
            own = owners.setdefault(opened[2], [])
        elif line.startswith("["):
            found.faults.append(
                Fault(f"“{line}” opens nothing", "write [item-id] or [[subject-id]]", name, number)
            )
        elif own is None:
            found.faults.append(Fault("an utterance before any item", "open it with [item-id]", name, number))
        elif len(line) > LONGEST:
            found.faults.append(
                Fault(f"longer than {LONGEST} characters", "shorten it to what one person says", name, number)
            )
        else:
            own.append(Line(line, name, number))
