from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from actions.applications.store import Application, Store
from wenban.errors import StorageError

Submit = Callable[..., Application]


class TestOutbox:
    """Conformance: runs on every kind of database."""

    def test_messages_wait_in_order_until_delivered(
        self, store: Store, submit: Submit, now: datetime
    ) -> None:
        receipts = [submit(store, key).receipt for key in "abc"]
        entries = store.pending_outbox()
        assert [entry.receipt for entry in entries] == receipts
        assert store.pending_outbox(limit=2) == entries[:2]
        store.mark_delivered(entries[1].id, now)
        store.mark_delivered(entries[1].id, now + timedelta(days=1))
        assert store.pending_outbox() == [entries[0], entries[2]]

    def test_what_does_not_exist_cannot_be_delivered(self, store: Store, now: datetime) -> None:
        with pytest.raises(StorageError, match="7"):
            store.mark_delivered(7, now)
