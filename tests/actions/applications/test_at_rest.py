"""Nothing personal is stored in clear: looked for in the raw bytes, in every form it could have taken."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.applications.models import Base
from actions.applications.states import State
from actions.applications.store import Application, Draft, Handover, Outcome, Store

NAME, SPOUSE, PHONE, DRAFT_PHONE = "欧阳无忌", "上官婉儿", "13812345678", "13987654321"
IDENTITY, ADDRESS = "330782199001011234", "义乌市稠城街道工人西路十八号"
NOTE, SAID, CALLER = "请补交欧阳无忌的结婚证", "我老婆户口在上海想迁到我这里", "tel:13711112222"
KEY, CLERK, VALUE_KEY = "key-of-13812345678", "clerk-zhao-min", "配偶身份证号码"
PERSONAL = [NAME, SPOUSE, PHONE, DRAFT_PHONE, IDENTITY, ADDRESS, NOTE, SAID, CALLER, KEY, CLERK, VALUE_KEY]


def forms(text: str) -> set[bytes]:
    """The text as bytes, in every way that programs commonly write it."""
    plain = {text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    plain.add(json.dumps(text).strip('"').encode())
    found = set(plain)
    for raw in plain:
        found |= {raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            # In a longer text base64 has one look at each of three offsets; the ends depend on neighbours.
            whole = raw[shift:]
            encoded = base64.b64encode(whole[: len(whole) // 3 * 3])
            found |= {encoded, base64.urlsafe_b64encode(whole[: len(whole) // 3 * 3])}
    return {form for form in found if len(form) >= 8}


def live_through_everything(
    store: Store, submit: Callable[..., Application], now: datetime
) -> tuple[Application, Draft]:
    """Writes each kind of row, rewrites it, and deletes some: what was deleted may linger in the file."""
    data = {"messages": [SAID], "fields": {VALUE_KEY: IDENTITY, "name": NAME}}
    version = store.save_session(CALLER, data, expected_version=None)
    store.save_session(CALLER, data | {"more": ADDRESS}, expected_version=version)
    submitted = Draft.new("hukou-spouse-local")
    kept = replace(
        Draft.new("hukou-spouse-local"), fields={"address": ADDRESS, "name": NAME}, phone=DRAFT_PHONE
    )
    for draft in (submitted, kept):
        store.save_draft(replace(draft, phone=DRAFT_PHONE, fields={VALUE_KEY: IDENTITY}))
    given = submit(
        store,
        KEY,
        draft_id=submitted.id,
        session=CALLER,
        applicant_name=NAME,
        contact_phone=PHONE,
        fields={"spouse": SPOUSE, VALUE_KEY: IDENTITY, "address": ADDRESS},
        materials=[{"id": "marriage", "title": "结婚证", "file": f"{NAME}.jpg"}],
    )
    store.advance(given.receipt, State.SUPPLEMENT, actor=CLERK, note=NOTE, now=now)
    store.record_view(given.receipt, actor=CLERK, now=now)
    store.count_attempt(given.receipt, now)
    store.save_handover(
        Handover(
            id="0" * 32,
            item_id="hukou-spouse-local",
            department=given.item.department,
            opened_at=now,
            closed_at=None,
            transcript=[("citizen", SAID)],
            fields={VALUE_KEY: IDENTITY, "name": NAME, "address": ADDRESS},
            phone=PHONE,
        )
    )
    store.save_outcomes([Outcome("confirmed", SAID, "hukou-spouse-local")])
    return given, kept


def test_forms_find_what_they_should() -> None:
    assert NAME.encode("utf-16-le") in forms(NAME)
    for padding in range(3):
        encoded = base64.b64encode(b"x" * padding + f'"{ADDRESS}"'.encode())
        assert any(form in encoded for form in forms(ADDRESS))


def test_the_raw_files_of_sqlite_hold_nothing_personal(
    open_store: Callable[[str], Store],
    sqlite_url: str,
    submit: Callable[..., Application],
    now: datetime,
    tmp_path: Path,
) -> None:
    store = open_store(sqlite_url)
    given, _ = live_through_everything(store, submit, now)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    # The log is there and not empty, and what may be in clear is found: so the look is a real one.
    assert len(files["wenban.sqlite3-wal"]) > 0
    everything = b"\0".join(files.values())
    assert given.receipt.encode() in everything and given.item.department.encode() in everything
    for text in PERSONAL:
        assert not [form for form in forms(text) if form in everything], text


class TestRows:
    """Conformance: runs on every kind of database."""

    def test_no_row_holds_anything_personal(
        self, store: Store, submit: Callable[..., Application], now: datetime
    ) -> None:
        given, kept = live_through_everything(store, submit, now)
        cells: list[bytes] = []
        with store._database.read() as database:
            for table in Base.metadata.sorted_tables:
                rows = database.execute(select(table)).all()
                assert rows, f"{table.name} is empty: nothing was looked at"
                values = [value for row in rows for value in row]
                cells += [value if isinstance(value, bytes) else str(value).encode() for value in values]
        everything = b"\0".join(cells)
        assert given.receipt.encode() in everything
        for text in [*PERSONAL, kept.resume_code]:
            assert not [form for form in forms(text) if form in everything], text

    def test_errors_do_not_carry_values(
        self, store: Store, submit: Callable[..., Application], now: datetime
    ) -> None:
        with pytest.raises(ValueError, match="zone") as caught:
            submit(store, applicant_name=NAME, now=now.replace(tzinfo=None))
        assert NAME not in str(caught.value)
