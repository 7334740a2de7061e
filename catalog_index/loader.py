"""Reads the catalog's YAML files and joins each item with what its subject and department state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalog_index.conditions import wanted_values
from catalog_index.errors import CatalogInvalid, ItemUnknown
from catalog_index.faults import Fault, located
from catalog_index.misfits import misfits, unreadable
from catalog_index.schema import (
    Commitment,
    CommonFile,
    DepartmentFile,
    Fee,
    FormField,
    Item,
    ItemEntry,
    Material,
    Subject,
    SubjectEntry,
)
from catalog_index.utterances import Utterances, read_utterances
from catalog_index.utterances import paths as utterance_paths

COMMON_FILE = "_common.yaml"
Model = TypeVar("Model", bound=BaseModel)
Part = TypeVar("Part", FormField, Material, Commitment)


@dataclass(frozen=True)
class Catalog:
    """All subjects and items of a city.

    Attributes:
        subjects: in the order of the files.
        version: short hash of the files' bytes; an index or a draft remembers which it was made for.
    """

    subjects: tuple[Subject, ...]
    version: str

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for subject in self.subjects for item in subject.items)

    @cached_property
    def _by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def _subjects_by_id(self) -> dict[str, Subject]:
        return {subject.id: subject for subject in self.subjects}

    def item(self, item_id: str) -> Item:
        """The item with this id, or `ItemUnknown`."""
        try:
            return self._by_id[item_id]
        except KeyError:
            raise ItemUnknown(f"no item {item_id!r} in catalog {self.version}") from None

    @cached_property
    def _by_former_id(self) -> dict[str, Item]:
        return {former: item for item in self.items for former in item.formerly}

    def successor(self, item_id: str) -> Item | None:
        """The item with this id, or the one that had it in an earlier version; None where it is gone."""
        return self._by_id.get(item_id) or self._by_former_id.get(item_id)

    def subject(self, subject_id: str) -> Subject:
        """The subject with this id, or `ItemUnknown`."""
        try:
            return self._subjects_by_id[subject_id]
        except KeyError:
            raise ItemUnknown(f"no subject {subject_id!r} in catalog {self.version}") from None


class _Loader(yaml.CSafeLoader):
    """YAML without its surprises: `on`, `yes` and dates stay text; a key given twice is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key_node.value!r} given twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep))


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _bool_words(value: object) -> object:
    """`true` and `false` alone become booleans, since the resolver above no longer does it."""
    if isinstance(value, dict):
        return {key: _bool_words(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_bool_words(entry) for entry in value]
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def read_raw(path: Path) -> Any:
    """The file as it is written, not looked at; for editors of the text.

    Raises:
        CatalogInvalid: it is no YAML.
    """
    try:
        return _bool_words(yaml.load(path.read_bytes(), Loader=_Loader))
    except yaml.YAMLError as error:
        raise CatalogInvalid([unreadable(path.name, error)]) from error


def _read(path: Path, model: type[Model]) -> Model:
    raw = path.read_bytes()
    try:
        data = yaml.load(raw, Loader=_Loader)
    except yaml.YAMLError as error:
        raise CatalogInvalid([unreadable(path.name, error)]) from error
    try:
        return model.model_validate(_bool_words(data))
    except ValidationError as error:
        raise CatalogInvalid(misfits(path.name, raw, error, model)) from error


def _key(part: FormField | Material | Commitment) -> str:
    return part.name if isinstance(part, Material) else part.id


def _join(common: Sequence[Part], own: Sequence[Part], drops: Iterable[str]) -> tuple[Part, ...]:
    """The item's entries replace the common ones of the same key in place; the others follow."""
    dropped = set(drops)
    own_by_key: dict[str, Part] = {_key(part): part for part in own}
    joined: list[Part] = [own_by_key.pop(_key(part), part) for part in common if _key(part) not in dropped]
    joined.extend(own_by_key.values())
    return tuple(joined)


class _Joiner:
    def __init__(self, file: DepartmentFile, shared_fields: dict[str, FormField], asked: Utterances) -> None:
        self._file = file
        self._shared_fields = shared_fields
        self._asked = asked
        self.faults: list[Fault] = []

    def subjects(self) -> list[Subject]:
        return [
            Subject(
                id=entry.id,
                title=entry.title,
                about=entry.about,
                department=self._file.department,
                says=entry.says,
                utterances=self._asked.texts("subjects", entry.id),
                facets=entry.facets,
                none=entry.none,
                items=tuple(self._item(entry, item) for item in entry.items),
            )
            for entry in self._file.subjects
        ]

    def _fault(self, subject: SubjectEntry, entry: ItemEntry, part: str, text: str, mend: str) -> None:
        where = f"subject {subject.id}, item {entry.id}"
        self.faults.append(Fault(f"{where}: {text}", mend, subject=subject.id, item=entry.id, part=part))

    def _fields(
        self, subject: SubjectEntry, item: ItemEntry, entries: Sequence[str | FormField]
    ) -> list[FormField]:
        fields = []
        for entry in entries:
            if isinstance(entry, FormField):
                fields.append(entry)
            elif entry in self._shared_fields:
                fields.append(self._shared_fields[entry])
            else:
                self._fault(
                    subject, item, entry,
                    f"field {entry!r} is not in {COMMON_FILE}", "define it there or in full here",
                )  # fmt: skip
        return fields

    def _item(self, subject: SubjectEntry, entry: ItemEntry) -> Item:
        common = subject.common
        drops = set(entry.drops)
        common_fields = self._fields(subject, entry, common.fields)
        common_parts: list[FormField | Material | Commitment] = [*common_fields, *common.materials]
        common_parts += common.commitments
        unknown = drops - {_key(part) for part in common_parts}
        for name in sorted(unknown):
            self._fault(
                subject, entry, name,
                f"drops what the subject does not have: {name}",
                "write the id of one of its common fields or the name of a common material, or leave it out",
            )  # fmt: skip

        def need(name: str) -> object:
            value = getattr(entry, name)
            value = getattr(common, name) if value is None else value
            if value is None:
                self._fault(
                    subject, entry, entry.id,
                    f"{name} is missing", "state it here or in the subject's common",
                )  # fmt: skip
            return value

        required = {
            name: need(name)
            for name in ("type", "audience", "promised_days", "fee", "delivery", "visits", "result")
        }
        stand_ins: dict[str, object] = {
            "type": "公共服务", "audience": ("个人",), "promised_days": 0, "fee": Fee(),
            "delivery": ("无需送达",), "visits": 0, "result": "无",
        }  # fmt: skip
        verified = next(
            (flag for flag in (entry.verified, common.verified) if flag is not None), self._file.verified
        )
        return Item.model_validate(
            {name: stand_ins[name] if value is None else value for name, value in required.items()}
            | {
                "id": entry.id,
                "title": entry.title,
                "subject_id": subject.id,
                "subject": subject.title,
                "department": self._file.department,
                "when": {name: wanted_values(wanted) for name, wanted in entry.when.items()},
                "conditions": common.conditions + entry.conditions,
                "fields": _join(common_fields, self._fields(subject, entry, entry.fields), drops),
                "materials": _join(common.materials, entry.materials, drops),
                "commitments": _join(common.commitments, entry.commitments, drops),
                "legal_days": entry.legal_days if entry.legal_days is not None else common.legal_days,
                "validity": entry.validity or common.validity,
                "legal_basis": common.legal_basis + entry.legal_basis,
                "place": entry.place or common.place or self._file.department.place,
                "notes": common.notes + entry.notes,
                "says": entry.says,
                "situations": entry.situations,
                "utterances": self._asked.texts("items", entry.id),
                "coarse": entry.coarse or common.coarse or entry.title,
                "basic_code": entry.basic_code,
                "implementation_code": entry.implementation_code,
                "verified": verified,
                "formerly": entry.formerly,
            }
        )


def load_catalog(folder: Path) -> Catalog:
    """Reads every `*.yaml` in the folder; `_common.yaml` has the shared fields, `utterances/` how people ask.

    Args:
        folder: the catalog's folder (`settings.catalog_dir`).

    Raises:
        CatalogInvalid: with every fault found, each naming its file and place.
    """
    paths = sorted(folder.glob("*.yaml"))
    departments = [path for path in paths if not path.name.startswith("_")]
    if not departments:
        raise CatalogInvalid([f"{folder}: no department files (*.yaml)"])
    asked = read_utterances(folder)
    faults: list[Fault] = list(asked.faults)
    shared: dict[str, FormField] = {}
    common = folder / COMMON_FILE
    if common.exists():
        shared = {field.id: field for field in _read(common, CommonFile).fields}
    subjects: list[Subject] = []
    digest = hashlib.sha256()
    for path in (*paths, *utterance_paths(folder)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for path in departments:
        try:
            joiner = _Joiner(_read(path, DepartmentFile), shared, asked)
        except CatalogInvalid as error:
            faults.extend(error.located)
            continue
        subjects.extend(joiner.subjects())
        faults.extend(joiner.faults)
    if not faults:
        items = frozenset(item.id for subject in subjects for item in subject.items)
        faults = asked.strangers(items, frozenset(subject.id for subject in subjects))
    if faults:
        raise CatalogInvalid(located(faults, folder))
    return Catalog(subjects=tuple(subjects), version=digest.hexdigest()[:12])
