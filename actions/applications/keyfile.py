"""The key file: made once, complete from its first visible moment, and refused where others can read it."""

from __future__ import annotations

import logging
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from actions.applications.errors import KeyUnusable
from wenban.logs import facts

log = logging.getLogger(__name__)


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """The file's text; where there is none yet, it is made from `make()` with mode 600.

    Safe when several processes start at once: all of them get the same key.

    Raises:
        KeyUnusable: the group or others can read or write the file, or it cannot be made or read.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    try:
        _create(path, make() + "\n")
        return _read(path)
    except OSError as error:
        raise KeyUnusable(f"cannot make the key file {path}: {error.strerror}") from error


def _read(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyUnusable(f"cannot read the key file {path}: {error.strerror}") from error
    try:
        # Of the opened file, not of the path: it cannot be swapped between the look and the read.
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise KeyUnusable(f"the key file {path} is not a regular file")
        if status.st_mode & 0o077:
            raise KeyUnusable(
                f"the key file {path} has mode {stat.S_IMODE(status.st_mode):o}; "
                f"others could read it: chmod 600 it and consider a new key"
            )
        with os.fdopen(descriptor, encoding="ascii", errors="replace", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def _create(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link never overwrites: of several processes one wins, and its file is whole.
            os.link(scratch, path)
        except FileExistsError:
            return
        log.info("made a new key for personal values; keep a copy of it", extra=facts(file=path))
    finally:
        scratch.unlink()
    directory = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
