"""What became of searches, kept to learn from: redacted words (sealed), the item, the day; no session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, cast
from uuid import uuid4

from sqlalchemy import delete, select

from actions.applications.base import StoreBase, changed_rows
from actions.applications.models import OutcomeRow

OutcomeKind = Literal["confirmed", "rejected", "none_fit", "not_found"]


@dataclass(frozen=True)
class Outcome:
    """One search and what the citizen said to its result.

    Attributes:
        kind: confirmed or rejected an item; `none_fit`: turned the whole list down; `not_found`: no result.
        query: redacted words (`actions.learning.redact`).
        said_on: the day; the store gives it.
        item_id: what was confirmed or rejected. asked: a question had to be answered first, so that the words
            alone mean the subject and not yet the item.
    """

    kind: OutcomeKind
    query: str = field(repr=False)
    item_id: str | None = None
    asked: bool = False
    said_on: date | None = None
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)


class OutcomeStore(StoreBase):
    """The part of the store that keeps outcomes."""

    def save_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps them; the caller has redacted the words."""
        today = self._clock().date()
        rows = [
            OutcomeRow(
                id=one.id,
                kind=one.kind,
                item_id=one.item_id,
                asked=one.asked,
                said_on=today,
                sealed=self._cipher.encrypt_json(one.query, f"outcome:{one.id}"),
            )
            for one in outcomes
        ]
        with self._database.write() as database:
            database.add_all(rows)

    def outcomes(self) -> list[Outcome]:
        """All of them, in no order that says who followed whom."""
        with self._database.read() as database:
            return [
                Outcome(
                    kind=cast(OutcomeKind, row.kind),
                    query=self._cipher.decrypt_json(row.sealed, f"outcome:{row.id}"),
                    said_on=row.said_on,
                    item_id=row.item_id,
                    asked=row.asked,
                    id=row.id,
                )
                for row in database.scalars(select(OutcomeRow).order_by(OutcomeRow.id))
            ]

    def delete_outcomes(self, ids: Sequence[str]) -> int:
        """Forgets these; returns how many there were."""
        with self._database.write() as database:
            return changed_rows(database, delete(OutcomeRow).where(OutcomeRow.id.in_(ids)))

    def purge_outcomes(self, older_than: timedelta, today: date) -> int:
        """Removes what was said longer ago; returns how many."""
        with self._database.write() as database:
            return changed_rows(database, delete(OutcomeRow).where(OutcomeRow.said_on < today - older_than))
