"""转人工: what the person who takes over gets (transcript, item, fields), sealed until opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from actions.applications.base import StoreBase, changed_rows
from actions.applications.errors import HandoverNotFound
from actions.applications.models import HandoverRow


@dataclass(frozen=True)
class Handover:
    """One citizen waiting for a person.

    Attributes:
        transcript: (who, text) lines, oldest first; who is "citizen" or "assistant".
        fields: what was collected, as a clerk would write it, by the label of the field.
    """

    id: str
    item_id: str | None
    department: str | None
    opened_at: datetime
    closed_at: datetime | None
    transcript: list[tuple[str, str]] = field(default_factory=list, repr=False)
    fields: dict[str, Any] = field(default_factory=dict, repr=False)
    phone: str = field(default="", repr=False)


class HandoverStore(StoreBase):
    """The part of the store that keeps handovers."""

    def save_handover(self, handover: Handover) -> None:
        """Opens a handover, or brings an open one up to date with what was said since."""
        values = {
            "transcript": [list(line) for line in handover.transcript],
            "fields": handover.fields,
            "phone": handover.phone,
        }
        row = HandoverRow(
            id=handover.id,
            item_id=handover.item_id,
            department=handover.department,
            opened_at=handover.opened_at,
            closed_at=handover.closed_at,
            sealed=self._cipher.encrypt_json(values, f"handover:{handover.id}"),
        )
        with self._database.write() as database:
            before = database.get(HandoverRow, handover.id)
            if before is not None:
                row.opened_at, row.closed_at = before.opened_at, before.closed_at
            database.merge(row)

    def handovers(self, *, waiting: bool = True, limit: int = 50) -> list[Handover]:
        """Handovers, those waiting longest first; with `waiting` False the closed ones too."""
        query = select(HandoverRow).order_by(HandoverRow.opened_at).limit(limit)
        if waiting:
            query = query.where(HandoverRow.closed_at.is_(None))
        with self._database.read() as database:
            return [self._handover(row) for row in database.scalars(query)]

    def handover(self, handover_id: str) -> Handover:
        """One handover.

        Raises:
            HandoverNotFound: there is none with this id.
        """
        with self._database.read() as database:
            row = database.get(HandoverRow, handover_id)
            if row is None:
                raise HandoverNotFound(f"no handover {handover_id}")
            return self._handover(row)

    def close_handover(self, handover_id: str, now: datetime) -> None:
        """A person has taken care of it.

        Raises:
            HandoverNotFound: there is none with this id.
        """
        with self._database.write() as database:
            row = database.get(HandoverRow, handover_id)
            if row is None:
                raise HandoverNotFound(f"no handover {handover_id}")
            row.closed_at = row.closed_at or now

    def purge_handovers(self, older_than: timedelta, now: datetime) -> int:
        """Removes those taken care of before `now - older_than`; returns how many. Who waits still waits."""
        with self._database.write() as database:
            return changed_rows(database, delete(HandoverRow).where(HandoverRow.closed_at < now - older_than))

    def _handover(self, row: HandoverRow) -> Handover:
        values = self._cipher.decrypt_json(row.sealed, f"handover:{row.id}")
        return Handover(
            id=row.id,
            item_id=row.item_id,
            department=row.department,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            transcript=[(who, text) for who, text in values["transcript"]],
            fields=values["fields"],
            phone=values["phone"],
        )
