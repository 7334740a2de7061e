"""What the person who takes over gets, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions.applications.crypto import Cipher
from actions.applications.errors import HandoverNotFound
from actions.applications.store import Handover, Store


@pytest.fixture
def handover(now: datetime) -> Handover:
    return Handover(
        id="h1",
        item_id="hukou-spouse-local",
        department="市公安局",
        opened_at=now,
        closed_at=None,
        transcript=[("citizen", "我叫欧阳锋，转人工"), ("assistant", "好的")],
        fields={"配偶姓名": "欧阳锋"},
        phone="13800001234",
    )


def test_saved_and_read(store: Store, handover: Handover) -> None:
    store.save_handover(handover)
    assert store.handover("h1") == handover
    assert store.handovers() == [handover]


def test_brought_up_to_date_without_a_new_place_in_the_queue(
    store: Store, handover: Handover, now: datetime
) -> None:
    store.save_handover(handover)
    later = replace(
        handover,
        transcript=[*handover.transcript, ("citizen", "还在吗")],
        opened_at=now + timedelta(minutes=5),
    )
    store.save_handover(later)
    assert store.handover("h1") == replace(later, opened_at=now)


def test_longest_waiting_first(store: Store, handover: Handover, now: datetime) -> None:
    for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
        store.save_handover(replace(handover, id=name, opened_at=now + timedelta(minutes=minutes)))
    assert [one.id for one in store.handovers()] == ["b", "c", "a"]
    assert [one.id for one in store.handovers(limit=1)] == ["b"]


def test_closed_once_and_no_longer_waiting(store: Store, handover: Handover, now: datetime) -> None:
    store.save_handover(handover)
    store.close_handover("h1", now + timedelta(minutes=1))
    store.close_handover("h1", now + timedelta(minutes=9))
    assert store.handovers() == []
    (closed,) = store.handovers(waiting=False)
    assert closed.closed_at == now + timedelta(minutes=1)
    store.save_handover(handover)
    assert store.handovers() == [], "what is said later does not open it again"


def test_without_an_item(store: Store, handover: Handover) -> None:
    bare = replace(handover, item_id=None, department=None, fields={}, phone="")
    store.save_handover(bare)
    assert store.handover("h1") == bare


def test_unknown_ids(store: Store, now: datetime) -> None:
    with pytest.raises(HandoverNotFound, match="no handover x"):
        store.handover("x")
    with pytest.raises(HandoverNotFound, match="no handover x"):
        store.close_handover("x", now)


def test_nothing_personal_in_clear(tmp_path: Path, cipher: Cipher, handover: Handover) -> None:
    path = tmp_path / "clear.sqlite3"
    store = Store(f"sqlite:///{path}", cipher)
    store.migrate()
    store.save_handover(handover)
    store.close()
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("clear.sqlite3*"))
    assert "市公安局".encode() in raw, "what the queue shows without a key"
    for secret in ("欧阳锋", "13800001234", "转人工"):
        assert secret.encode() not in raw
    assert "欧阳锋" not in repr(handover) and "13800001234" not in repr(handover)
