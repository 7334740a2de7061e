from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from actions.applications.crypto import Cipher
from actions.applications.database import Database, alembic_config
from actions.applications.errors import KeyUnusable
from actions.applications.models import Base, KeyCheckRow
from actions.applications.store import Store
from wenban.errors import SetupError, StorageError

ROOT = Path(__file__).resolve().parents[3]
MIGRATE = """
import sys
from actions.applications.crypto import Cipher
from actions.applications.store import Store
store = Store(sys.argv[1], Cipher([bytes(range(32))]))
print("ready", flush=True)
sys.stdin.read()
store.migrate()
"""


class TestMigrations:
    """Conformance: runs on every kind of database."""

    def test_from_empty_to_the_models_without_drift(self, store: Store) -> None:
        with store._database.write() as session:
            context = MigrationContext.configure(session.connection())
            assert compare_metadata(context, Base.metadata) == []
        assert store.schema_version() is not None

    def test_drift_would_be_seen(self, store: Store) -> None:
        with store._database.write() as session:
            session.execute(text("ALTER TABLE drafts ADD COLUMN stray INTEGER"))
            context = MigrationContext.configure(session.connection())
            assert len(compare_metadata(context, Base.metadata)) == 1

    def test_again_changes_nothing(self, store: Store) -> None:
        store.save_session("a", {"n": 1}, expected_version=None)
        store.migrate()
        state = store.load_session("a")
        assert state is not None and state.data == {"n": 1}

    def test_back_to_nothing(self, store: Store) -> None:
        with store._database.write() as session:
            command.downgrade(alembic_config(session.connection()), "base")
        with store._database.read() as session:
            assert inspect(session.connection()).get_table_names() == ["alembic_version"]
        store.migrate()
        assert store.load_session("a") is None

    def test_four_processes_at_once(self, database_url: str, open_store: Callable[[str], Store]) -> None:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", MIGRATE, database_url],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(4)
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in processes:
            assert process.stdout is not None
            problems = process.stdout.read()
            process.stdout.close()
            assert process.wait() == 0, problems
        store = open_store(database_url)
        with store._database.read() as session:
            assert session.query(KeyCheckRow).count() == 1

    def test_another_key_is_refused_before_anything_is_written(self, store: Store, database_url: str) -> None:
        other = Store(database_url, Cipher([bytes(32)]))
        with pytest.raises(KeyUnusable, match="another key"):
            other.migrate()
        other.close()
        both = Store(database_url, Cipher([bytes(32), bytes(range(32))]))
        both.migrate()
        both.close()

    def test_a_transaction_is_whole_or_not_at_all(self, store: Store) -> None:
        with pytest.raises(RuntimeError), store._database.write() as session:
            session.add(KeyCheckRow(id=2, sealed=b"x"))
            session.flush()
            raise RuntimeError
        with store._database.read() as session:
            assert session.get(KeyCheckRow, 2) is None

    def test_failures_of_the_database_are_storage_errors(self, store: Store) -> None:
        with store._database.write() as session:
            session.execute(text("DROP TABLE sessions"))
        with pytest.raises(StorageError) as caught:
            store.load_session("tel:13711112222")
        assert caught.value.retryable and "13711112222" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "mysql://root@db/wenban",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?uri=true",
    ],
)
def test_urls_that_cannot_work_are_refused(url: str) -> None:
    with pytest.raises(SetupError):
        Database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(scheme: str) -> None:
    database = Database(f"{scheme}://wenban@db/wenban")
    assert database.url.drivername == "postgresql+psycopg" and not database.sqlite


def test_sqlite_is_durable_and_checks_references(open_store: Callable[[str], Store], sqlite_url: str) -> None:
    with open_store(sqlite_url)._database.read() as session:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
        assert {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted} == wanted


def test_sqlite_files_are_for_their_owner_only(open_store: Callable[[str], Store], tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/wenban.sqlite3")
    store.save_session("a", {}, expected_version=None)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("wenban.sqlite3*")}
    assert modes.keys() >= {"wenban.sqlite3", "wenban.sqlite3-wal"}
    assert {mode for name, mode in modes.items() if not name.endswith(".lock")} == {0o600}


def test_a_folder_that_is_a_file_is_told(tmp_path: Path, cipher: Cipher) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="cannot write in"):
        Store(f"sqlite:///{tmp_path}/file/x.sqlite3", cipher).migrate()


def test_a_server_that_does_not_answer_is_a_storage_error(tmp_path: Path, cipher: Cipher) -> None:
    with pytest.raises(StorageError):
        Store(f"postgresql://wenban@/wenban?host={tmp_path}", cipher).migrate()
