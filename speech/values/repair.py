"""Values that prove themselves, searched among hypotheses and known confusions of the recognizer.

A check digit, a birth date, an allocated prefix, a plate's pattern, a calendar date, an option that exists:
each lets a mis-heard value be told from the right one. One and only one candidate must prove itself; then it
is taken and marked `repaired`, so that it is read back. Two are an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from speech.values.errors import MoreThanOne, NoneOfThese, RepairAmbiguous
from speech.values.folding import plain
from speech.values.model import Ask, Value
from speech.values.narrowed import changed_places
from wenban.errors import ValueInvalid

Parser = Callable[[str, Ask], Value]

#: What the recognizer takes for what: from the confusions seen in decoding, one character each way.
CONFUSIONS: dict[str, tuple[str, ...]] = {
    "一": ("七",),
    "幺": ("七", "六"),
    "七": ("一",),
    "四": ("十",),
    "十": ("四",),
    "九": ("六",),
    "六": ("九",),
    "儿": ("二",),
    "而": ("二",),
    "耳": ("二",),
    "要": ("幺",),
    "夭": ("幺",),
    "是": ("四", "十"),
    "灵": ("零",),
    "领": ("零",),
    "令": ("零",),
    "铃": ("零",),
    "流": ("六",),
    "刘": ("六",),
    "留": ("六",),
    "吧": ("八",),
    "把": ("八",),
    "就": ("九",),
    "酒": ("九",),
    "久": ("九",),
    "我": ("五",),
    "午": ("五",),
    "无": ("五",),
    "山": ("三",),
    "期": ("七",),
    "起": ("七",),
    "其": ("七",),
    "亮": ("两",),
}
#: Kinds whose proof is strong enough for confusions of single symbols. A date or an option has many near
#: neighbours that are as valid, so for those only whole hypotheses are tried.
_BY_SYMBOL = frozenset({"resident_id", "uscc", "phone", "plate"})
#: Longer texts and further hypotheses are not searched, so that a repair stays quick.
_MAX_CHARACTERS, _MAX_PLACES, _MAX_HYPOTHESES = 80, 40, 10


def _tried(parser: Parser, text: str, ask: Ask) -> Value | None:
    try:
        return parser(text, ask)
    except ValueInvalid:
        return None


def _one_changed(text: str) -> Iterator[str]:
    """The text with one confusable character exchanged, each in turn."""
    places = [i for i, char in enumerate(text) if char in CONFUSIONS]
    for i in places[:_MAX_PLACES]:
        for other in CONFUSIONS[text[i]]:
            yield text[:i] + other + text[i + 1 :]


def _unique(found: Sequence[Value], error: ValueInvalid) -> Value:
    values = {str(value.value): value for value in found}
    if len(values) > 1:
        raise RepairAmbiguous("several candidates prove themselves") from error
    return next(iter(values.values()))


def repair(
    kind: str, text: str, alternatives: Sequence[str], ask: Ask, parser: Parser, error: ValueInvalid
) -> Value:
    """The one value that proves itself among the alternatives, then among single confusions.

    Args:
        error: why the best hypothesis was not taken; raised again where nothing proves itself.
    """
    if isinstance(error, NoneOfThese | MoreThanOne):
        raise error
    heard = list(dict.fromkeys([text, *alternatives]))[:_MAX_HYPOTHESES]
    found = [value for other in heard if (value := _tried(parser, other, ask)) is not None]
    if not found and kind in _BY_SYMBOL:
        # Only the best hypothesis: with more candidates, more wrong ones pass by chance than right ones.
        changed = _one_changed(plain(text)) if len(text) <= _MAX_CHARACTERS else ()
        found += [value for one in changed if (value := _tried(parser, one, ask)) is not None]
    if not found:
        raise error
    value = _unique(found, error)
    return replace(
        value, text=text, repaired=True, changed=changed_places(kind, text, str(value.value).replace("-", ""))
    )
