"""What departments have to be told: written in the transaction that makes it true, kept until delivered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.applications.base import StoreBase
from actions.applications.models import ApplicationRow, OutboxRow
from actions.applications.values import OutboxEntry, OutboxKind
from wenban.errors import StorageError


def add_message(database: Session, row: ApplicationRow, kind: OutboxKind, now: datetime) -> None:
    """Adds a message about the application to the caller's transaction."""
    database.add(OutboxRow(application_id=row.id, kind=kind.value, created_at=now))


class OutboxStore(StoreBase):
    """The part of the store that keeps messages to departments."""

    def pending_outbox(self, limit: int = 100) -> list[OutboxEntry]:
        """Messages to departments that are not marked as delivered, oldest first."""
        query = (
            select(OutboxRow, ApplicationRow)
            .join(ApplicationRow, OutboxRow.application_id == ApplicationRow.id)
            .where(OutboxRow.delivered_at.is_(None))
            .order_by(OutboxRow.id)
            .limit(limit)
        )
        with self._database.read() as database:
            return [
                OutboxEntry(
                    message.id,
                    OutboxKind(message.kind),
                    row.receipt,
                    row.item_id,
                    row.department,
                    message.created_at,
                )
                for message, row in database.execute(query)
            ]

    def mark_delivered(self, entry_id: int, now: datetime) -> None:
        """Marks a message as delivered; marking it again keeps the first time."""
        with self._database.write() as database:
            row = database.get(OutboxRow, entry_id)
            if row is None:
                raise StorageError(f"no message {entry_id} in the outbox")
            if row.delivered_at is None:
                row.delivered_at = now
