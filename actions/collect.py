"""The form loop: one question at a time, several details from one sentence, read back, corrected, saved."""

from __future__ import annotations

import re

from actions import detour
from actions.acts import is_correction
from actions.applications.values import Draft
from actions.forms.describe import materials_sentence
from actions.forms.fields import (
    FREE_KINDS,
    filled_from,
    is_skip,
    known_values,
    owner_of,
    parse_field,
    speaks_of_self,
)
from actions.forms.texts import TextUnknown, is_number
from actions.mending import correct, hold, store, take_read_back
from actions.questions import (
    ECHOED_KINDS,
    answer_in_between,
    ask_next,
    asks_about_item,
    current_item,
    fields_to_come,
    offer_options,
    open_fields,
)
from actions.service import Service
from actions.state import State
from actions.turn import Reply, Turn
from catalog_index.schema import FormField
from speech.values import Value
from speech.values.find import find_values
from wenban.errors import ValueInvalid

PATIENCE = 2
# How far before a detail words may stand that say whose it is ("我老婆叫李红").
_OWNER_WINDOW = 8
# Kinds of which a form may ask several people's.
_PERSONAL_KINDS = frozenset(("name", "resident_id", "phone", "address", "date"))
# Kinds that nearly any words would fit; they are never found inside a sentence.
_FREE_WORDS = frozenset(("yes_no", "choice", "text"))
_CLAUSES = re.compile(r"[，,。；;！!\s]+")
_NAMED = re.compile(r"叫|名字|姓名")
# An answer with so many digits, or such a run of letters and digits, was an attempt at a number.
_NUMBER_DIGITS = 14
_CODE = re.compile(r"(?=[A-Za-z]*[0-9][A-Za-z]*[0-9])[0-9A-Za-z]{15,}")
SUBMIT = re.compile(r"^(?:我要|现在|确认|可以)?(?:提交|交上去)(?:申请)?[吧了。！]*$")
# Kinds that prove themselves: their digits must not be read as part of another answer.
_CERTAIN_KINDS = frozenset(("phone", "resident_id", "uscc", "plate", "address"))
# So much of an answer is one detail of another kind: it answers another question than the one asked.
_MOSTLY = 0.8


def start_form(service: Service, state: State, turn: Turn) -> Reply:
    """The item is confirmed: says what is needed, takes what was told already, asks the first question."""
    item = current_item(service, state)
    need = state.query
    answers = dict(state.answers)
    state.forget_form()
    state.forget_search()
    state.item_id, state.subject_id, state.answers = item.id, item.subject_id, answers
    draft = Draft.new(item.id)
    state.draft_id, state.resume_code = draft.id, draft.resume_code
    state.phase = "collect"
    told = known_values(item, state.answers, {})
    reply = Reply().say(f"好的，为您办理“{item.title}”。", materials_sentence(item, told))
    if need and not turn.spoken:
        _take_found(service, state, turn, need, reply)
    return ask_next(service, state, reply)


def take_answer(service: Service, state: State, turn: Turn) -> Reply:
    """A message while the form is open: an answer, a correction, a question in the middle."""
    if state.reading_back:
        return take_read_back(service, state, turn)
    if state.other_need and (changed := detour.take_detour(service, state, turn)):
        return changed
    if is_correction(turn.text) and (mended := correct(service, state, turn)):
        return mended
    field = next((field for field in open_fields(service, state) if field.id == state.asking), None)
    if field is None:
        return ask_next(service, state, Reply())
    if asks_about_item(turn, free=field.kind in FREE_KINDS):
        return answer_in_between(service, state, turn)
    if SUBMIT.match(turn.text.strip()):
        left = len(open_fields(service, state))
        return ask_next(service, state, Reply().say(f"还有{left}项没填，填完就能提交。"))
    if field.optional and is_skip(turn.text, field):
        state.skipped = [*state.skipped, field.id]
        state.asked = [*(name for name in state.asked if name != field.id), field.id]
        return ask_next(service, state, Reply().say(f"好的，{field.label}先不填。"))
    return _take_value(service, state, turn, field)


def _take_value(service: Service, state: State, turn: Turn, field: FormField) -> Reply:
    reply = Reply()
    if field.kind in _PERSONAL_KINDS and _about_others(field, turn.text):
        if _take_found(service, state, turn, turn.text, reply):
            return ask_next(service, state, reply)
        field = _same_of_owner(service, state, field, owner_of(turn.text)) or field
    if field.kind == "text" and _is_another_detail(service, state, turn):
        _take_found(service, state, turn, turn.text, reply)
        return ask_next(service, state, reply)
    words = _own_words(field, turn)
    if not any(sign.isalnum() for sign in words) and _take_found(service, state, turn, turn.text, reply):
        return ask_next(service, state, reply)
    try:
        value = parse_field(
            field,
            words,
            today=turn.today,
            heard=turn.heard if words == turn.text else (),
            narrowed=turn.narrowed if turn.spoken else (),
        )
    except ValueInvalid as error:
        if _take_found(service, state, turn, turn.text, reply):
            return ask_next(service, state, reply)
        return _not_taken(service, state, turn, field, error)
    _keep(state, turn, field, value, reply)
    if field.kind != "text" and not _take_found(service, state, turn, turn.text, reply):
        reply.say(_number_fault(service, state, turn, field) or "")
    return ask_next(service, state, reply)


def _not_taken(service: Service, state: State, turn: Turn, field: FormField, error: ValueInvalid) -> Reply:
    """What was wrong and what is expected; after some misses also other ways to go on."""
    if asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    if other := detour.offer_detour(service, state, turn):
        return other
    state.misses += 1
    fault = _number_fault(service, state, turn, field)
    reply = Reply().say(fault, field.ask) if fault else Reply().say(error.citizen)
    if field.hint and state.misses >= PATIENCE:
        reply.say(field.hint)
    if isinstance(error, TextUnknown) and is_number(field):
        return reply.offer("停止办理", "转人工")
    if state.misses > PATIENCE:
        reply.say("不方便说的话可以打字，也可以说“转人工”。")
    return offer_options(field, reply)


def _own_words(field: FormField, turn: Turn) -> str:
    """The answer without the details of other kinds in it: a house number is no day of the month."""
    words = turn.text
    if field.kind in ("text", "address") or field.kind in ECHOED_KINDS:
        return words
    others = sorted(_CERTAIN_KINDS - {field.kind})
    for found in reversed(find_values(turn.text, today=turn.today, kinds=others)):
        start, end = found.span
        words = f"{words[:start]}，{words[end:]}"
    return words


def _is_another_detail(service: Service, state: State, turn: Turn) -> bool:
    """Whether the words are wholly a detail that another field of the form asks for."""
    kinds = {field.kind for field in fields_to_come(service, state)} - _FREE_WORDS
    size = sum(sign.isalnum() for sign in turn.text)
    return any(
        found.span[1] - found.span[0] >= _MOSTLY * size
        for found in find_values(turn.text, today=turn.today, kinds=sorted(kinds - {"name", "address"}))
    )


def _number_fault(service: Service, state: State, turn: Turn, asked: FormField) -> str | None:
    """What is wrong with a long number that was given while something else was asked for."""
    digits = sum(sign.isdigit() for sign in turn.text)
    if asked.kind in ECHOED_KINDS or not (digits >= _NUMBER_DIGITS or _CODE.search(turn.text)):
        return None
    fields = open_fields(service, state)
    if any(field.kind == "text" and field.label in turn.text for field in fields):
        return None
    # Letters among the digits make a credit code of it, and no identity number.
    kind = "resident_id" if digits >= _NUMBER_DIGITS else "uscc"
    for field in fields:
        if field.kind == kind:
            try:
                parse_field(field, turn.text, today=turn.today, heard=())
            except ValueInvalid as error:
                return error.citizen
    return None


def _keep(state: State, turn: Turn, field: FormField, value: Value, reply: Reply) -> None:
    """Takes a value, or holds it back until a read-back is confirmed, where it matters."""
    state.misses = 0
    if value.repaired or (turn.spoken and field.kind in ECHOED_KINDS):
        hold(state, field, value)
        return
    store(state, field.id, filled_from(value))
    if field.kind in ECHOED_KINDS:
        reply.say(f"{field.label} {value.display}，记下了。")


def _take_found(service: Service, state: State, turn: Turn, text: str, reply: Reply) -> bool:
    """Takes further details that stand in the sentence, each for the field it belongs to."""
    before = set(state.fields)
    taken = _take_each(service, state, turn, text, reply)
    labels = {field.id: field for field in current_item(service, state).fields}
    told = [
        f"{labels[name].label} {filled.display}"
        for name, filled in state.fields.items()
        if name not in before and labels[name].kind not in ECHOED_KINDS
    ]
    # Who is asked the same question again must hear that the words were not lost.
    reply.say(f"{'、'.join(told)}，记下了。" if told else "")
    return taken


def _take_each(service: Service, state: State, turn: Turn, text: str, reply: Reply) -> bool:
    kinds = {field.kind for field in fields_to_come(service, state)} - _FREE_WORDS
    taken = _take_names(service, state, turn, text, reply) if "name" in kinds else False
    if not kinds:
        return taken
    for found in find_values(text, today=turn.today, kinds=sorted(kinds)):
        before = text[max(0, found.span[0] - _OWNER_WINDOW) : found.span[0]]
        owner = owner_of(re.split("我的|我自己的?|本人|我叫|我是", before)[-1])
        field = _open_of(service, state, found.kind, owner)
        if field is None and found.kind == "phone":
            # A form that asks for one phone only wants to know whom to call, whoever answers it.
            field = _open_of(service, state, "phone", None)
        if field is None:
            continue
        try:
            value = parse_field(field, found.value.text, today=turn.today, heard=())
        except ValueInvalid:
            # It does not fit this field's limits; the field will be asked for in its turn.
            continue
        _keep(state, turn, field, value, reply)
        taken = True
    return taken


def _take_names(service: Service, state: State, turn: Turn, text: str, reply: Reply) -> bool:
    """Names of other people ("我老婆叫李红"), clause by clause."""
    taken = False
    for clause in _CLAUSES.split(text):
        owner = owner_of(clause)
        field = _open_of(service, state, "name", owner) if owner and _NAMED.search(clause) else None
        if field is None:
            continue
        try:
            value = parse_field(field, clause, today=turn.today, heard=())
        except ValueInvalid:
            continue
        _keep(state, turn, field, value, reply)
        taken = True
    return taken


def _about_others(field: FormField, text: str) -> bool:
    """Whether somebody is named whom this field does not ask about, perhaps besides the one it does."""
    owner, wanted = owner_of(text), owner_of(field.label)
    return (owner is not None and owner != wanted) or (wanted is not None and speaks_of_self(text))


def _same_of_owner(service: Service, state: State, field: FormField, owner: str | None) -> FormField | None:
    if owner is None or owner == owner_of(field.label):
        return None
    return _open_of(service, state, field.kind, owner)


def _open_of(service: Service, state: State, kind: str, owner: str | None) -> FormField | None:
    fields = [
        field
        for field in fields_to_come(service, state)
        if field.kind == kind and field.id not in state.reading_back
    ]
    return next((field for field in fields if owner_of(field.label) == owner), None)
