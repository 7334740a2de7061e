"""One process at a time, on one machine: for what two must not write at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(lock_file: Path) -> Iterator[None]:
    """Waits until no other process of this machine is inside with the same file, then goes in.

    The lock ends with the process, however that ends; the empty file stays.

    Example:
        >>> import tempfile
        >>> with alone(Path(tempfile.mkdtemp()) / "index.lock"):
        ...     pass
    """
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_taken(lock_file: Path) -> bool:
    """Whether somebody is inside now."""
    with lock_file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
