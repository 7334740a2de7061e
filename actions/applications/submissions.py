"""Submitted applications: taken exactly once, moved only as is legal, found by receipt and phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.applications.errors import ApplicationNotFound
from actions.applications.models import ApplicationRow, DraftRow, EventRow
from actions.applications.outbox import OutboxStore, add_message
from actions.applications.receipts import new_receipt, parse_receipt
from actions.applications.states import State, check_move
from actions.applications.values import (
    Application,
    ApplicationEvent,
    EventKind,
    ItemSnapshot,
    OutboxKind,
    last_four,
)
from actions.applications.workdays import SHANGHAI, due_date
from wenban.errors import StorageError

# A day's receipts are drawn from a million: even at 100,000 a day ten misses in a row are one in 10^10.
_RECEIPT_TRIES = 10


class SubmissionStore(OutboxStore):
    """The part of the store that keeps applications."""

    def submit(
        self,
        *,
        idempotency_key: str,
        item: ItemSnapshot,
        fields: dict[str, Any],
        materials: list[dict[str, Any]],
        commitments: list[str],
        contact_phone: str,
        applicant_name: str,
        channel: str,
        session: str | None = None,
        draft_id: str | None = None,
        now: datetime,
    ) -> Application:
        """Takes an application, exactly once for each key: the same key again gives the same application.

        One transaction: the application, its first event, the department's message, the draft's removal.

        Args:
            idempotency_key: the draft's id is a good one: it stays the same on every device and retry.
            fields, materials: JSON values only.
            now: the moment of submission, with a time zone.

        Raises:
            StorageError: nothing was stored, or it is not known; call again with the same key.
            ValueInvalid: the phone has fewer than four digits.
        """
        for _ in range(_RECEIPT_TRIES):
            existing = self._by_key(idempotency_key)
            if existing is not None:
                return existing
            id, receipt = uuid4().hex, new_receipt(now.astimezone(SHANGHAI).date())
            promised = due_date(now, item.promised_days)
            legal = None if item.legal_days is None else due_date(now, item.legal_days)
            sealed = {
                "item": item.as_dict(),
                "fields": fields,
                "materials": materials,
                "commitments": commitments,
                "contact_phone": contact_phone,
                "applicant_name": applicant_name,
                "channel": channel,
            }
            row = ApplicationRow(
                id=id,
                receipt=receipt,
                idempotency_index=self._cipher.blind_index(f"submit:{idempotency_key}"),
                track_index=self._cipher.blind_index(_track_key(receipt, last_four(contact_phone))),
                session_index=None if session is None else self._cipher.blind_index(session),
                item_id=item.id,
                department=item.department,
                state=State.RECEIVED.value,
                submitted_at=now,
                updated_at=now,
                promised_on=promised.day,
                promised_exact=promised.exact,
                legal_on=legal.day if legal else None,
                legal_exact=legal.exact if legal else True,
                sealed=self._cipher.encrypt_json(sealed, _aad(id)),
            )
            try:
                with self._database.write() as database:
                    database.add(row)
                    database.flush()
                    self._add_event(
                        database, row, EventKind.SUBMITTED, now, actor="applicant", new=State.RECEIVED
                    )
                    add_message(database, row, OutboxKind.SUBMITTED, now)
                    if draft_id is not None:
                        database.execute(delete(DraftRow).where(DraftRow.id == draft_id))
            except IntegrityError:
                # The key was submitted meanwhile, then the next turn finds it; or the receipt is taken.
                continue
            return self.application(receipt)
        raise StorageError("no free receipt number found")

    def _by_key(self, idempotency_key: str) -> Application | None:
        indexes = self._cipher.blind_indexes(f"submit:{idempotency_key}")
        with self._database.read() as database:
            row = database.scalar(select(ApplicationRow).where(ApplicationRow.idempotency_index.in_(indexes)))
            return None if row is None else self._application(row)

    def track(self, receipt: str, phone_last4: str) -> Application:
        """The application with this receipt, for who knows the last four digits of its phone.

        One look-up whatever is wrong, so that neither the answer nor its time tells receipts that exist.
        Limit the tries with `count_attempt`.

        Raises:
            ApplicationNotFound: receipt or phone is wrong; `ReceiptInvalid` where it is no receipt at all.
        """
        indexes = self._cipher.blind_indexes(_track_key(parse_receipt(receipt), phone_last4.strip()))
        with self._database.read() as database:
            row = database.scalar(select(ApplicationRow).where(ApplicationRow.track_index.in_(indexes)))
            if row is None:
                raise ApplicationNotFound("no application with this receipt and phone")
            return self._application(row)

    def application(self, receipt: str) -> Application:
        """The application with this receipt, for staff.

        Raises:
            ApplicationNotFound: there is none.
        """
        with self._database.read() as database:
            return self._application(_row(database, receipt))

    def applications(
        self, *, state: State | None = None, department: str | None = None, limit: int = 50, offset: int = 0
    ) -> list[Application]:
        """Applications, newest first."""
        query = select(ApplicationRow).order_by(
            ApplicationRow.submitted_at.desc(), ApplicationRow.receipt.desc()
        )
        if state is not None:
            query = query.where(ApplicationRow.state == state.value)
        if department is not None:
            query = query.where(ApplicationRow.department == department)
        with self._database.read() as database:
            return [self._application(row) for row in database.scalars(query.limit(limit).offset(offset))]

    def events(self, receipt: str) -> list[ApplicationEvent]:
        """The application's history, oldest first.

        Raises:
            ApplicationNotFound: there is no such application.
        """
        with self._database.read() as database:
            row = _row(database, receipt)
            query = select(EventRow).where(EventRow.application_id == row.id).order_by(EventRow.sequence)
            return [self._event(event) for event in database.scalars(query)]

    def advance(
        self, receipt: str, new_state: State, *, actor: str, note: str = "", now: datetime
    ) -> Application:
        """Moves the application on; on 受理 the time limits start to count from that day.

        Args:
            actor: who does it, for the history.

        Raises:
            ApplicationNotFound: there is no such application.
            IllegalMove: names the legal moves.
        """
        with self._database.write() as database:
            row = _row(database, receipt, lock=True)
            old = State(row.state)
            check_move(old, new_state)
            if new_state is State.ACCEPTED:
                item = self._application(row).item
                promised = due_date(now, item.promised_days)
                row.accepted_at, row.promised_on, row.promised_exact = now, promised.day, promised.exact
                if item.legal_days is not None:
                    legal = due_date(now, item.legal_days)
                    row.legal_on, row.legal_exact = legal.day, legal.exact
            if new_state.final:
                row.finished_at = now
            row.state, row.updated_at = new_state.value, now
            self._add_event(
                database, row, EventKind.MOVED, now, actor=actor, note=note, old=old, new=new_state
            )
            if new_state is State.WITHDRAWN:
                add_message(database, row, OutboxKind.WITHDRAWN, now)
        return self.application(receipt)

    def withdraw(
        self, receipt: str, *, actor: str = "applicant", note: str = "", now: datetime
    ) -> Application:
        """Withdraws the application (撤回) and tells the department; as `advance`."""
        return self.advance(receipt, State.WITHDRAWN, actor=actor, note=note, now=now)

    def record_view(self, receipt: str, *, actor: str, now: datetime) -> None:
        """Writes into the history that somebody looked at the personal values in clear.

        Raises:
            ApplicationNotFound: there is no such application.
        """
        with self._database.write() as database:
            self._add_event(database, _row(database, receipt), EventKind.VIEWED, now, actor=actor)

    def _add_event(
        self,
        database: Session,
        row: ApplicationRow,
        kind: EventKind,
        now: datetime,
        *,
        actor: str,
        note: str = "",
        old: State | None = None,
        new: State | None = None,
    ) -> None:
        id = uuid4().hex
        database.add(
            EventRow(
                id=id,
                application_id=row.id,
                kind=kind.value,
                old_state=old.value if old else None,
                new_state=new.value if new else None,
                sealed=self._cipher.encrypt_json({"actor": actor, "note": note}, f"event:{row.id}:{id}"),
                at=now,
            )
        )

    def _application(self, row: ApplicationRow) -> Application:
        values = self._cipher.decrypt_json(row.sealed, _aad(row.id))
        return Application(
            id=row.id,
            receipt=row.receipt,
            state=State(row.state),
            submitted_at=row.submitted_at,
            accepted_at=row.accepted_at,
            finished_at=row.finished_at,
            updated_at=row.updated_at,
            promised_on=row.promised_on,
            promised_exact=row.promised_exact,
            legal_on=row.legal_on,
            legal_exact=row.legal_exact,
            **(values | {"item": ItemSnapshot(**values["item"])}),
        )

    def _event(self, row: EventRow) -> ApplicationEvent:
        values = self._cipher.decrypt_json(row.sealed, f"event:{row.application_id}:{row.id}")
        return ApplicationEvent(
            EventKind(row.kind),
            State(row.old_state) if row.old_state else None,
            State(row.new_state) if row.new_state else None,
            values["actor"],
            values["note"],
            row.at,
        )


def _aad(id: str) -> str:
    return f"application:{id}"


def _track_key(receipt: str, phone_last4: str) -> str:
    return f"track:{receipt}:{phone_last4}"


def _row(database: Session, receipt: str, *, lock: bool = False) -> ApplicationRow:
    query = select(ApplicationRow).where(ApplicationRow.receipt == parse_receipt(receipt))
    # PostgreSQL locks the row here; on SQLite the whole write transaction is already exclusive.
    row = database.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise ApplicationNotFound("no application with this receipt")
    return row
