"""One door to all kinds: bounds first, then the kind's own parser, then the other hypotheses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from speech.values.address import parse_address
from speech.values.choice import parse_choice
from speech.values.dates import parse_date, parse_date_range
from speech.values.errors import EmptyText, TextEmpty, TextTooLong
from speech.values.free import has_content, parse_text
from speech.values.identity import parse_resident_id, parse_uscc
from speech.values.model import MAX_TEXT, PROVABLE, Ask, Constraints, Option, Value
from speech.values.name import parse_name
from speech.values.narrowed import from_narrowed, settled
from speech.values.phone import parse_phone
from speech.values.plate import parse_plate
from speech.values.quantity import parse_area, parse_count, parse_money
from speech.values.repair import repair
from speech.values.yes_no import parse_yes_no
from wenban.errors import ValueInvalid

Parser = Callable[[str, Ask], Value]

PARSERS: dict[str, Parser] = {
    "name": parse_name,
    "phone": parse_phone,
    "resident_id": parse_resident_id,
    "uscc": parse_uscc,
    "date": parse_date,
    "date_range": parse_date_range,
    "plate": parse_plate,
    "area": parse_area,
    "money": parse_money,
    "count": parse_count,
    "address": parse_address,
    "yes_no": parse_yes_no,
    "choice": parse_choice,
    "text": parse_text,
}

NO_CONSTRAINTS = Constraints()


def check_size(text: str) -> None:
    """Raises for text that no parser needs to see."""
    if len(text) > MAX_TEXT:
        raise TextTooLong(f"{len(text)} characters, limit {MAX_TEXT}")
    if not text.strip():
        raise EmptyText("empty")


def parse_value(
    kind: str,
    text: str,
    *,
    today: date,
    options: Sequence[Option] = (),
    alternatives: Sequence[str] = (),
    narrowed: Sequence[str] = (),
    constraints: Constraints = NO_CONSTRAINTS,
) -> Value:
    """A detail as spoken or typed, in canonical form.

    Args:
        kind: one of `KINDS`.
        text: the recognizer's best hypothesis, or what was typed; at most 500 characters.
        today: what relative dates count from.
        options: for a choice.
        alternatives: the recognizer's further hypotheses. Giving any (the best one again where it is alone)
            says that the text was heard, not typed, so that known confusions of the recognizer may be
            repaired where the kind proves itself; such a value has `repaired` set.
        narrowed: hypotheses of a recognizer that listened for this kind alone, best first. They are searched
            where the open hypotheses hold no value; what is found has `repaired` set, unless it is what was
            heard openly but for symbols said twice in a row, and no other such code proves itself.
        constraints: what the field allows.

    Raises:
        ValueInvalid: one of `speech.values.errors`; `citizen` says what was wrong and what is expected.
        KeyError: no such kind (a programming error).

    Example:
        >>> parse_value("phone", "幺三八，四个零，幺二三四", today=date(2026, 11, 23)).value
        '13800001234'
    """
    parser = PARSERS[kind]
    ask = Ask(today, tuple(options), constraints)
    check_size(text)
    if kind != "text" and not has_content(text):
        raise TextEmpty("nothing but signs", citizen="没有看到文字内容，请再说一遍或者打字。")
    try:
        return parser(text, ask)
    except ValueInvalid as error:
        heard = [other for other in alternatives if len(other) <= MAX_TEXT and has_content(other)]
        try:
            if not heard or kind not in PROVABLE:
                raise
            return settled(kind, repair(kind, text, heard, ask, parser, error), narrowed, ask, parser)
        except ValueInvalid:
            found = from_narrowed(kind, text, narrowed, ask, parser, error)
            if found is None:
                raise
            return settled(kind, found, narrowed, ask, parser)
