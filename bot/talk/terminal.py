"""The pleasant chat: colours where there is a terminal, plain lines where there is none."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.talk.client import Record, TalkClient
from wenban.errors import WenbanError

_GREETING = "想办什么事，直接说。@文件路径 可以发录音；随时可以说“转人工”“重新开始”；按 Ctrl-D 结束。"


def chat(talk: TalkClient, *, interactive: bool, console: Console | None = None) -> int:
    """Line after line until the end of input; the exit code.

    A number picks the option that stands under it.
    """
    console = console or Console(highlight=False, soft_wrap=True)
    console.print(Text(_GREETING, style="dim"))
    options: list[dict[str, str]] = []
    while True:
        line = _read(console, interactive=interactive)
        if line is None:
            break
        if not line:
            continue
        if line.isdecimal() and 1 <= int(line) <= len(options) and len(line) <= 2:
            line = options[int(line) - 1]["value"]
        try:
            with console.status("正在处理……"):
                record = talk.send(line)
        except WenbanError as error:
            console.print(Text(f"  {error.citizen}", style="red"))
            continue
        options = record["options"]
        show(record, console, spoken=line.startswith("@"))
    if interactive and talk.session:
        console.print(Text(f"\n会话编号（--session 可以接着聊）：{talk.session}", style="dim"))
    return 0


def show(record: Record, console: Console, *, spoken: bool) -> None:
    """One turn: what was heard, the replies, the options, how far the form is, the receipt."""
    if spoken:
        console.print(Text(f"  （听到：{record['heard']}）", style="dim"))
    for reply in record["replies"]:
        console.print(Text.assemble(("问办  ", "bold cyan"), reply))
    for number, option in enumerate(record["options"], start=1):
        console.print(Text.assemble((f"  {number:>2}  ", "bold cyan"), option["label"]))
    progress = record["progress"]
    if progress and not record["receipt"]:
        console.print(Text(f"  已填 {progress['done']}/{progress['total']}", style="dim"))
    if record["receipt"]:
        console.print(_receipt(record))


def _receipt(record: Record) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_row("回执号", Text(record["receipt"], style="bold green"))
    item = record["item"] or {}
    card = record["receipt_card"] or {}
    for label, value in (
        ("办理事项", card.get("item") or item.get("title")),
        ("承办部门", card.get("department") or item.get("department")),
        ("承诺办结", card.get("promised_on")),
    ):
        if value:
            table.add_row(label, str(value))
    return Panel(table, title="申请已提交", expand=False, border_style="green")


def _read(console: Console, *, interactive: bool) -> str | None:
    if interactive:
        try:
            return console.input("[bold]您    [/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            return None
    line = sys.stdin.readline()
    return line.strip() if line else None
