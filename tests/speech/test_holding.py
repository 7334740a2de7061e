"""Held directories, across descriptors and processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speech.holding import hold, is_held
from wenban.settings import PROJECT_ROOT

_HOLD = """
import sys
from pathlib import Path
from speech.holding import hold
hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_directory_is_held_until_the_last_lets_go(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    first, second = hold(tmp_path), hold(tmp_path)
    assert is_held(tmp_path)
    os.close(first)
    assert is_held(tmp_path)
    os.close(second)
    assert not is_held(tmp_path)


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert is_held(tmp_path)
        other.kill()
        other.wait()
        assert not is_held(tmp_path)


def test_what_is_not_there_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "gone")
