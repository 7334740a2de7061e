"""A confirmed application exists exactly once, whatever is killed and whatever is retried."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from actions.applications.store import Application, Draft, Store

ROOT = Path(__file__).resolve().parents[3]
Submit = Callable[..., Application]

# Submits key after key, and dies without any warning where it is told to: just after a statement inside the
# transaction, just after the commit, or after so many whole submissions.
PROGRAM = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import event
from sqlalchemy.engine import Engine
from actions.applications.crypto import Cipher
from actions.applications.store import ItemSnapshot, Store
from actions.applications.workdays import SHANGHAI

url, key, where, *keys = sys.argv[1:]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Doomed(Store):
    def application(self, receipt):
        if where == "committed":
            die()
        return super().application(receipt)

store = Doomed(url, Cipher([bytes.fromhex(key)]))

@event.listens_for(Engine, "after_cursor_execute")
def executed(connection, cursor, statement, *_):
    if statement.startswith(where):
        die()

item = ItemSnapshot("hukou-spouse-local", "市内夫妻投靠", "市公安局", "2026.1", 3, 20, "邮寄")
for key in keys:
    store.submit(
        idempotency_key=key, item=item, fields={"n": key}, materials=[], commitments=[],
        contact_phone="13800001234", applicant_name="张无忌", channel="page", draft_id=key,
        now=datetime(2026, 3, 4, 10, 30, tzinfo=SHANGHAI),
    )
    print(key, flush=True)
"""


def start(url: str, where: str, *keys: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, bytes(range(32)).hex(), where, *keys],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


class TestExactlyOnce:
    """Conformance: runs on every kind of database."""

    def test_sixteen_threads_with_one_key(self, store: Store, submit: Submit) -> None:
        barrier = Barrier(16)

        def run(_: int) -> Application:
            barrier.wait()
            return submit(store)

        with ThreadPoolExecutor(16) as pool:
            given = list(pool.map(run, range(16)))
        assert all(application == given[0] for application in given)
        assert store.applications() == [given[0]]
        assert len(store.pending_outbox()) == 1 and len(store.events(given[0].receipt)) == 1

    def test_sixteen_threads_with_sixteen_keys(self, store: Store, submit: Submit) -> None:
        barrier = Barrier(16)

        def run(number: int) -> str:
            barrier.wait()
            return submit(store, str(number)).receipt

        with ThreadPoolExecutor(16) as pool:
            assert len(set(pool.map(run, range(16)))) == 16
        assert len(store.applications()) == len(store.pending_outbox()) == 16

    @pytest.mark.parametrize(
        ("where", "stored"),
        [
            ("INSERT INTO applications", False),
            ("INSERT INTO application_events", False),
            ("INSERT INTO outbox", False),
            ("DELETE FROM drafts", False),
            ("committed", True),
        ],
    )
    def test_killed_anywhere_within_a_submission(
        self, store: Store, database_url: str, submit: Submit, where: str, stored: bool
    ) -> None:
        draft = Draft.new("hukou-spouse-local")
        store.save_draft(draft)
        process = start(database_url, where, draft.id)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        before = store.applications()
        assert len(before) == len(store.pending_outbox()) == int(stored)
        if not stored:
            assert store.load_draft(draft.id).id == draft.id
        given = submit(store, draft.id, draft_id=draft.id)
        assert store.applications() == [given] and before in ([], [given])
        assert len(store.pending_outbox()) == 1 and len(store.events(given.receipt)) == 1

    def test_killed_in_the_stream_and_all_of_it_retried(
        self, store: Store, database_url: str, submit: Submit
    ) -> None:
        keys = [f"key-{n}" for n in range(200)]
        process = start(database_url, "nowhere", *keys)
        assert process.stdout is not None
        confirmed = [process.stdout.readline().strip() for _ in range(5)]
        process.kill()
        confirmed += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        assert process.returncode == -signal.SIGKILL and confirmed[0] == keys[0]
        survived = {a.fields["n"]: a.receipt for a in store.applications(limit=1000)}
        assert set(confirmed) <= set(survived)
        receipts = {key: submit(store, key).receipt for key in keys}
        assert len(store.applications(limit=1000)) == len(set(receipts.values())) == len(keys)
        assert all(receipts[key] == receipt for key, receipt in survived.items())
