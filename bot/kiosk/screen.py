"""What is shown: a terminal for people, JSON Lines for programs."""

from __future__ import annotations

import logging
from typing import Protocol

from rich.console import Console
from rich.control import Control
from rich.text import Text

from bot.kiosk.floor import Holder
from bot.kiosk.meter import status_line
from bot.talk.client import RECORD_KEYS, Record
from bot.talk.terminal import show
from speech.microphone.level import Meter
from wenban.errors import WenbanError
from wenban.jsonl import emit
from wenban.logs import facts

log = logging.getLogger(__name__)

GREETING = "您好，我是问办。想办什么事，直接说；随时可以说“转人工”“重新开始”“停止”。"
_NEW_VISIT = "上一次办理已经结束，屏幕上的内容已经清除。"


class Screen(Protocol):
    """Where a kiosk shows what happens."""

    def greet(self) -> None: ...
    def status(self, holder: Holder, meter: Meter) -> None: ...
    def partial(self, text: str) -> None: ...
    def turn(self, record: Record) -> None: ...
    def failed(self, error: WenbanError) -> None:
        """A turn that has no answer."""

    def notice(self, error: WenbanError) -> None:
        """Something is wrong, and is being mended."""

    def tell(self, text: str) -> None:
        """A sentence of the kiosk's own."""

    def visit_over(self) -> None:
        """Nothing of the citizen who leaves stays on the screen."""

    def close(self) -> None: ...


class JsonScreen:
    """A line for each turn, answered or failed; all else goes to the log, without a citizen's words."""

    def greet(self) -> None:
        """Nothing."""

    def status(self, holder: Holder, meter: Meter) -> None:
        """Nothing."""

    def partial(self, text: str) -> None:
        """Nothing."""

    def turn(self, record: Record) -> None:
        emit({key: record[key] for key in RECORD_KEYS})

    def failed(self, error: WenbanError) -> None:
        emit({"error": error.as_dict()})

    def notice(self, error: WenbanError) -> None:
        log.warning("trouble", extra=facts(code=error.code, why=str(error)))

    def tell(self, text: str) -> None:
        """Nothing."""

    def visit_over(self) -> None:
        log.info("visit over")

    def close(self) -> None:
        """Nothing."""


class TerminalScreen:
    """Lines that stay, and below them one that moves.

    Args:
        push: the citizen presses a key to speak.
        moving: whether there is a moving line; not where the output is no terminal.
    """

    def __init__(self, console: Console, *, push: bool, moving: bool) -> None:
        self._console = console
        self._push = push
        self._moving = moving
        self._partial = ""
        self._shown = ""

    def greet(self) -> None:
        keys = "按回车键开始说话，再按一次结束。按 n 换下一位，按 q 退出。" if self._push else "按 q 退出。"
        self._line(Text(GREETING, style="bold"))
        if self._moving:
            self._line(Text(keys, style="dim"))

    def status(self, holder: Holder, meter: Meter) -> None:
        if not self._moving:
            return
        # One column is left free: a terminal that wraps at the last one would begin a new line.
        width = self._console.width - 1
        line = status_line(holder, meter.level, meter.peak, self._partial, width=width, push=self._push)
        if line != self._shown:
            self._shown = line
            self._console.file.write(f"\r{line}\x1b[K")
            self._console.file.flush()

    def partial(self, text: str) -> None:
        self._partial = text

    def turn(self, record: Record) -> None:
        self._clear_line()
        show(record, self._console, spoken=True)

    def failed(self, error: WenbanError) -> None:
        self._line(Text(f"  {error.citizen}", style="red"))

    def notice(self, error: WenbanError) -> None:
        self._line(Text(f"  {error.citizen}", style="yellow"))
        log.warning("trouble", extra=facts(code=error.code, why=str(error)))

    def tell(self, text: str) -> None:
        self._line(Text(text, style="yellow"))

    def visit_over(self) -> None:
        self._clear_line()
        if self._console.is_terminal:
            self._console.control(Control.clear(), Control.home())
            self._console.file.write("\x1b[3J")  # what was scrolled away, too
            self._console.file.flush()
        self._line(Text(_NEW_VISIT, style="dim"))
        self.greet()

    def close(self) -> None:
        self._clear_line()

    def _line(self, text: Text) -> None:
        self._clear_line()
        self._console.print(text)

    def _clear_line(self) -> None:
        self._partial = ""
        if self._shown:
            self._shown = ""
            self._console.file.write("\r\x1b[K")
            self._console.file.flush()
