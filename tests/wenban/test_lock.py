"""Two who want the same at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from wenban.lock import alone, is_taken

# Tells when it begins to wait and when it is in.
WAITER = """
import sys
from pathlib import Path
from wenban.lock import alone
print("waiting", flush=True)
with alone(Path(sys.argv[1])):
    print(Path(sys.argv[2]).read_text(), flush=True)
"""


def test_the_second_waits_for_the_first(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text("half")
    with alone(tmp_path / "a.lock"):
        second = subprocess.Popen(
            [sys.executable, "-c", WAITER, str(tmp_path / "a.lock"), str(note)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert second.stdout is not None and second.stdout.readline() == "waiting\n"
        note.write_text("whole")
    out, _ = second.communicate(timeout=60)
    assert out == "whole\n"


def test_a_lock_whose_holder_failed_is_free(tmp_path: Path) -> None:
    try:
        with alone(tmp_path / "a.lock"):
            raise KeyError
    except KeyError:
        pass
    assert not is_taken(tmp_path / "a.lock")
    with alone(tmp_path / "a.lock"):
        assert is_taken(tmp_path / "a.lock")
