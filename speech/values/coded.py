"""What phone, identity number and credit code share: finding one well-formed code in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from speech.values.symbols import Run, joined, runs, windows

#: Whoever says one of these takes back what came before it.
_TAKEN_BACK = re.compile(
    r"不是[^,。]{1,40}?[, ]*(?:而是|(?<!不)是)|不对|错了|不是|改成|改为|应该是|更正|重新说|重说"
)


#: Of many takings-back, only the last ones are tried.
_TRIES = 3


def marks(text: str) -> list[int]:
    """Where, in plain text, something said before is taken back: ends of 不对, 不是…是, 改成."""
    return [found.end() for found in _TAKEN_BACK.finditer(text)]


@dataclass(frozen=True)
class Hit:
    """A well-formed code: plain text [start, end), canonical."""

    start: int
    end: int
    code: str


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def _rest_is_separate(run: Run, first: int, last: int) -> bool:
    """What a window leaves over on each side is nothing, or long enough to be a code of its own."""
    left = sum(len(atom.symbols) for atom in run[:first])
    right = sum(len(atom.symbols) for atom in run[last:])
    return all(size == 0 or size >= 7 for size in (left, right))


def hits(
    text: str,
    check: Callable[[str], str | None],
    *,
    letters: str = "",
    longest: int = 20,
    whole_only: int = 0,
) -> list[Hit]:
    """All codes in plain text that `check` accepts (it returns the canonical form or None), left to right.

    Codes of `whole_only` symbols count only where they are a whole run.
    """
    found: list[Hit] = []
    for run in runs(text, letters=letters):
        whole = joined(run)
        code = check(whole)
        if code is not None and _stands_alone(text, run[0].start, run[-1].end):
            found.append(Hit(run[0].start, run[-1].end, code))
            continue
        taken = 0
        for first, last, symbols in windows(run, longest):
            if first < taken or len(symbols) == whole_only or not _rest_is_separate(run, first, last):
                continue
            code = check(symbols)
            if code is not None and _stands_alone(text, run[first].start, run[last - 1].end):
                found.append(Hit(run[first].start, run[last - 1].end, code))
                taken = last
    return found


def meant(text: str, found: list[Hit]) -> list[Hit]:
    """Of several different hits, those said after the last taking-back; equal ones count once."""
    if len({hit.code for hit in found}) > 1:
        last = max(marks(text), default=0)
        after = [hit for hit in found if hit.start >= last]
        found = after or found
    unique: dict[str, Hit] = {}
    for hit in found:
        unique.setdefault(hit.code, hit)
    return list(unique.values())


def all_symbols(text: str, *, letters: str = "") -> str:
    """Every symbol of the sentence in order, after the last taking-back where digits follow it."""
    for mark in reversed(marks(text)[-_TRIES:]):
        tail = "".join(joined(run) for run in runs(text[mark:], letters=letters))
        if len(tail) >= 7:
            return tail
    found = list(runs(text, letters=letters))
    longest = max((len(joined(run)) for run in found), default=0)
    # Beside a long run, a lone 一 or 两 is a word (我有一个号码), not a digit of the code.
    return "".join(joined(run) for run in found if longest < 3 or not _is_word(text, run))


def _is_word(text: str, run: Run) -> bool:
    char = text[run[0].start]
    return len(joined(run)) == 1 and not char.isascii() and joined(run) != "X"
