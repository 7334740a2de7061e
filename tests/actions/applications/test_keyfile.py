from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from actions.applications.errors import KeyUnusable
from actions.applications.keyfile import read_or_create


def test_it_is_made_with_mode_600_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "secret.key"
    assert read_or_create(path, lambda: "first") == "first\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_it_is_made_only_once(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    read_or_create(path, lambda: "first")
    assert read_or_create(path, lambda: "second") == "first\n"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777, 0o610])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret.key"
    read_or_create(path, lambda: "first")
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match=f"mode {mode:o}"):
        read_or_create(path, lambda: "second")


def test_sixteen_at_once_get_the_same_key(tmp_path: Path) -> None:
    path, numbers, barrier = tmp_path / "secret.key", count(), Barrier(16)

    def start(_: int) -> str:
        barrier.wait()
        return read_or_create(path, lambda: f"key {next(numbers)}")

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(start, range(16)))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]


def test_a_folder_is_not_a_key(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="not a regular file"):
        read_or_create(tmp_path, lambda: "first")


def test_where_it_cannot_be_made_the_reason_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyUnusable, match=r"secret\.key"):
        read_or_create(tmp_path / "file" / "secret.key", lambda: "first")
