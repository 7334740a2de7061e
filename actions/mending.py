"""Putting things right: the answer to a read-back, corrections in plain words, one step back."""

from __future__ import annotations

import re

from actions.acts import is_correction, takes_back
from actions.forms.fields import corrected, filled_from, mentioned_field, parse_field
from actions.questions import (
    ECHOED_KINDS,
    PROVED_GROUPS,
    all_fields,
    answer_in_between,
    ask_commitment,
    ask_next,
    asks_about_item,
    current_item,
    doubted_group,
    doubtful_field,
    filled_fields,
    offer_options,
    open_fields,
    read_back,
)
from actions.service import Service
from actions.state import Filled, State
from actions.turn import Reply, Turn, yes_or_no
from catalog_index.schema import FormField
from speech.values import Value
from wenban.errors import ValueInvalid

# Words that say what is wrong and end there: the right value is still to come.
_ONLY_WRONG = re.compile(r"(?:错了?|不对|有误|不是这个|不正确|改一下|改下|要改|修改)[了吧啊呀。，,！!\s]*$")
# From so many digits on, an answer was an attempt to say the number rather than a remark.
_DIGITS_SAID = 3
# And from so many on, one at the whole number rather than at a part of it.
_NUMBER_SAID = 6
_DIGITS = frozenset("0123456789零〇幺一二两三四五六七八九")


def hold(state: State, field: FormField, value: Value) -> None:
    """Keeps a value back until it is confirmed."""
    state.reading_back = {**state.reading_back, field.id: filled_from(value)}
    doubts = {name: places for name, places in state.doubts.items() if name != field.id}
    if value.repaired and field.kind in PROVED_GROUPS:
        doubts[field.id] = list(value.changed)
    state.doubts = doubts


def store(state: State, name: str, filled: Filled) -> None:
    """Keeps a value for good, and as the latest one."""
    state.fields = {**state.fields, name: filled}
    state.skipped = [other for other in state.skipped if other != name]
    state.asked = [*(other for other in state.asked if other != name), name]
    _drop_pending(state, name)


def _drop_pending(state: State, name: str) -> None:
    state.reading_back = {other: kept for other, kept in state.reading_back.items() if other != name}
    state.doubts = {other: places for other, places in state.doubts.items() if other != name}


def take_read_back(service: Service, state: State, turn: Turn) -> Reply:
    """The answer to "…对吗？": yes, no, or at once what is right."""
    if (doubtful := doubtful_field(service, state)) is not None:
        return _take_proof(service, state, turn, doubtful)
    names = list(state.reading_back)
    if is_correction(turn.text) or any(sign.isdigit() for sign in turn.text):
        mended = _correct_pending(service, state, turn)
        if mended is not None:
            return mended
    agreed = yes_or_no(turn)
    if agreed is True:
        for name in names:
            store(state, name, state.reading_back[name])
        return ask_next(service, state, Reply())
    if agreed is False:
        state.reading_back, state.doubts, state.asking = {}, {}, names[0]
        return ask_next(service, state, Reply().say("好的，请再说一遍。"))
    mended = _correct_pending(service, state, turn)
    if mended is not None:
        return mended
    if asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    return read_back(service, state, Reply().say("没有听清。"))


def _take_proof(service: Service, state: State, turn: Turn, field: FormField) -> Reply:
    """A part of a doubtful number said again: a wrong repair that the check digit let through shows here."""
    name = field.id
    old, places = state.reading_back[name], state.doubts[name]
    value = _proof(field, old, places, turn)
    if value is not None and value.value == old.value:
        store(state, name, old)
        return ask_next(service, state, Reply().say(f"{field.label}核对好了。"))
    if value is not None:
        hold(state, field, value)
        return read_back(service, state, Reply())
    _, _, called = doubted_group(field, places)
    if sum(sign in _DIGITS for sign in turn.text) >= _DIGITS_SAID:
        _drop_pending(state, name)
        state.asking = name
        return ask_next(service, state, Reply().say("和刚才听到的对不上，请从头再说一遍。"))
    agreed = yes_or_no(turn)
    if agreed is False:
        _drop_pending(state, name)
        state.asking = name
        return ask_next(service, state, Reply().say("好的，请再说一遍。"))
    if agreed is None and asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    return Reply().say(f"为免弄错，还要请您把{called}再说一遍。").offer("不对")


def _proof(field: FormField, old: Filled, places: list[int], turn: Turn) -> Value | None:
    """The number with this part in it; None where nothing valid comes out."""
    first, last, _ = doubted_group(field, places)
    # Listening for digits alone makes digits of a yes or no as well.
    narrowed = turn.narrowed[:1] if yes_or_no(turn) is None else ()
    for text in (turn.text, *narrowed):
        for said in (text, f"第{first}位到第{last}位是{text}"):
            try:
                return corrected(field, old, said, today=turn.today)
            except ValueInvalid:
                continue
    return None


def _correct_pending(service: Service, state: State, turn: Turn) -> Reply | None:
    fields = [field for field in current_item(service, state).fields if field.id in state.reading_back]
    field = mentioned_field(fields, turn.text) or (fields[0] if len(fields) == 1 else None)
    if field is None:
        return None
    try:
        value = corrected(field, state.reading_back[field.id], turn.text, today=turn.today)
    except ValueInvalid:
        return None
    hold(state, field, value)
    return read_back(service, state, Reply())


def correct(service: Service, state: State, turn: Turn) -> Reply | None:
    """Puts a filled field right ("电话错了，是…"); None where the words name no filled field."""
    filled = filled_fields(service, state)
    asked = [field for field in open_fields(service, state) if field.id == state.asking]
    # "地址改成…" is an answer where a new address is being asked for, "地址错了" is not.
    field = mentioned_field(filled if takes_back(turn.text) else [*asked, *filled], turn.text)
    if field in asked:
        return None
    if field is None and state.asked and ("刚才" in turn.text or "上一个" in turn.text):
        field = next((field for field in filled if field.id == state.asked[-1]), None)
    field = field or _by_option(filled, asked, turn)
    if field is None:
        return None
    old = state.fields[field.id]
    try:
        value = corrected(field, old, turn.text, today=turn.today)
    except ValueInvalid as error:
        return ask_anew(state, field, None if _ONLY_WRONG.search(turn.text) else _plainer(field, turn, error))
    if value.value == old.value:
        return ask_anew(state, field, None)
    if turn.spoken and field.kind in ECHOED_KINDS:
        _forget(state, field.id)
        hold(state, field, value)
        return read_back(service, state, Reply())
    store(state, field.id, filled_from(value))
    return ask_next(service, state, Reply().say(f"好的，{field.label}改成{value.display}。"))


def _by_option(filled: list[FormField], asked: list[FormField], turn: Turn) -> FormField | None:
    """The one choice made before that has an option by this name ("改一下，是农村")."""

    def names(field: FormField) -> bool:
        return any(
            len(word) > 1 and word in turn.text for one in field.options for word in (one.label, *one.says)
        )

    if any(names(field) for field in asked):
        return None
    named = [field for field in filled if field.kind == "choice" and names(field)]
    return named[0] if len(named) == 1 else None


def _plainer(field: FormField, turn: Turn, error: ValueInvalid) -> ValueInvalid:
    """Why the number that was given is none, rather than that it is unclear which part was meant."""
    if sum(sign in _DIGITS for sign in turn.text) < _NUMBER_SAID:
        return error
    try:
        parse_field(field, turn.text, today=turn.today)
    except ValueInvalid as whole:
        return whole
    return error


def _forget(state: State, name: str) -> None:
    """The old value goes; the form is open again."""
    state.fields = {other: kept for other, kept in state.fields.items() if other != name}
    state.skipped = [other for other in state.skipped if other != name]
    state.asked = [other for other in state.asked if other != name]
    state.phase, state.asking = "collect", name


def ask_anew(state: State, field: FormField, error: ValueInvalid | None) -> Reply:
    """Which field is wrong is clear, what is right is not yet: asks for it; the old value goes."""
    _forget(state, field.id)
    told = error is not None and error.code not in ("correction_unclear", "value_not_understood")
    reply = Reply()
    if told and error is not None:
        reply.say(error.citizen)
    else:
        reply.say(f"好的，重新填{field.label}。", field.ask)
    return offer_options(field, reply)


def go_back(service: Service, state: State) -> Reply:
    """One step back: the field filled or left out last is asked again."""
    back = Reply().say("好的，回到上一步。")
    if state.reading_back:
        state.asking = next(iter(state.reading_back))
        state.reading_back, state.doubts = {}, {}
        return ask_next(service, state, back)
    if state.phase in ("commit", "summary") and state.agreed:
        state.agreed = state.agreed[:-1]
        return ask_commitment(service, state, back)
    here = {field.id for field in all_fields(service, state)}
    steps = [name for name in state.asked if name in here and name in (state.fields.keys() | state.skipped)]
    if not steps:
        return ask_next(service, state, Reply().say("已经是第一步了。"))
    _forget(state, steps[-1])
    return ask_next(service, state, back)
