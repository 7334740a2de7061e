from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from actions.applications.crypto import Cipher
from actions.applications.errors import CannotDecrypt, StaleSession
from actions.applications.models import SessionRow
from actions.applications.store import Store


class TestSessions:
    """Conformance: runs on every kind of database."""

    def test_there_is_none_at_first(self, store: Store) -> None:
        assert store.load_session("page:1") is None

    def test_what_was_saved_is_loaded_in_another_process(
        self, store: Store, open_store: Callable[[str], Store], database_url: str, now: datetime
    ) -> None:
        data = {"state": "collecting", "fields": {"姓名": "张无忌"}, "turns": [1, None, True, 2.5], "😀": ""}
        assert store.save_session("page:1", data, expected_version=None) == 1
        loaded = open_store(database_url).load_session("page:1")
        assert loaded is not None
        assert (loaded.session, loaded.version, loaded.data) == ("page:1", 1, data)
        assert loaded.updated_at == now and loaded.updated_at.utcoffset() == timedelta(hours=8)

    def test_versions_count_the_saves(self, store: Store) -> None:
        version: int | None = None
        for number in range(1, 5):
            version = store.save_session("page:1", {"n": number}, expected_version=version)
            assert version == number
        state = store.load_session("page:1")
        assert state is not None and state.data == {"n": 4}

    def test_sessions_are_apart(self, store: Store) -> None:
        store.save_session("a", {"n": 1}, expected_version=None)
        store.save_session("b", {"n": 2}, expected_version=None)
        a, b = store.load_session("a"), store.load_session("b")
        assert a is not None and b is not None and (a.data, b.data) == ({"n": 1}, {"n": 2})

    @pytest.mark.parametrize("expected", [None, 0, 1, 3])
    def test_a_stale_save_is_refused_and_changes_nothing(self, store: Store, expected: int | None) -> None:
        store.save_session("a", {"n": 1}, expected_version=None)
        store.save_session("a", {"n": 2}, expected_version=1)
        with pytest.raises(StaleSession) as caught:
            store.save_session("a", {"n": 3}, expected_version=expected)
        assert caught.value.retryable
        state = store.load_session("a")
        assert state is not None and (state.version, state.data) == (2, {"n": 2})

    @pytest.mark.parametrize("saved_before", [False, True])
    def test_of_eight_at_once_one_wins(self, store: Store, saved_before: bool) -> None:
        expected = store.save_session("a", {}, expected_version=None) if saved_before else None
        barrier = Barrier(8)

        def save(number: int) -> int | None:
            barrier.wait()
            try:
                store.save_session("a", {"n": number}, expected_version=expected)
            except StaleSession:
                return None
            return number

        with ThreadPoolExecutor(8) as pool:
            winners = [number for number in pool.map(save, range(8)) if number is not None]
        state = store.load_session("a")
        assert state is not None and [state.data["n"]] == winners

    def test_old_ones_are_purged_and_others_stay(self, store: Store, now: datetime) -> None:
        store.save_session("a", {}, expected_version=None)
        assert store.purge_sessions(timedelta(hours=1), now + timedelta(minutes=59)) == 0
        assert store.purge_sessions(timedelta(hours=1), now + timedelta(minutes=61)) == 1
        assert store.load_session("a") is None

    def test_a_deleted_one_is_gone(self, store: Store) -> None:
        store.save_session("a", {}, expected_version=None)
        store.delete_session("a")
        store.delete_session("a")
        assert store.load_session("a") is None
        assert store.save_session("a", {}, expected_version=None) == 1

    def test_it_goes_on_after_the_key_was_rotated(self, store: Store, database_url: str) -> None:
        store.save_session("a", {"n": 1}, expected_version=None)
        rotated = Store(database_url, Cipher([bytes(32), bytes(range(32))]))
        rotated.migrate()
        assert rotated.save_session("a", {"n": 2}, expected_version=1) == 2
        rotated.close()
        newest = Store(database_url, Cipher([bytes(32)]))
        state = newest.load_session("a")
        newest.close()
        assert state is not None and state.data == {"n": 2}

    def test_a_row_moved_to_another_session_does_not_open(self, store: Store) -> None:
        store.save_session("a", {"secret": 1}, expected_version=None)
        store.save_session("b", {}, expected_version=None)
        with store._database.write() as database:
            rows = {row.session_index: row for row in database.scalars(select(SessionRow))}
            a, b = (rows[store._cipher.blind_index(name)] for name in "ab")
            b.sealed = a.sealed
        with pytest.raises(CannotDecrypt):
            store.load_session("b")
