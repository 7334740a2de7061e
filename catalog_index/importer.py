"""A city's own export of its items, read by the national element names and written as catalog files.

What the export lacks is filled with the most careful value (an unknown fee stays unknown, not free), counted
in the report, and every file is marked `verified: false`: a person must look at it. Everyday phrases are
never made up, so `wenban catalog check` lists every imported item until an editor has written some.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from catalog_index.errors import CatalogInvalid
from catalog_index.import_rows import read_rows
from catalog_index.phonetic import syllables
from catalog_index.schema import CommonFile, DepartmentFile, ItemType

ELEMENTS = (
    "事项名称", "主项名称", "基本编码", "实施编码", "事项类型", "实施主体", "服务对象", "法定办结时限",
    "承诺办结时限", "受理条件", "申请材料", "收费", "到办事现场次数", "结果名称", "送达方式", "办理地点",
    "办理时间", "咨询方式", "监督投诉方式",
)  # fmt: skip
REQUIRED = ("事项名称", "实施主体")
_NOTHING = frozenset(("", "无", "null", "none", "暂无", "-", "/"))
_AUDIENCES = {
    "个人": ("自然人", "个人", "公民"), "企业": ("企业", "法人"), "个体工商户": ("个体",),
    "事业单位": ("事业",), "社会组织": ("社会组织",), "机关": ("机关",), "外国人": ("外国",),
}  # fmt: skip
_DELIVERIES = {"邮寄": ("邮寄", "快递"), "窗口领取": ("窗口", "现场", "自取"), "电子证照": ("电子", "网上")}
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
        missing: element -> number of items that lack it. shortened: texts longer than the form allows.
    """

    written: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    shortened: int = 0

    def records(self) -> Iterator[dict[str, object]]:
        for name, items in self.written.items():
            yield {"written": name, "items": items}
        for place, reason in self.skipped.items():
            yield {"skipped": place, "reason": reason}
        for element, count in self.missing.most_common():
            yield {"missing": element, "items": count}
        yield {"items": sum(self.written.values()), "files": len(self.written), "shortened": self.shortened}

    def lines(self) -> list[str]:
        lines = [f"skipped {place}: {reason}" for place, reason in self.skipped.items()]
        lines += [f"missing {element}: {count} items" for element, count in self.missing.most_common()]
        total = sum(self.written.values())
        lines.append(
            f"{total} items in {len(self.written)} files; {self.shortened} long texts were shortened"
        )
        return [*lines, "everyday phrases are still to be written: see `wenban catalog check`"]


def import_file(source: Path, output: Path, mapping: Path | None = None) -> Report:
    """Writes one catalog file a department.

    Args:
        source: .jsonl or .csv, also with .xz or .gz behind it; UTF-8.
        output: folder for the YAML files; made if missing, must hold no catalog yet.
        mapping: JSON object, national element name -> the export's name for it.

    Raises:
        CatalogInvalid: the file, the mapping or the folder cannot be used; says where.
    """
    names = _names(mapping)
    if output.exists() and any(output.glob("*.yaml")):
        raise CatalogInvalid([f"{output}: holds catalog files already; choose an empty folder"])
    report = Report()
    departments: dict[str, list[dict[str, Any]]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for place, row in read_rows(source):
        record = {element: row.get(names[element]) for element in ELEMENTS}
        lacking = [element for element in REQUIRED if not _text(record[element])]
        if lacking:
            report.skipped[place] = f"no {'、'.join(f'{one} ({names[one]})' for one in lacking)}"
            continue
        key = (_text(record["实施主体"]), _text(record["事项名称"]))
        if key in seen:
            report.skipped[place] = f"{key[1]} stands earlier for {key[0]}"
            continue
        seen.add(key)
        report.missing.update(element for element in ELEMENTS if not _text(record[element]))
        departments[key[0]].append(record)
    if not departments:
        raise CatalogInvalid(
            [f"{source}: no usable item; is a --map needed? expected names: {'、'.join(ELEMENTS)}"]
        )
    everywhere = Counter(title for _, title in seen)
    for department, records in departments.items():
        for record in records:
            # The same item at the province's and at the city's counter: the counter's name tells them apart.
            if everywhere[_text(record["事项名称"])] > 1:
                record["事项名称"] = f"{_text(record['事项名称'])}（{department}）"
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


def _names(mapping: Path | None) -> dict[str, str]:
    names = {element: element for element in ELEMENTS}
    if mapping is None:
        return names
    try:
        own = json.loads(mapping.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogInvalid([f"{mapping}: not readable as JSON: {error}"]) from error
    if not isinstance(own, dict) or not all(isinstance(value, str) for value in own.values()):
        raise CatalogInvalid([f'{mapping}: must be an object like {{"事项名称": "their name"}}'])
    unknown = sorted(set(own) - set(ELEMENTS))
    if unknown:
        raise CatalogInvalid(
            [f"{mapping}: no such element: {'、'.join(unknown)}; known: {'、'.join(ELEMENTS)}"]
        )
    return names | own


def _list(value: object) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[;；\n、|]", str(value or ""))
    return list(dict.fromkeys(text for part in parts if (text := _text(part))))


def _text(value: object) -> str:
    if isinstance(value, list):
        return "；".join(text for one in value if (text := _text(one)))
    text = " ".join(str("" if value is None else value).split())
    return "" if text.lower() in _NOTHING else text


def _days(value: object) -> int | None:
    found = re.search(r"\d+", _text(value))
    return min(int(found.group()), 730) if found else None


def _matching(value: object, kinds: Mapping[str, tuple[str, ...]]) -> list[str]:
    text = _text(value)
    return [kind for kind, words in kinds.items() if any(word in text for word in words)]


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


def _department(
    name: str, records: list[dict[str, Any]], identifiers: _Identifiers, report: Report
) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        groups[_text(record["主项名称"]) or _text(record["事项名称"])].append(record)
    first = records[0]
    return {
        "department": {
            "id": identifiers.make(name),
            "name": name,
            "short": name,
            "place": _short(_text(first["办理地点"]) or "待补充", report),
            "hours": _short(_text(first["办理时间"]) or "待补充", report),
            "phone": _short(_text(first["咨询方式"]) or "待补充", report),
            "complaint_phone": _short(_text(first["监督投诉方式"]) or "12345", report),
        },
        "verified": False,
        "subjects": [_subject(name, title, own, identifiers, report) for title, own in groups.items()],
    }


def _short(text: str, report: Report) -> str:
    if len(text) > 400:
        report.shortened += 1
    return text if len(text) <= 400 else text[:399] + "…"


def _subject(
    department: str, title: str, records: list[dict[str, Any]], identifiers: _Identifiers, report: Report
) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "id": identifiers.make(title, department),
        "title": _short(title, report),
        "about": _short(title, report),
        "common": {"fields": ["name", "phone"]},
        "items": [],
    }
    values = []
    for record in records:
        item = _item(record, department, identifiers, report)
        if len(records) > 1:
            # The export does not say what tells siblings apart; until an editor does, their names must.
            values.append({"id": item["id"], "label": item["title"]})
            item["when"] = {"which": item["id"]}
        subject["items"].append(item)
    if values:
        subject["facets"] = [
            {"id": "which", "title": "具体事项", "ask": "您要办的是哪一项？", "values": values}
        ]
    return subject


def _item(
    record: dict[str, Any], department: str, identifiers: _Identifiers, report: Report
) -> dict[str, Any]:
    title = _text(record["事项名称"])
    legal, promised = _days(record["法定办结时限"]), _days(record["承诺办结时限"])
    kind, fee = _text(record["事项类型"]), _text(record["收费"])
    free = fee in ("否", "不收费", "免费", "0")
    item: dict[str, Any] = {
        "id": identifiers.make(title, department),
        "title": _short(title, report),
        "type": kind if kind in get_args(ItemType) else "公共服务",
        "audience": _matching(record["服务对象"], _AUDIENCES) or ["个人"],
        "conditions": [_short(text, report) for one in [_text(record["受理条件"])] if (text := one)],
        "materials": [{"name": _short(name, report)} for name in _list(record["申请材料"])],
        "promised_days": min(promised or 0, legal) if legal is not None else promised or 0,
        "fee": {"yuan": 0} if free else {"yuan": None, "note": _short(fee, report) if fee else "待补充"},
        "delivery": _matching(record["送达方式"], _DELIVERIES) or ["窗口领取"],
        "visits": min(_days(record["到办事现场次数"]) or 0, 3),
        "result": _short(_text(record["结果名称"]) or "办理结果", report),
    }
    if legal is not None:
        item["legal_days"] = legal
    for key, element in (
        ("basic_code", "基本编码"),
        ("implementation_code", "实施编码"),
        ("place", "办理地点"),
    ):
        if _text(record[element]):
            item[key] = _short(_text(record[element]), report)
    return item


def _write(path: Path, data: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=110)
    path.write_text(text, encoding="utf-8")
