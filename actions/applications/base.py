"""What the parts of the store share: the database, the cipher and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Delete, Update, case, delete, literal
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from actions.applications.crypto import Cipher
from actions.applications.database import Database, schema_version
from actions.applications.errors import CannotDecrypt, KeyUnusable, TooManyAttempts
from actions.applications.models import AttemptRow, KeyCheckRow
from actions.applications.workdays import SHANGHAI

MAX_ATTEMPTS = 5
ATTEMPT_WINDOW = timedelta(minutes=15)
_KEY_CHECK = "wenban"


def shanghai_now() -> datetime:
    """The time now, in Asia/Shanghai: the store's clock unless another is given."""
    return datetime.now(SHANGHAI)


def changed_rows(session: Session, statement: Update | Delete) -> int:
    """Executes it and counts the rows that it touched."""
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # what UPDATE and DELETE without RETURNING give
    return result.rowcount


class StoreBase:
    """Base of the store's parts; see `actions.applications.store.Store`."""

    def __init__(
        self, database_url: str, cipher: Cipher, *, clock: Callable[[], datetime] = shanghai_now
    ) -> None:
        self._database = Database(database_url)
        self._cipher = cipher
        self._clock = clock

    def migrate(self) -> None:
        """Makes or updates the schema; safe in several processes at once, and cheap the second time.

        Raises:
            KeyUnusable: this database was written with another key.
            StorageError: the database cannot be reached.
        """
        with self._database.migrated() as session:
            row = session.get(KeyCheckRow, 1)
            if row is None:
                sealed = self._cipher.encrypt_json(_KEY_CHECK, aad="key_check")
                session.add(KeyCheckRow(id=1, sealed=sealed))
                return
            try:
                self._cipher.decrypt_json(row.sealed, aad="key_check")
            except CannotDecrypt as error:
                raise KeyUnusable(
                    "this database was written with another key; "
                    "give that one too (WENBAN_KEY takes a list: new key first, then the old)"
                ) from error

    def schema_version(self) -> str | None:
        """The database's Alembic revision; None before the first `migrate`."""
        with self._database.read() as session:
            return schema_version(session.connection())

    def close(self) -> None:
        """Gives the database's connections back."""
        self._database.close()

    def count_attempt(self, receipt: str, now: datetime) -> None:
        """Call before a look-up by receipt (or resume code) and phone: counts it, found or not.

        Call `clear_attempts` after a success, so that only failures add up.

        Raises:
            TooManyAttempts: five were counted in the fifteen minutes that began with the first.
        """
        subject = self._cipher.blind_index(f"attempt:{receipt}")
        insert = sqlite_insert if self._database.sqlite else postgresql_insert
        statement = insert(AttemptRow).values(subject_index=subject, window_start=now, count=1)
        # One statement, so that attempts made at the same moment cannot overlook each other.
        over = AttemptRow.window_start <= literal(now - ATTEMPT_WINDOW, AttemptRow.window_start.type)
        upsert = statement.on_conflict_do_update(
            index_elements=[AttemptRow.subject_index],
            set_={
                "window_start": case((over, statement.excluded.window_start), else_=AttemptRow.window_start),
                "count": case((over, 1), else_=AttemptRow.count + 1),
            },
        ).returning(AttemptRow.count)
        with self._database.write() as session:
            count = session.scalars(upsert).one()
        if count > MAX_ATTEMPTS:
            raise TooManyAttempts(f"{count} attempts within {ATTEMPT_WINDOW}")

    def clear_attempts(self, receipt: str) -> None:
        """Forgets the attempts counted for this receipt or resume code."""
        subjects = self._cipher.blind_indexes(f"attempt:{receipt}")
        with self._database.write() as session:
            session.execute(delete(AttemptRow).where(AttemptRow.subject_index.in_(subjects)))

    def purge_attempts(self, now: datetime) -> int:
        """Removes counts whose window has passed; returns how many."""
        with self._database.write() as session:
            past = delete(AttemptRow).where(AttemptRow.window_start <= now - ATTEMPT_WINDOW)
            return changed_rows(session, past)
