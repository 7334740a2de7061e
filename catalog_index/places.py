"""Where something is, as far as a sentence tells: in the city or outside it.

A sentence may name two places: where someone is registered now and where the person wants to go. What tells
siblings apart is mostly where the moved person is now; a facet may also ask for the destination.

Example:
    >>> side_of("我老婆户口在上海，想迁到我这里")
    'outside'
    >>> side_of("想把户口迁到义乌") is None
    True
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

Side = Literal["inside", "outside"]
Role = Literal["destination", "place"]

_FILE = Path(__file__).parent / "data" / "places.txt"
_BEFORE_DESTINATION = re.compile(
    r"(?:迁|移|转|落|搬|调|过户|投靠|投奔|挂靠|并|寄|送)(?:户口|户籍|户)?(?:入|进|回|去|到|往|在|来|至)+(?:我们?|咱们?|他|她)?(?:的)?$"
    r"|(?:来|去|回|到|往|前往)$"
)
# A road or a company named after a city says nothing about where the person is.
_NOT_A_PLACE = r"(?!路|街(?!道)|大道|银行|小区|花园|广场|大厦|烤鸭|拉面|酒)"
# Naming the city itself says little ("在义乌安家"), unless it is said to be where someone belongs.
_CITY = frozenset(("义乌", "义乌市"))
_BELONGS_BEFORE = re.compile(
    r"(?:户口|户籍|身份证|车牌)(?:都|也|就|本来|一直|本身)?(?:在|是)(?:咱们?|我们?)?$|(?:都|也)是$"
)
_BELONGS_AFTER = re.compile(r"户口|户籍|人(?!才)|本地|身份证|牌|车|市?(?:范围)?[内里](?!的)")
_DENIED = re.compile(r"(?:不是|不在|并非|没在)(?:在)?$")


class Mention(NamedTuple):
    """A place named in a sentence: its side, and whether it is where the person wants to go."""

    name: str
    side: Side
    role: Role


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[dict[str, Side], re.Pattern[str]]:
    sides: dict[str, Side] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        side, names = line.split("\t")
        for name in names.split():
            sides.setdefault(name, "inside" if side == "inside" else "outside")
    longest_first = sorted(sides, key=len, reverse=True)
    return sides, re.compile(f"(?:{'|'.join(map(re.escape, longest_first))}){_NOT_A_PLACE}")


def mentions(text: str) -> list[Mention]:
    """All places that the sentence names and does not deny, in order."""
    sides, pattern = _gazetteer()
    found = []
    for match in pattern.finditer(text):
        before = text[: match.start()]
        if _DENIED.search(before):
            continue
        after = text[match.end() :]
        role: Role = "destination" if _BEFORE_DESTINATION.search(before) else "place"
        if match.group() in _CITY and not (_BELONGS_BEFORE.search(before) or _BELONGS_AFTER.match(after)):
            role = "destination"
        found.append(Mention(match.group(), sides[match.group()], role))
    return found


def side_of(text: str, *, destination: bool = False) -> Side | None:
    """The side that the sentence gives, or None if it leaves it open.

    Args:
        destination: ask where the person wants to go, instead of where the person or thing is.
    """
    role: Role = "destination" if destination else "place"
    sides = {mention.side for mention in mentions(text) if mention.role == role}
    if "outside" in sides:
        return "outside"
    return "inside" if sides else None
