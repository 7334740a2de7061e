"""Which model directories are in use, so that none is removed under a running stack.

A directory made for one catalog is needed for as long as the pool runs: a worker that dies is replaced by one
that loads it anew. The lock is the kernel's, so it is gone with the process, however that ended.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def hold(directory: Path) -> int:
    """Marks a directory as in use until the descriptor returned is closed; several may hold it.

    Raises:
        OSError: it cannot be opened or locked.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def is_held(directory: Path) -> bool:
    """Whether somebody, here or in another process, holds it.

    Raises:
        OSError: it cannot be opened.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
