"""One database, SQLite or PostgreSQL: connections, transactions, and the schema brought up to date."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from wenban.errors import SetupError, StorageError
from wenban.logs import facts

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 10_000
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
# Any constant will do, as long as every Wenban that migrates one PostgreSQL database uses the same.
_MIGRATION_LOCK = 0x77656E62616E


class Database:
    """An engine with the transactions that the store needs.

    Args:
        url: `sqlite:///path` or `postgresql://…` (psycopg 3).

    Raises:
        SetupError: any other kind of URL, or an in-memory SQLite, which other processes could not see.
    """

    def __init__(self, url: str) -> None:
        self.url = _normalised(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        # Statements' parameters must not reach logs by way of error messages.
        if self.sqlite:
            engine = create_engine(self.url, hide_parameters=True)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(self.url, hide_parameters=True, pool_pre_ping=True)
        self._reader: Engine = engine
        self._writer: Engine = engine.execution_options(wenban_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads.

        Raises:
            StorageError: the database did not answer.
        """
        with _storage_errors(), Session(self._reader) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that is committed whole or not at all.

        Raises:
            StorageError: the database did not take it. IntegrityError passes, for callers that expect it.
        """
        with _storage_errors(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def migrated(self) -> Iterator[Session]:
        """Brings the schema to the newest version, then yields a session in the same transaction.

        Several processes may do it at once: one migrates, the others wait and find nothing left to do.
        """
        with _storage_errors(), self._alone(), self._writer.begin() as connection:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            before = schema_version(connection)
            _alembic_quiet()
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
            after = schema_version(connection)
            if after != before:
                log.info("database tables updated", extra=facts(before=before, after=after))
            with Session(connection) as session:
                yield session
                session.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Only one process of this machine at a time, and a SQLite file that is ready for the WAL."""
        if not self.sqlite or not self.url.database:
            yield
            return
        path = Path(self.url.database)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # SQLite gives its log the mode of the file itself.
            path.touch(mode=0o600)
            lock = path.with_name(path.name + ".lock").open("a")
        except OSError as error:
            raise SetupError(f"cannot write in {path.parent}: {error.strerror}") from error
        with lock:
            # Switching to WAL fails at once when another connection is busy: busy_timeout does not cover it.
            fcntl.flock(lock, fcntl.LOCK_EX)
            with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as raw:
                raw.execute("PRAGMA journal_mode=WAL")
            yield

    def close(self) -> None:
        """Gives all connections back; the database may be used again afterwards."""
        self._reader.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic over an open connection, with the packaged migrations and no ini file."""
    _alembic_quiet()
    from alembic.config import Config

    config = Config()
    # Config is an ini file underneath, where a percent sign starts a substitution.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def schema_version(connection: Connection) -> str | None:
    """The database's Alembic revision; None where it was never migrated."""
    _alembic_quiet()
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def _alembic_quiet() -> None:
    # Called before Alembic's imports, which log as well: a dozen lines that tell an operator nothing.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _normalised(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError as error:
        raise SetupError("WENBAN_DATABASE_URL is not a database URL") from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise SetupError("SQLite needs a file, as in sqlite:////var/lib/wenban/wenban.sqlite3")
        return url
    raise SetupError(
        f"WENBAN_DATABASE_URL: {url.drivername} is not supported; use sqlite:/// or postgresql://"
    )


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: it would do so too late, and never for DDL.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    # With WAL, anything less may lose confirmed applications when the power goes.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer fails at once when another wrote meanwhile; so writers queue from the start.
    write = connection.get_execution_options().get("wenban_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise StorageError(f"{type(error.orig).__name__}: {str(error.orig).splitlines()[0]}") from error
    except SQLAlchemyError as error:
        raise StorageError(type(error).__name__) from error
