"""Both databases, really run: a SQLite file, and a PostgreSQL server that the tests start."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from actions.applications.crypto import Cipher
from actions.applications.store import Application, ItemSnapshot, Store
from actions.applications.workdays import SHANGHAI

KEY = bytes(range(32))


def _postgres_binaries() -> Path | None:
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    config = shutil.which("pg_config")
    if config:
        shown = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        candidates.append(Path(shown.stdout.strip()))
    found = shutil.which("initdb")
    if found:
        candidates.append(Path(found).resolve().parent)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _unprivileged_user() -> str:
    # The server refuses to run as root, as which tests in containers usually run.
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of the server's socket; its superuser is `wenban`."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server binaries (initdb, pg_ctl) are not installed")
    # Not pytest's folder: the server's user could not enter it; and a socket's path must be short.
    home = Path(tempfile.mkdtemp(prefix="wenban-pg-"))
    identity: dict[str, Any] = {}
    if os.getuid() == 0:
        user = pwd.getpwnam(_unprivileged_user())
        os.chown(home, user.pw_uid, user.pw_gid)
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [binaries / program, "-D", home / "data", *arguments],
            check=True,
            cwd=home,
            stdout=subprocess.DEVNULL,
            **identity,
        )

    try:
        run("initdb", "-U", "wenban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        # No port at all, so that nothing can collide; no fsync, since nobody pulls the plug on the tests.
        options = f"-k {home} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-w", "-o", options, "-l", str(home / "log"), "start")
        try:
            yield str(home)
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'wenban.sqlite3'}"


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    with psycopg.connect(
        f"host={postgres_server} user=wenban dbname=postgres", autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"postgresql://wenban@/{name}?host={postgres_server}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind: what uses this is the conformance test of a backend."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 4, 10, 30, tzinfo=SHANGHAI)


@pytest.fixture
def cipher() -> Cipher:
    return Cipher([KEY])


@pytest.fixture
def open_store(cipher: Cipher, now: datetime) -> Iterator[Callable[[str], Store]]:
    """Opens stores that are closed after the test; the clock stands at `now`."""
    stores: list[Store] = []

    def open_(url: str) -> Store:
        store = Store(url, cipher, clock=lambda: now)
        stores.append(store)
        store.migrate()
        return store

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store: Callable[[str], Store], database_url: str) -> Store:
    return open_store(database_url)


@pytest.fixture
def item() -> ItemSnapshot:
    return ItemSnapshot(
        id="hukou-spouse-local",
        title="市内夫妻投靠",
        department="市公安局",
        catalog_version="2026.1",
        promised_days=3,
        legal_days=20,
        delivery="邮寄",
    )


@pytest.fixture
def submit(item: ItemSnapshot, now: datetime) -> Callable[..., Application]:
    """`submit(store, key, **overrides)` with everything filled in."""

    def submit_(store: Store, key: str = "key", **overrides: Any) -> Application:
        values: dict[str, Any] = {
            "idempotency_key": key,
            "item": item,
            "fields": {"spouse_name": "欧阳锋", "household": 4, "rural": True, "rooms": [{"m2": 89.5}]},
            "materials": [{"id": "marriage", "title": "结婚证", "file": "scan-1.jpg"}],
            "commitments": ["本人名下无住房"],
            "contact_phone": "13800001234",
            "applicant_name": "张无忌",
            "channel": "page",
            "now": now,
        }
        return store.submit(**(values | overrides))

    return submit_
