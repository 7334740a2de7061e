"""A city's own export of its items, read by the national element names and written as catalog files.

What the export lacks is filled with the most careful value (an unknown fee stays unknown, not free; an
unknown number of visits is one, not none), counted in the report, and every file is marked `verified: false`:
a person must look at it. Everyday phrases are never made up, so `wenban catalog check` lists every imported
item until an editor has written some.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from catalog_index import elements
from catalog_index.elements import ELEMENTS, LONGEST, OPTIONAL, REQUIRED, plain
from catalog_index.errors import CatalogInvalid
from catalog_index.import_mapping import load_mapping
from catalog_index.import_rows import read_rows
from catalog_index.phonetic import syllables
from catalog_index.schema import CommonFile, DepartmentFile, ItemType

# 行政许可法 allows so many working days where nothing else is said; no promise is made up that is shorter.
_DAYS_UNSAID = 20
_COMMON: dict[str, Any] = {
    "fields": [
        {"id": "name", "kind": "name", "label": "申请人姓名", "ask": "请问您叫什么名字？"},
        {"id": "phone", "kind": "phone", "label": "手机号", "ask": "请留一个手机号码，方便通知您。"},
    ]
}


@dataclass
class Report:
    """What an import did.

    Attributes:
        written: file -> number of items.
        skipped: place of a row -> why it was left out.
        missing: element -> number of items that lack it. unclear: element -> number of items whose words for
            it were not understood. shortened: texts longer than the form allows.
    """

    written: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    shortened: int = 0

    @property
    def items(self) -> int:
        return sum(self.written.values())

    def records(self) -> Iterator[dict[str, object]]:
        for name, items in self.written.items():
            yield {"written": name, "items": items}
        for place, reason in self.skipped.items():
            yield {"skipped": place, "reason": reason}
        for what, counts in (("missing", self.missing), ("unclear", self.unclear)):
            for element, count in counts.most_common():
                yield {what: element, "items": count}
        yield {"items": self.items, "files": len(self.written), "shortened": self.shortened}

    def lines(self) -> list[str]:
        lines = [f"skipped {place}: {reason}" for place, reason in self.skipped.items()]
        for what, counts in (("missing", self.missing), ("not understood", self.unclear)):
            for element, count in counts.most_common():
                share = f"{count / max(self.items, 1):.0%}"
                lines.append(f"{what} {element}: {count} of {self.items} items ({share})")
        lines.append(
            f"{self.items} items in {len(self.written)} files; {self.shortened} long texts were shortened"
        )
        return [*lines, "everyday phrases are still to be written: see `wenban catalog check`"]

    def short(self, text: str) -> str:
        """The text, cut where the form does not hold it."""
        self.shortened += len(text) > LONGEST
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


Record = dict[str, Any]


def import_file(source: Path, output: Path, mapping: Path | None = None) -> Report:
    """Writes one catalog file a department.

    Args:
        source: .jsonl, .csv, .json, .js (also with .xz or .gz behind it; UTF-8) or .xlsx.
        output: folder for the YAML files; made if missing, must hold no catalog yet.
        mapping: JSON object, national element name -> the export's name for it; see `import_mapping`.

    Raises:
        CatalogInvalid: the file, the mapping or the folder cannot be used; says where.
    """
    if output.exists() and any(output.glob("*.yaml")):
        raise CatalogInvalid([f"{output}: holds catalog files already; choose an empty folder"])
    report = Report()
    departments = _records(source, mapping, report)
    _name_apart(departments)
    output.mkdir(parents=True, exist_ok=True)
    _write(
        output / "_common.yaml",
        CommonFile.model_validate(_COMMON).model_dump(exclude_defaults=True, mode="json"),
    )
    identifiers = _Identifiers()
    for name, records in departments.items():
        file = _department(name, records, identifiers, report)
        target = f"{file['department']['id']}.yaml"
        try:
            DepartmentFile.model_validate(file)
        except ValidationError as error:
            faults = [f"{name}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            raise CatalogInvalid(faults) from error
        _write(output / target, file)
        report.written[target] = len(records)
    return report


def _records(source: Path, mapping: Path | None, report: Report) -> dict[str, list[Record]]:
    """The usable rows by department; the others are told in the report."""
    sources = load_mapping(mapping)
    departments: dict[str, list[Record]] = defaultdict(list)
    seen: set[str] = set()
    for place, row in read_rows(source, [name for one in REQUIRED for name in sources[one].columns]):
        record = {element: sources[element].read(row) for element in ELEMENTS}
        lacking = [element for element in REQUIRED if not plain(record[element])]
        if lacking:
            named = "、".join(f"{one} ({' / '.join(sources[one].columns)})" for one in lacking)
            report.skipped[place] = f"no {named}"
            continue
        key = repr(sorted(row.items(), key=str))
        if key in seen:
            name, title = plain(record["实施主体"]), plain(record["事项名称"])
            report.skipped[place] = f"{title} stands earlier for {name}, word for word"
            continue
        seen.add(key)
        report.missing.update(
            element for element in ELEMENTS if element not in OPTIONAL and not plain(record[element])
        )
        departments[plain(record["实施主体"])].append(record)
    if not departments:
        raise CatalogInvalid(
            [f"{source}: no usable item; is a --map needed? expected names: {'、'.join(ELEMENTS)}"]
        )
    return departments


def _name_apart(departments: Mapping[str, list[Record]]) -> None:
    """Titles are unique: the counter's name tells the same item at two counters apart, then a number."""
    for record in (one for records in departments.values() for one in records):
        record["事项名称"] = plain(record["事项名称"])
    everywhere = Counter(
        title for records in departments.values() for title in {one["事项名称"] for one in records}
    )
    taken: set[str] = set()
    for department, records in departments.items():
        for record in records:
            title = record["事项名称"]
            if everywhere[title] > 1:
                title = f"{title}（{department}）"
            name, number = title, 1
            while name in taken:
                number += 1
                name = f"{title}（{number}）"
            taken.add(name)
            record["事项名称"] = name


class _Identifiers:
    """Readable unique ids: the name in pinyin, with a short hash where it is long or taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def make(self, name: str, salt: str = "") -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", "-".join(syllables(name)).lower()).strip("-")
        identifier = f"x-{plain}" if not plain[:1].isalpha() else plain
        if len(identifier) > 48 or identifier in self._taken:
            digest = hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()[:8]
            identifier = f"{identifier[:48].rstrip('-')}-{digest}"
        self._taken.add(identifier)
        return identifier


def _department(name: str, records: list[Record], identifiers: _Identifiers, report: Report) -> Record:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[plain(record["主项名称"]) or record["事项名称"]].append(record)

    def usual(element: str, otherwise: str = "待补充") -> str:
        said = Counter(text for one in records if (text := plain(one[element])))
        return report.short(said.most_common(1)[0][0] if said else otherwise)

    office = {
        "hours": usual("办理时间"),
        "phone": usual("咨询方式"),
        "complaint_phone": usual("监督投诉方式", "12345"),
    }
    for record in records:
        record["_own"] = [
            f"{element}：{text}"
            for element, key in elements.OFFICE.items()
            if (text := plain(record[element])) and text != office[key]
        ]
    return {
        "department": {
            "id": identifiers.make(name),
            "name": report.short(name),
            "short": report.short(name),
            "place": usual("办理地点"),
            **office,
        },
        "verified": False,
        "subjects": [_subject(name, title, own, identifiers, report) for title, own in groups.items()],
    }


def _subject(
    department: str, title: str, records: list[Record], identifiers: _Identifiers, report: Report
) -> Record:
    subject: Record = {
        "id": identifiers.make(title, department),
        "title": report.short(title),
        "about": report.short(title),
    }
    items = [_item(record, department, identifiers, report) for record in records]
    if len(items) > 1:
        # The export does not say what tells siblings apart; until an editor does, their names must.
        values = [{"id": item["id"], "label": item["title"]} for item in items]
        subject["facets"] = [
            {"id": "which", "title": "具体事项", "ask": "您要办的是哪一项？", "values": values}
        ]
        for item in items:
            item["when"] = {"which": item["id"]}
    return subject | {"common": {"fields": ["name", "phone"]}, "items": items}


def _item(record: Record, department: str, identifiers: _Identifiers, report: Report) -> Record:
    title = record["事项名称"]
    legal, promised = elements.days_of(record["法定办结时限"]), elements.days_of(record["承诺办结时限"])
    if promised is None:
        promised = legal if legal is not None else _DAYS_UNSAID
    kind, fee = plain(record["事项类型"]), elements.fee_of(record["收费"])
    audience, delivery = elements.audience_of(record["服务对象"]), elements.delivery_of(record["送达方式"])
    visits = elements.visits_of(record["到办事现场次数"], record["办理形式"])
    for element, understood in (
        ("事项类型", kind in get_args(ItemType)), ("服务对象", audience), ("送达方式", delivery),
        ("到办事现场次数", visits is not None),
    ):  # fmt: skip
        if plain(record[element]) and not understood:
            report.unclear[element] += 1
    item: Record = {
        "id": identifiers.make(title, department),
        "title": report.short(title),
        "type": kind if kind in get_args(ItemType) else "公共服务",
        "audience": audience or ["个人"],
        "conditions": [report.short(text) for text in elements.paragraphs(record["受理条件"])],
        "materials": [{"name": report.short(name)} for name in elements.many(record["申请材料"])],
        "legal_days": legal,
        "promised_days": min(promised, legal) if legal is not None else promised,
        "fee": {"yuan": fee.yuan, "note": fee.note} if fee else {"yuan": None, "note": "待补充"},
        "delivery": delivery or ["窗口领取"],
        "visits": 1 if visits is None else visits,
        "result": report.short(plain(record["结果名称"]) or "办理结果"),
        "legal_basis": [one.model_dump() for one in elements.basis_of(record["设定依据"])],
        "notes": [report.short(text) for text in (*record["_own"], *elements.paragraphs(record["注意事项"]))],
        "says": [report.short(text) for text in elements.many(record["常用说法"])],
        "situations": [report.short(text) for text in elements.paragraphs(record["常见情形"])],
    }
    for key, element in (
        ("validity", "结果有效期"),
        ("basic_code", "基本编码"),
        ("implementation_code", "实施编码"),
        ("place", "办理地点"),
    ):
        if plain(record[element]):
            item[key] = report.short(plain(record[element]))
    return {key: value for key, value in item.items() if value not in (None, [])}


def _write(path: Path, data: Mapping[str, Any]) -> None:
    text = yaml.dump(dict(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    path.write_text(text, encoding="utf-8")


class _Dumper(yaml.CSafeDumper):
    """libyaml's: a province's catalog is written in seconds rather than a minute."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True
