"""What a conversation remembers between turns, sealed, with a version that notices overlapping turns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from actions.applications.base import StoreBase, changed_rows
from actions.applications.errors import StaleSession
from actions.applications.models import SessionRow
from actions.applications.values import SessionState


def _aad(index: str, version: int) -> str:
    # With the version in it, an old state cannot be put back in place of a newer one unnoticed.
    return f"session:{index}:{version}"


class SessionStore(StoreBase):
    """The part of the store that keeps conversations."""

    def load_session(self, session: str) -> SessionState | None:
        """The last saved state, or None where there is none.

        Args:
            session: any name; it may be personal (a caller's number), only its blind index is stored.
        """
        indexes = self._cipher.blind_indexes(session)
        with self._database.read() as database:
            row = database.scalar(select(SessionRow).where(SessionRow.session_index.in_(indexes)))
            if row is None:
                return None
            data = self._cipher.decrypt_json(row.sealed, _aad(row.session_index, row.version))
            return SessionState(session, row.version, data, row.updated_at)

    def save_session(self, session: str, data: dict[str, Any], *, expected_version: int | None) -> int:
        """Saves the state and returns its version.

        Args:
            data: JSON values only.
            expected_version: the version that `load_session` gave; None where it gave None.

        Raises:
            StaleSession: somebody else saved in between; retryable after loading again.
        """
        index = self._cipher.blind_index(session)
        version = (expected_version or 0) + 1
        values = {
            "session_index": index,
            "version": version,
            "sealed": self._cipher.encrypt_json(data, _aad(index, version)),
            "updated_at": self._clock(),
        }
        old_indexes = self._cipher.blind_indexes(session)
        try:
            with self._database.write() as database:
                if expected_version is None:
                    here = select(SessionRow.version).where(SessionRow.session_index.in_(old_indexes))
                    if database.scalar(here) is not None:
                        raise StaleSession("expected a new session, but there is one")
                    database.add(SessionRow(**values))
                else:
                    statement = update(SessionRow).where(
                        SessionRow.session_index.in_(old_indexes), SessionRow.version == expected_version
                    )
                    if changed_rows(database, statement.values(**values)) == 0:
                        raise StaleSession(f"version {expected_version} is no longer there")
        except IntegrityError as error:
            raise StaleSession("another process made this session first") from error
        return version

    def delete_session(self, session: str) -> None:
        """Forgets the conversation; not an error where there is none."""
        indexes = self._cipher.blind_indexes(session)
        with self._database.write() as database:
            database.execute(delete(SessionRow).where(SessionRow.session_index.in_(indexes)))

    def purge_sessions(self, older_than: timedelta, now: datetime) -> int:
        """Removes conversations not saved since `now - older_than`; returns how many."""
        with self._database.write() as database:
            return changed_rows(database, delete(SessionRow).where(SessionRow.updated_at < now - older_than))
