"""What pydantic and YAML find wrong with a file, in words that an editor can act on."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from catalog_index.faults import Fault, line_of_path


def unreadable(name: str, error: yaml.YAMLError) -> Fault:
    """A file that is no YAML at all."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    return Fault(
        f"not readable as YAML: {problem}",
        "look at this line and the one before it: indentation, quotes, a colon inside a sentence",
        file=name,
        line=mark.line + 1 if mark is not None else None,
    )


def misfits(name: str, raw: bytes, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """One fault for each thing that does not fit the form, with its line."""
    found = error.errors()
    # Where a text or a whole field may stand, a faulty field is also "no text"; that alone helps nobody.
    deeper = {fault["loc"][:end] for fault in found for end in range(1, len(fault["loc"]) - 1)}
    return [
        Fault(
            f"{'.'.join(str(step) for step in fault['loc'] if '[' not in str(step))}: {fault['msg']}",
            _mend(fault, model),
            file=name,
            line=line_of_path(raw, fault["loc"]),
        )
        for fault in found
        if not (fault["loc"] and fault["loc"][-1] == "str" and fault["loc"][:-1] in deeper)
    ]


def _mend(fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    kind, key = fault["type"], str(fault["loc"][-1]) if fault["loc"] else ""
    if kind == "missing":
        return f"write `{key}:` here"
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(key, sorted(_keys(model)), 1)
        return f"did you mean `{near[0]}`?" if near else "this key has no meaning here; leave it out"
    if kind == "literal_error":
        return "choose one of these"
    if kind == "string_too_long":
        return "make it shorter; details belong in notes"
    if kind == "string_pattern_mismatch":
        return "ids are small letters, digits, - and _, and begin with a letter"
    if kind == "string_type":
        return "write a text; put it in quotes if it is all digits"
    return "write it as the others are written"


def _keys(model: type[BaseModel], seen: set[type[BaseModel]] | None = None) -> set[str]:
    """All keys that any part of the form knows."""
    seen = set() if seen is None else seen
    if model in seen:
        return set()
    seen.add(model)
    keys = set(model.model_fields)
    for field in model.model_fields.values():
        for part in _models(field.annotation):
            keys |= _keys(part, seen)
    return keys


def _models(annotation: object) -> Sequence[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for one in get_args(annotation) for model in _models(one)]
