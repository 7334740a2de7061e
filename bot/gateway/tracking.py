"""Following an application from outside: what somebody with a receipt and four digits of a phone may see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from actions.applications.base import shanghai_now
from actions.applications.receipts import parse_receipt
from actions.applications.states import State
from actions.applications.store import Application, ApplicationEvent, EventKind, Store
from actions.applications.values import last_four

# With these two moves the department tells the applicant something; other notes are the department's own.
_TOLD = (State.SUPPLEMENT, State.RETURNED)


class Tracking:
    """Answers one look-up, and counts it so that four digits cannot be tried out.

    Args:
        store: blocking; asked in a thread.
        now: the time of an attempt.
    """

    def __init__(self, store: Store, now: Callable[[], datetime] = shanghai_now) -> None:
        self._store = store
        self._now = now

    async def look_up(self, receipt: str, phone: str) -> dict[str, object]:
        """The public view of the application.

        Args:
            receipt: as typed; spaces, case and full-width digits are forgiven.
            phone: the last four digits, or the whole number.

        Raises:
            ReceiptInvalid, ValueInvalid: one of the two cannot be right.
            ApplicationNotFound: together they lead to nothing.
            TooManyAttempts: this receipt was tried too often.
        """
        return await asyncio.to_thread(self._look_up, parse_receipt(receipt), last_four(phone))

    def _look_up(self, receipt: str, phone4: str) -> dict[str, object]:
        self._store.count_attempt(receipt, self._now())
        found = self._store.track(receipt, phone4)
        self._store.clear_attempts(receipt)
        return public_view(found, self._store.events(receipt))


def public_view(application: Application, events: list[ApplicationEvent]) -> dict[str, object]:
    """Without names, phones and fields: who has the receipt may not be who applied."""
    moves = [event for event in events if event.kind is not EventKind.VIEWED and event.new_state is not None]
    return {
        "receipt": application.receipt,
        "title": application.item.title,
        "department": application.item.department,
        "state": application.state.value,
        "state_label": application.state.label,
        "submitted_at": application.submitted_at.isoformat(timespec="minutes"),
        "promised_on": application.promised_on.isoformat(),
        "promised_exact": application.promised_exact,
        "finished_at": application.finished_at and application.finished_at.isoformat(timespec="minutes"),
        "history": [
            {
                "state_label": event.new_state.label,
                "at": event.at.isoformat(timespec="minutes"),
                "note": event.note if event.new_state in _TOLD else "",
            }
            for event in moves
            if event.new_state is not None
        ],
    }
