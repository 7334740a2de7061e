"""What a city's export calls the national elements, and what its words for them mean.

Example of a mapping file:
    {"事项名称": ["subTaskName", "TASK_NAME"],
     "实施主体": "DEPT_NAME",
     "送达方式": {"from": "courier_service", "values": {"是": "邮寄", "不支持": "无"}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from catalog_index.elements import ELEMENTS, plain
from catalog_index.errors import CatalogInvalid


class Source(BaseModel):
    """Where an element comes from: the first of these columns that holds something, its words translated."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: tuple[str, ...]
    values: dict[str, str] = {}

    def read(self, row: Mapping[str, Any]) -> Any:
        value = next((row[name] for name in self.columns if plain(row.get(name))), None)
        return self.values.get(plain(value), value) if self.values else value


def load_mapping(path: Path | None) -> dict[str, Source]:
    """National element name -> where it stands; an element without an entry has its own name.

    Raises:
        CatalogInvalid: the file cannot be read, or names what is no element; says which are.
    """
    sources = {element: Source(columns=(element,)) for element in ELEMENTS}
    if path is None:
        return sources
    try:
        own = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogInvalid([f"{path}: not readable as JSON: {error}"]) from error
    if not isinstance(own, dict):
        raise CatalogInvalid([f'{path}: must be an object like {{"事项名称": "their name"}}'])
    unknown = sorted(set(own) - set(ELEMENTS))
    if unknown:
        raise CatalogInvalid([f"{path}: no such element: {'、'.join(unknown)}; known: {'、'.join(ELEMENTS)}"])
    return sources | {element: _source(path, element, given) for element, given in own.items()}


def _source(path: Path, element: str, given: object) -> Source:
    if isinstance(given, str):
        return Source(columns=(given,))
    translated = isinstance(given, dict)
    columns = given.get("from") if isinstance(given, dict) else given
    try:
        return Source.model_validate(
            {
                "columns": [columns] if isinstance(columns, str) else columns,
                "values": given.get("values", {}) if isinstance(given, dict) else {},
            }
        )
    except ValidationError as error:
        shape = '{"from": "name", "values": {"theirs": "ours"}}' if translated else '"name" or ["name", …]'
        raise CatalogInvalid([f"{path}: {element}: must be {shape}"]) from error
