"""The work behind `wenban applications`; apart from the parser, so that `--help` loads no database."""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from actions.applications.base import shanghai_now
from actions.applications.cli import system_user
from actions.applications.masks import mask_field, mask_material, mask_name, mask_phone
from actions.applications.receipts import spoken_receipt
from actions.applications.states import State
from actions.applications.store import Application, ApplicationEvent, EventKind, Store
from wenban.jsonl import emit

_EVENT_LABELS = {EventKind.SUBMITTED: "提交", EventKind.MOVED: "流转", EventKind.VIEWED: "查看明文"}


def run_list(arguments: argparse.Namespace, store: Store) -> int:
    """Prints the applications as a table or as JSON Lines."""
    applications = store.applications(
        state=State.parse(arguments.state) if arguments.state else None,
        department=arguments.department,
        limit=arguments.limit,
        offset=arguments.offset,
    )
    if arguments.reveal:
        for application in applications:
            store.record_view(application.receipt, actor=system_user(), now=shanghai_now())
    records = [_record(application, arguments.reveal) for application in applications]
    if arguments.json:
        for record in records:
            emit(record)
        return 0
    if not records:
        print("没有符合条件的办件。")
        return 0
    header = ("回执号", "状态", "事项", "部门", "申请人", "手机", "提交时间", "承诺办结")
    rows = [
        (
            r["receipt"],
            r["state_label"],
            r["item"]["title"],
            r["item"]["department"],
            r["applicant_name"],
            r["contact_phone"],
            _minute(application.submitted_at),
            _due(r["promised_on"], r["promised_exact"]),
        )
        for r, application in zip(records, applications, strict=True)
    ]
    _print_table(header, rows)
    return 0


def run_show(arguments: argparse.Namespace, store: Store) -> int:
    """Prints one application and its history."""
    application = store.application(arguments.receipt)
    if arguments.reveal:
        store.record_view(application.receipt, actor=system_user(), now=shanghai_now())
    _show(application, store.events(application.receipt), arguments)
    return 0


def run_advance(arguments: argparse.Namespace, store: Store) -> int:
    """Moves one application and prints it as it is then."""
    application = store.advance(
        arguments.receipt,
        State.parse(arguments.state),
        actor=system_user(),
        note=arguments.note,
        now=shanghai_now(),
    )
    if arguments.reveal:
        store.record_view(application.receipt, actor=system_user(), now=shanghai_now())
    _show(application, store.events(application.receipt), arguments)
    return 0


def run_migrate(arguments: argparse.Namespace, store: Store) -> int:
    """Says that the tables are up to date; opening the store has brought them there."""
    revision = store.schema_version()
    if arguments.json:
        emit({"schema_version": revision})
    else:
        print(f"数据库已是最新版本（{revision}）。")
    return 0


def _show(
    application: Application, events: Sequence[ApplicationEvent], arguments: argparse.Namespace
) -> None:
    record = _record(application, arguments.reveal)
    record["legal_moves"] = [state.value for state in application.state.legal_moves]
    record["events"] = [_event(event, arguments.reveal) for event in events]
    if arguments.json:
        emit(record)
        return
    lines = [
        ("回执号", spoken_receipt(application.receipt)),
        ("状态", application.state.label),
        ("事项", f"{application.item.title}（{application.item.id}）"),
        ("部门", application.item.department),
        ("申请人", record["applicant_name"]),
        ("手机", record["contact_phone"]),
        ("提交时间", _minute(application.submitted_at)),
        ("承诺办结", _due(record["promised_on"], record["promised_exact"])),
        ("法定办结", _due(record["legal_on"], record["legal_exact"]) if application.legal_on else "未规定"),
        ("送达方式", application.item.delivery),
        *((f"表单 {name}", _text(value)) for name, value in record["fields"].items()),
        *(("材料", "，".join(_text(v) for v in material.values())) for material in record["materials"]),
        *(("承诺", commitment) for commitment in application.commitments),
        ("可以改为", "、".join(state.label for state in application.state.legal_moves) or "已结束"),
    ]
    _print_table(None, lines)
    print()
    _print_table(
        ("时间", "事件", "状态", "经办", "备注"),
        [
            (
                _minute(event.at),
                _EVENT_LABELS[event.kind],
                event.new_state.label if event.new_state else "",
                "申请人" if event.actor == "applicant" else event.actor,
                entry["note"],
            )
            for event, entry in zip(events, record["events"], strict=True)
        ],
    )


def _record(application: Application, reveal: bool) -> dict[str, Any]:
    a = application
    return {
        "receipt": a.receipt,
        "state": a.state.value,
        "state_label": a.state.label,
        "item": a.item.as_dict(),
        "applicant_name": a.applicant_name if reveal else mask_name(a.applicant_name),
        "contact_phone": a.contact_phone if reveal else mask_phone(a.contact_phone),
        "fields": a.fields if reveal else {key: mask_field(value) for key, value in a.fields.items()},
        "materials": a.materials if reveal else [mask_material(m) for m in a.materials],
        "commitments": a.commitments,
        "channel": a.channel,
        "submitted_at": a.submitted_at.isoformat(timespec="seconds"),
        "accepted_at": a.accepted_at.isoformat(timespec="seconds") if a.accepted_at else None,
        "finished_at": a.finished_at.isoformat(timespec="seconds") if a.finished_at else None,
        "promised_on": a.promised_on.isoformat(),
        "promised_exact": a.promised_exact,
        "legal_on": a.legal_on.isoformat() if a.legal_on else None,
        "legal_exact": a.legal_exact,
        "revealed": reveal,
    }


def _event(event: ApplicationEvent, reveal: bool) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "kind": event.kind.value,
        "old_state": event.old_state.value if event.old_state else None,
        "new_state": event.new_state.value if event.new_state else None,
        "actor": event.actor,
        "note": event.note if reveal else mask_name(event.note),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _minute(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def _due(day: str, exact: bool) -> str:
    return day if exact else f"{day}（节假日安排未公布，仅供参考）"


def display_width(text: str) -> int:
    """Terminal columns of a text: Chinese characters take two."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _print_table(header: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
    # Control characters in a citizen's words must not steer the clerk's terminal.
    lines = [[_printable(cell) for cell in row] for row in ([header] if header else []) + list(rows)]
    if not lines:
        return
    widths = [max(display_width(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = (cell + " " * (width - display_width(cell)) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
