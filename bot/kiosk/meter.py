"""The line at the bottom of the terminal: whose turn it is, how loud it is, what was understood so far."""

from __future__ import annotations

from rich.cells import cell_len, get_character_cell_size

from bot.kiosk.floor import Holder

_WORDS = {
    Holder.NOBODY: "请说话",
    Holder.CITIZEN: "正在听",
    Holder.THINKING: "请稍候",
    Holder.MACHINE: "正在答",
}
_LOWEST_DB, _HIGHEST_DB = -60.0, 0.0
_MOST_BAR = 30
_LEAST_BAR = 4


def bar(level_db: float, peak_db: float, width: int) -> str:
    """The needle, in plain letters: block elements are twice as wide in some Chinese terminals.

    >>> bar(-30.0, -20.0, 12)
    '======  |   '
    """

    def place(db: float) -> int:
        share = (min(max(db, _LOWEST_DB), _HIGHEST_DB) - _LOWEST_DB) / (_HIGHEST_DB - _LOWEST_DB)
        return round(share * width)

    cells = ["="] * place(level_db) + [" "] * (width - place(level_db))
    if place(peak_db) > place(level_db):
        cells[min(place(peak_db), width - 1)] = "|"
    return "".join(cells)


def status_line(
    holder: Holder, level_db: float, peak_db: float, partial: str, *, width: int, push: bool = False
) -> str:
    """One line that fits into `width` columns; of a long partial result the end is shown.

    Args:
        push: the citizen has to press a key to speak.
    """
    word = "按回车键说话" if push and holder is Holder.NOBODY else _WORDS[holder]
    room = width - cell_len(word) - len(" [] ")
    if room < _LEAST_BAR:
        return _tail(word, max(width, 0))
    bar_width = min(_MOST_BAR, room if not partial else max(_LEAST_BAR, room // 3))
    line = f"{word} [{bar(level_db, peak_db, bar_width)}]"
    text = _tail(partial, width - cell_len(line) - 1)
    return f"{line} {text}" if text else line


def _tail(text: str, width: int) -> str:
    """The end of a text that fits; a wide character takes two columns."""
    taken = 0
    for at in range(len(text) - 1, -1, -1):
        taken += get_character_cell_size(text[at])
        if taken > width:
            return text[at + 1 :]
    return text
