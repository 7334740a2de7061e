"""The store: everything of drafts, applications and conversations that must outlive a process.

Example:
    >>> from datetime import datetime
    >>> from actions.applications.crypto import Cipher
    >>> store = Store("sqlite:///var/wenban.sqlite3", Cipher([bytes(32)]))
    >>> store.migrate()  # doctest: +SKIP
    >>> store.save_session("page:1", {"state": "collecting"}, expected_version=None)  # doctest: +SKIP
    1
"""

from __future__ import annotations

from typing import Self

from actions.applications.crypto import Cipher
from actions.applications.drafts import DraftStore
from actions.applications.handovers import Handover, HandoverStore
from actions.applications.outcomes import Outcome, OutcomeStore
from actions.applications.sessions import SessionStore
from actions.applications.submissions import SubmissionStore
from actions.applications.values import (
    Application,
    ApplicationEvent,
    Draft,
    EventKind,
    ItemSnapshot,
    OutboxEntry,
    OutboxKind,
    SessionState,
)
from wenban.settings import Settings

__all__ = [
    "Application",
    "ApplicationEvent",
    "Draft",
    "EventKind",
    "Handover",
    "ItemSnapshot",
    "OutboxEntry",
    "OutboxKind",
    "Outcome",
    "SessionState",
    "Store",
]


class Store(SessionStore, DraftStore, SubmissionStore, HandoverStore, OutcomeStore):
    """Sessions, drafts, applications, handovers and outcomes over one database; may be shared by threads.

    Args:
        database_url: `sqlite:///path` or `postgresql://user@host/name`.
        cipher: seals every personal value before it is written.
        clock: gives the time of a save of a session or draft; other methods are given `now`.

    Raises:
        SetupError: the URL is not one of the two kinds.
    """

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The store that the settings name, with their key; not migrated.

        Raises:
            SetupError: the URL is of no known kind, or the key cannot be used.
        """
        return cls(settings.database_url, Cipher.from_settings(settings))
