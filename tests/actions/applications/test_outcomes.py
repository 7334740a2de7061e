"""What is kept of searches, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from actions.applications.crypto import Cipher
from actions.applications.store import Outcome, Store


def test_saved_and_read(store: Store, now: datetime) -> None:
    kept = [
        Outcome("confirmed", "车牌丢了", "plate-lost"),
        Outcome("none_fit", "给猫办结婚证", asked=True),
    ]
    store.save_outcomes(kept)
    store.save_outcomes([])
    read = store.outcomes()
    assert sorted(one.query for one in read) == sorted(one.query for one in kept)
    assert {one.said_on for one in read} == {now.date()}
    assert {(one.kind, one.item_id, one.asked) for one in read} == {
        ("confirmed", "plate-lost", False),
        ("none_fit", None, True),
    }


def test_forgotten_by_id_and_by_age(store: Store, now: datetime) -> None:
    first, second = Outcome("confirmed", "车牌丢了", "a"), Outcome("rejected", "车牌坏了", "a")
    store.save_outcomes([first, second])
    assert store.delete_outcomes([first.id, "nothing"]) == 1
    assert [one.id for one in store.outcomes()] == [second.id]
    assert store.purge_outcomes(timedelta(days=2), now.date() + timedelta(days=2)) == 0
    assert store.purge_outcomes(timedelta(days=2), now.date() + timedelta(days=3)) == 1


def test_words_are_sealed(tmp_path: Path, cipher: Cipher) -> None:
    store = Store(f"sqlite:///{tmp_path / 'clear.sqlite3'}", cipher)
    store.migrate()
    store.save_outcomes([Outcome("confirmed", "前面的铁牌子没了", "plate-lost")])
    store.close()
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("clear.sqlite3*"))
    assert b"plate-lost" in raw
    assert "铁牌子".encode() not in raw
    assert "铁牌子" not in repr(Outcome("confirmed", "前面的铁牌子没了"))
