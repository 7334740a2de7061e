"""A real pseudo-terminal and a real pipe."""

from __future__ import annotations

import asyncio
import os
import pty
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.kiosk.keys import NoKeys, keys


class Pressed:
    """What was called, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def callbacks(self) -> tuple[Callable[[], None], Callable[[], None], Callable[[], None]]:
        def note(name: str) -> Callable[[], None]:
            return lambda: self.calls.append(name)

        return note("press"), note("next"), note("leave")

    async def until(self, count: int) -> list[str]:
        while len(self.calls) < count:
            await asyncio.sleep(0.005)
        return self.calls


async def test_keys_of_a_terminal_come_one_by_one() -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    pressed = Pressed()
    with keys(*pressed.callbacks(), fd=theirs):
        os.write(ours, b" ")
        assert await pressed.until(1) == ["press"]
        os.write(ours, b"\rxnq")
        assert await pressed.until(4) == ["press", "press", "next", "leave"]
    assert termios.tcgetattr(theirs) == before, "the terminal is as it was"
    os.close(ours)
    os.close(theirs)


async def test_lines_of_a_pipe_are_presses_and_its_end_is_the_end() -> None:
    reader, writer = os.pipe()
    pressed = Pressed()
    with keys(*pressed.callbacks(), fd=reader):
        os.write(writer, b"\n \n")
        os.close(writer)
        assert await pressed.until(3) == ["press", "press", "leave"]
        await asyncio.sleep(0)
        assert pressed.calls[2:] == ["leave"], "told once, not for as long as the end stays readable"
    os.close(reader)


async def test_a_file_has_no_keys(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("\n")
    with (
        (tmp_path / "file").open() as file,
        pytest.raises(NoKeys, match="--listen"),
        keys(*Pressed().callbacks(), fd=file.fileno()),
    ):
        raise AssertionError("not reached")
