"""What is old goes by itself, what is needed stays; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from actions.applications.errors import DraftNotFound
from actions.applications.retention import Forgetting, forget_old
from actions.applications.store import Application, Handover, Store
from actions.applications.values import Draft
from wenban.errors import StorageError

KEEP = timedelta(days=30)


@pytest.fixture
def filled(store: Store, now: datetime, submit: Callable[..., Application]) -> Store:
    submit(store)
    store.save_draft(Draft.new("plate-car-lost"))
    store.save_session("page:1", {"state": "collect"}, expected_version=None)
    for name in ("waiting", "closed"):
        store.save_handover(Handover(name, None, None, opened_at=now, closed_at=None))
    store.close_handover("closed", now)
    return store


def test_everything_young_stays(filled: Store, now: datetime) -> None:
    assert not any(forget_old(filled, KEEP, now + KEEP - timedelta(days=1)).values())


def test_what_is_old_goes_and_applications_and_who_waits_stay(filled: Store, now: datetime) -> None:
    gone = forget_old(filled, KEEP, now + KEEP + timedelta(days=1))
    assert (gone["sessions"], gone["drafts"], gone["handovers"]) == (1, 1, 1)
    assert filled.load_session("page:1") is None
    assert [one.id for one in filled.handovers(waiting=False)] == ["waiting"]
    assert len(filled.applications()) == 1


def test_it_happens_by_itself_and_again(filled: Store, now: datetime) -> None:
    """At the start, and each time that the interval is over."""
    later, rounds = now + KEEP + timedelta(days=1), threading.Semaphore(0)

    def clock() -> datetime:
        rounds.release()
        return later

    forgetting = Forgetting(filled, KEEP, every=timedelta(milliseconds=1), clock=clock)
    forgetting.start()
    assert all(rounds.acquire(timeout=30) for _ in range(3))
    forgetting.stop()
    assert filled.load_session("page:1") is None


def test_a_database_that_is_away_is_tried_again(
    filled: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = threading.Semaphore(0)

    def away(*_: object) -> int:
        tries.release()
        raise StorageError("away")

    monkeypatch.setattr(filled, "purge_sessions", away)
    forgetting = Forgetting(filled, KEEP, every=timedelta(milliseconds=1), clock=lambda: now)
    forgetting.start()
    assert all(tries.acquire(timeout=30) for _ in range(2))
    forgetting.stop()


def test_a_draft_in_use_is_not_old(store: Store, now: datetime) -> None:
    draft = Draft.new("plate-car-lost")
    store.save_draft(draft)
    forget_old(store, KEEP, now)
    assert store.load_draft(draft.id).id == draft.id
    forget_old(store, KEEP, now + KEEP + timedelta(seconds=1))
    with pytest.raises(DraftNotFound):
        store.load_draft(draft.id)
