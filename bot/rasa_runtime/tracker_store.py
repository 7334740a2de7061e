"""Rasa's tracker, encrypted at rest and kept short.

Rasa keeps every message in its tracker. Here the last events of a session are stored as one AES-256-GCM
sealed record a sender, in SQLite. What a session knows lives in the action server's database; Rasa only needs
enough history to predict the next action from the last intent, and long trackers are slow.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Iterable, Optional

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

KEPT_EVENTS = 30
_NONCE_BYTES = 12
_DAY_S = 24 * 3600
_KEEP_DAYS = 90


def _key() -> bytes:
    """The first key of WENBAN_KEY (comma-separated urlsafe base64), reduced to a key of this store's own."""
    value = os.environ.get("WENBAN_KEY", "").split(",")[0].strip()
    if not value:
        raise RuntimeError("WENBAN_KEY is not set: start Rasa through `wenban run`, which passes it")
    return hashlib.sha256(b"wenban rasa tracker" + base64.urlsafe_b64decode(value)).digest()


class EncryptedTrackerStore(TrackerStore):
    """Stores each sender's last `KEPT_EVENTS` events, sealed. `url` in endpoints.yml is the SQLite file."""

    def __init__(
        self,
        domain: Optional[Domain],
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        **kwargs: Any,
    ) -> None:
        if not host:
            raise ValueError("tracker_store.url in endpoints.yml must name the SQLite file")
        self._cipher = AESGCM(_key())
        Path(host).parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(host, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS tracker"
            " (sender TEXT PRIMARY KEY, events BLOB NOT NULL, saved INTEGER)"
        )
        columns = [row[1] for row in self._database.execute("PRAGMA table_info(tracker)")]
        if "saved" not in columns:
            self._database.execute("ALTER TABLE tracker ADD COLUMN saved INTEGER")
            self._database.execute("UPDATE tracker SET saved = ?", (int(time.time()),))
        self._keep_s = int(os.environ.get("WENBAN_KEEP_DAYS") or _KEEP_DAYS) * _DAY_S
        self._forgot_at = 0.0
        super().__init__(domain, event_broker, **kwargs)

    @staticmethod
    def _row_key(sender_id: str) -> str:
        # The sender is the session's secret token; whoever reads the file must not be able to speak for it.
        return hashlib.sha256(sender_id.encode()).hexdigest()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Seals and stores the last events."""
        await self.stream_events(tracker)
        events = tracker.current_state(EventVerbosity.ALL)["events"] or []
        row_key = self._row_key(tracker.sender_id)
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(events[-KEPT_EVENTS:], ensure_ascii=False).encode()
        sealed = nonce + self._cipher.encrypt(nonce, plain, row_key.encode())
        now = time.time()
        self._database.execute("INSERT OR REPLACE INTO tracker VALUES (?, ?, ?)", (row_key, sealed, int(now)))
        self._forget_old(now)

    def _forget_old(self, now: float) -> None:
        """Once a day, removes the trackers of conversations that the action server has forgotten too."""
        if now - self._forgot_at >= _DAY_S:
            self._database.execute("DELETE FROM tracker WHERE saved < ?", (int(now) - self._keep_s,))
            self._forgot_at = now

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The sender's tracker, or None for a new sender."""
        row_key = self._row_key(sender_id)
        row = self._database.execute("SELECT events FROM tracker WHERE sender = ?", (row_key,)).fetchone()
        if row is None:
            return None
        sealed = row[0]
        plain = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], row_key.encode())
        return DialogueStateTracker.from_dict(sender_id, json.loads(plain), self.domain.slots)

    async def delete(self, sender_id: str) -> None:
        """Forgets a sender."""
        self._database.execute("DELETE FROM tracker WHERE sender = ?", (self._row_key(sender_id),))

    async def keys(self) -> Iterable[str]:
        """Hashed senders; the tokens themselves are not kept."""
        return [row[0] for row in self._database.execute("SELECT sender FROM tracker")]
