"""Values among the hypotheses of a recognizer that listened for one kind alone.

Such a recognizer makes an answer of whatever it hears, so its word alone counts little. A code with a check
digit proves itself; anything else must sound like what was heard openly. What is found is marked `repaired`,
so that it is read back, and where several codes prove themselves, the places in which they differ are among
the doubtful ones.

One fault of recognizers has a cure of its own: of a symbol said twice in a row, only one may be heard. A code
that is what was heard openly but for such symbols, and that alone among its like proves itself, was heard and
is not marked: everything in it was said, and one proof has gone into how often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations_with_replacement, groupby

from rapidfuzz.distance import Levenshtein

from speech.values.coded import all_symbols
from speech.values.errors import MoreThanOne, NoneOfThese
from speech.values.folding import plain
from speech.values.identity import LETTERS, check_resident_id, check_uscc
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
#: Symbols that a recognizer may have left out, each one said twice in a row.
_MOST_DOUBLES = 4


def from_narrowed(
    kind: str, text: str, narrowed: Sequence[str], ask: Ask, parser: Parser, error: ValueInvalid
) -> Value | None:
    """The likeliest value, or None.

    Args:
        text: the best open hypothesis. error: why it was not taken.
    """
    if isinstance(error, NoneOfThese | MoreThanOne):
        return None
    found = _values(kind, text, narrowed, ask, parser)
    if not found:
        return None
    best = found[0]
    others = [_code(value) for value in found[1:]] if kind in _PROVED else []
    return replace(best, text=text, repaired=True, changed=changed_places(kind, text, _code(best), others))


def settled(kind: str, value: Value, narrowed: Sequence[str], ask: Ask, parser: Parser) -> Value:
    """The value, without its mark where it was heard but for symbols said twice (see above).

    Args:
        value: repaired; its text is the best open hypothesis.
    """
    if kind not in _PROVED:
        return value
    codes = [_code(value), *map(_code, _values(kind, value.text, narrowed, ask, parser))]
    if not _heard_but_doubles(kind, value.text, codes, ask.today):
        return value
    return replace(value, repaired=False, changed=())


def _values(kind: str, text: str, narrowed: Sequence[str], ask: Ask, parser: Parser) -> list[Value]:
    """What the hypotheses of the narrow recognizer are, best first."""
    found: list[Value] = []
    for other in narrowed[:_MOST] if kind in _LETTERS else narrowed[:1]:
        if len(other) > _LONGEST or (kind not in _PROVED and not _near(text, other)):
            continue
        try:
            found.append(parser(other, ask))
        except ValueInvalid:
            continue
    return found


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


def _heard_but_doubles(kind: str, text: str, codes: Sequence[str], today: date) -> bool:
    """Whether the first code is what was heard openly but for symbols said twice, and no other is as good.

    Args:
        codes: the one found, then all that prove themselves among the narrow hypotheses.
    """
    heard = "".join(all_symbols(plain(text), letters=_LETTERS[kind]))
    missing = len(codes[0]) - len(heard)
    if not 0 < missing <= _MOST_DOUBLES:
        return False
    runs = ["".join(run) for _, run in groupby(heard)]
    possible = {
        "".join(run + run[0] * chosen.count(place) for place, run in enumerate(runs))
        for chosen in combinations_with_replacement(range(len(runs)), missing)
    }
    if codes[0] not in possible:
        return False
    if len(codes) > 1 and len(set(codes)) == 1:
        return True
    return [code for code in possible if _proves(kind, code, today)] == codes[:1]


def _proves(kind: str, code: str, today: date) -> bool:
    try:
        if kind == "uscc":
            check_uscc(code)
        else:
            check_resident_id(code, today)
    except ValueInvalid:
        return False
    return True


def _code(value: Value) -> str:
    return str(value.value).replace("-", "")
