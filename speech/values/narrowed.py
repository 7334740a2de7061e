"""Values among the hypotheses of a recognizer that listened for one kind alone.

Such a recognizer makes an answer of whatever it hears, so its word alone counts little. A code with a check
digit proves itself; anything else must sound like what was heard openly. What is found is marked `repaired`,
so that it is read back, and where several codes prove themselves, the places in which they differ are among
the doubtful ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from speech.values.coded import all_symbols
from speech.values.errors import MoreThanOne, NoneOfThese
from speech.values.folding import plain
from speech.values.identity import LETTERS
from speech.values.model import Ask, Value
from speech.values.sound import distance, syllables
from wenban.errors import ValueInvalid

Parser = Callable[[str, Ask], Value]

#: Letters of the kinds whose symbols are compared place by place.
_LETTERS = {"resident_id": "X", "phone": "", "uscc": LETTERS}
_PROVED = frozenset({"resident_id", "uscc"})
_LONGEST, _MOST = 80, 100
#: Answers whose syllables differ by more than this share are other answers.
_APART = 0.4


def from_narrowed(
    kind: str, text: str, narrowed: Sequence[str], ask: Ask, parser: Parser, error: ValueInvalid
) -> Value | None:
    """The likeliest value, or None.

    Args:
        text: the best open hypothesis. error: why it was not taken.
    """
    if isinstance(error, NoneOfThese | MoreThanOne):
        return None
    found: list[Value] = []
    for other in narrowed[:_MOST] if kind in _LETTERS else narrowed[:1]:
        if len(other) > _LONGEST or (kind not in _PROVED and not _near(text, other)):
            continue
        try:
            found.append(parser(other, ask))
        except ValueInvalid:
            continue
    if not found:
        return None
    best = found[0]
    others = [_code(value) for value in found[1:]] if kind in _PROVED else []
    return replace(best, text=text, repaired=True, changed=changed_places(kind, text, _code(best), others))


def _near(text: str, other: str) -> bool:
    one, two = syllables(plain(text)), syllables(plain(other))
    return distance(one, two) <= _APART * max(len(one), len(two))


def changed_places(kind: str, text: str, code: str, others: Sequence[str] = ()) -> tuple[int, ...]:
    """1-based places of the code that were heard otherwise, or in which the other codes differ from it."""
    letters = _LETTERS.get(kind)
    if letters is None:
        return ()
    places: set[int] = set()
    for other in ("".join(all_symbols(plain(text), letters=letters)), *others):
        for step in Levenshtein.opcodes(other, code):
            if step.tag != "equal":
                # What was said too much stands between two places: the one behind it is doubtful.
                places.update(range(step.dest_start + 1, max(step.dest_end, step.dest_start + 1) + 1))
    return tuple(sorted({min(place, len(code)) for place in places}))


def _code(value: Value) -> str:
    return str(value.value).replace("-", "")
