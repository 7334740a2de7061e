from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from actions.applications.base import shanghai_now
from actions.applications.errors import TooManyAttempts
from actions.applications.store import Store

RECEIPT = "YW202603040000000"


def fail(store: Store, times: int, now: datetime) -> None:
    for _ in range(times):
        store.count_attempt(RECEIPT, now)


class TestAttempts:
    """Conformance: runs on every kind of database."""

    def test_the_sixth_in_fifteen_minutes_is_refused(self, store: Store, now: datetime) -> None:
        fail(store, 5, now)
        for minutes in (0, 14):
            with pytest.raises(TooManyAttempts):
                store.count_attempt(RECEIPT, now + timedelta(minutes=minutes))

    def test_after_fifteen_minutes_it_starts_anew(self, store: Store, now: datetime) -> None:
        fail(store, 5, now)
        later = now + timedelta(minutes=15)
        fail(store, 5, later)
        with pytest.raises(TooManyAttempts):
            store.count_attempt(RECEIPT, later)

    def test_a_success_clears_the_count(self, store: Store, now: datetime) -> None:
        fail(store, 4, now)
        store.clear_attempts(RECEIPT)
        fail(store, 5, now)

    def test_receipts_are_counted_apart_and_over_restarts(
        self, store: Store, open_store: Callable[[str], Store], database_url: str, now: datetime
    ) -> None:
        fail(store, 5, now)
        store.count_attempt("another", now)
        with pytest.raises(TooManyAttempts):
            open_store(database_url).count_attempt(RECEIPT, now)

    def test_none_slips_through_at_the_same_moment(self, store: Store, now: datetime) -> None:
        barrier = Barrier(12)

        def attempt(_: int) -> bool:
            barrier.wait()
            try:
                store.count_attempt(RECEIPT, now)
            except TooManyAttempts:
                return False
            return True

        with ThreadPoolExecutor(12) as pool:
            assert sum(pool.map(attempt, range(12))) == 5

    def test_past_windows_are_purged(self, store: Store, now: datetime) -> None:
        fail(store, 1, now)
        assert store.purge_attempts(now + timedelta(minutes=14)) == 0
        assert store.purge_attempts(now + timedelta(minutes=15)) == 1


def test_the_clock_is_in_shanghai() -> None:
    assert shanghai_now().utcoffset() == timedelta(hours=8)
