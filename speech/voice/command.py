"""A program that speaks what it reads: espeak-ng, or any other of the city's choice.

Example (inside an event loop):
    voice = find_voice("espeak-ng")
    await voice.say(sayable("您好，请说您要办的事。"))
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shlex
import shutil
import signal
from collections.abc import Sequence
from typing import Protocol

from speech.errors import VoiceFailed, VoiceMissing
from wenban.logs import facts

log = logging.getLogger(__name__)

ESPEAK = ("espeak-ng", "-v", "cmn", "-s", "165", "--stdin")
_HOW_TO_INSTALL = (
    "Debian/Ubuntu: `sudo apt install espeak-ng`; or choose another with --speak, or --speak none"
)


class Voice(Protocol):
    """Speaks one text at a time."""

    async def say(self, text: str) -> None:
        """Returns when the text has been said, or when `stop` was called.

        Raises:
            VoiceFailed: it could not be said.
        """

    def stop(self) -> None:
        """Silence, at once."""


class NoVoice:
    """Says nothing; the replies are read on the screen."""

    async def say(self, text: str) -> None:
        """Nothing to hear."""

    def stop(self) -> None:
        """Nothing to stop."""


class _Saying:
    """One text on its way out. A text that was stopped stays so, although the next has begun."""

    def __init__(self) -> None:
        self.process: asyncio.subprocess.Process | None = None
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True
        if self.process is not None:
            _kill(self.process)


class CommandVoice:
    """Starts a program for each text, and gives it the text on standard input.

    Args:
        command: program and arguments; it ends when everything has been said.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._saying: _Saying | None = None

    async def say(self, text: str) -> None:
        """See `Voice`. The program's standard output goes nowhere; its errors fail the call."""
        self.stop()  # one text at a time
        if not text:
            return
        saying = self._saying = _Saying()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,  # a script's children are stopped with it
            )
        except OSError as error:
            raise VoiceFailed(f"{self._command[0]}: {error.strerror}") from error
        saying.process = process
        try:
            if saying.stopped:
                _kill(process)
            _, complaint = await process.communicate(text.encode() + b"\n")
        finally:
            # Also when this call is cancelled: nothing goes on speaking by itself.
            _kill(process)
        if process.returncode and not saying.stopped:
            raise VoiceFailed(f"{self._command[0]} ended with {process.returncode}")
        if complaint and not saying.stopped:
            log.warning("voice complains", extra=facts(program=self._command[0], bytes=len(complaint)))

    def stop(self) -> None:
        """Kills the program and all it started."""
        if self._saying is not None:
            self._saying.stop()


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def find_voice(choice: str | None) -> Voice:
    """The voice that was asked for.

    Args:
        choice: `none`, `espeak-ng`, or a command line; None: espeak-ng if it is installed, else none.

    Raises:
        VoiceMissing: the program is not there; says what to install.
    """
    if choice == "none":
        return NoVoice()
    if choice is None:
        if shutil.which(ESPEAK[0]):
            return CommandVoice(ESPEAK)
        log.warning("espeak-ng is not installed: replies are not spoken", extra=facts(hint=_HOW_TO_INSTALL))
        return NoVoice()
    try:
        command = ESPEAK if choice == ESPEAK[0] else tuple(shlex.split(choice))
    except ValueError as error:
        raise VoiceMissing(f"--speak {choice}: {error}") from error
    if not command or not shutil.which(command[0]):
        raise VoiceMissing(f"--speak {choice}: no such program; {_HOW_TO_INSTALL}")
    return CommandVoice(command)
