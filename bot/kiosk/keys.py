"""Keys as they are pressed, without Enter after each; or lines of a pipe, for a button of another kind."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wenban.errors import SetupError


class NoKeys(SetupError):
    """Push to talk where no key can be pressed."""

    code = "kiosk_no_keys"
    citizen = "这台机器不能按键说话，请联系工作人员。"


@contextmanager
def keys(
    press: Callable[[], None],
    next_visit: Callable[[], None],
    leave: Callable[[], None],
    *,
    fd: int | None = None,
) -> Iterator[None]:
    """Calls back while the block runs: Enter or space; n; q or the end of the input. Needs a running loop.

    Args:
        fd: a terminal, or a pipe whose lines are presses; None: standard input.

    Raises:
        NoKeys: neither.
    """
    source = sys.stdin.fileno() if fd is None else fd
    terminal = os.isatty(source)
    before = termios.tcgetattr(source) if terminal else None

    def read() -> None:
        data = os.read(source, 1024)
        if not data:
            loop.remove_reader(source)  # an end stays readable: this would be called without pause
            leave()
        for key in data:
            match chr(key):
                case "\r" | "\n":
                    press()
                case " " if terminal:
                    press()
                case "n":
                    next_visit()
                case "q" | "\x04":
                    leave()

    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(source, read)
    except PermissionError:  # a regular file
        raise NoKeys("push to talk needs a terminal or a pipe; use --listen") from None
    try:
        if terminal:
            tty.setcbreak(source)
        yield
    finally:
        loop.remove_reader(source)
        if before is not None:
            termios.tcsetattr(source, termios.TCSADRAIN, before)
