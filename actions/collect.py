"""The form loop: one question at a time, several details from one sentence, read back, corrected, saved."""

from __future__ import annotations

from actions.acts import is_correction, is_question
from actions.applications.values import Draft
from actions.forms.describe import answer, materials_sentence, topic_of
from actions.forms.fields import (
    FREE_KINDS,
    applicable,
    corrected,
    filled_from,
    is_skip,
    known_values,
    mentioned_field,
    owner_of,
    parse_field,
)
from actions.service import Service
from actions.state import Choice, State
from actions.turn import Reply, Turn, yes_or_no
from catalog_index.conditions import holds
from catalog_index.schema import FormField, Item
from speech.values import Value
from speech.values.find import find_values
from wenban.errors import ValueInvalid

SKIP = "跳过"
PATIENCE = 2
# Kinds in which one wrong sign makes another person's number: repeated to the citizen at once. The rest is
# heard again in the summary, so that a form does not take two turns a question.
ECHOED_KINDS = frozenset(("phone", "resident_id", "uscc", "plate"))
# How far before a detail words may stand that say whose it is ("我老婆叫李红").
_OWNER_WINDOW = 8


def current_item(service: Service, state: State) -> Item:
    """The item whose form is being filled."""
    return service.catalog.item(state.item_id or "")


def open_fields(service: Service, state: State) -> list[FormField]:
    """Applicable fields that are neither filled nor left out, in order."""
    return [
        field
        for field in all_fields(service, state)
        if field.id not in state.fields and field.id not in state.skipped
    ]


def all_fields(service: Service, state: State) -> list[FormField]:
    """The fields that this application has, as far as is known now."""
    item = current_item(service, state)
    return applicable(item, known_values(item, state.answers, state.fields))


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
    known = known_values(item, state.answers, {})
    reply = Reply().say(f"好的，为您办理“{item.title}”。", materials_sentence(item, known))
    if need and not turn.spoken:
        _take_found(service, state, turn, need, reply)
    return ask_next(service, state, reply)


def ask_next(service: Service, state: State, reply: Reply) -> Reply:
    """Asks for what is missing; moves on to commitments and summary when nothing is."""
    fields = open_fields(service, state)
    if fields:
        state.phase, state.asking = "collect", fields[0].id
        reply.say(fields[0].ask)
        reply.options.extend(Choice(label=option.label, value=option.label) for option in fields[0].options)
        if fields[0].kind == "yes_no":
            reply.offer("是", "不是")
        if fields[0].optional:
            reply.offer(SKIP)
        return reply
    state.asking = None
    return ask_commitment(service, state, reply)


def ask_commitment(service: Service, state: State, reply: Reply) -> Reply:
    """Reads out the next commitment that applies; after the last one, the summary."""
    item = current_item(service, state)
    known = known_values(item, state.answers, state.fields)
    for commitment in item.commitments:
        if commitment.id not in state.agreed and holds(commitment.when, known):
            state.phase = "commit"
            return reply.say(f"请听{commitment.title}：{commitment.text}", "您同意吗？").offer(
                "同意", "不同意"
            )
    return summarise(service, state, reply)


def summarise(service: Service, state: State, reply: Reply) -> Reply:
    """All details once more, to be confirmed once."""
    state.phase = "summary"
    lines = [
        f"{field.label}：{state.fields[field.id].display}"
        for field in all_fields(service, state)
        if field.id in state.fields
    ]
    reply.say(
        f"请核对。{current_item(service, state).title}。" + "；".join(lines) + "。",
        "都对的话请说“提交”；哪里不对就直接说，比如“电话错了”。",
    )
    return reply.offer("提交", "要修改")


def take_answer(service: Service, state: State, turn: Turn) -> Reply:
    """A message while the form is open: an answer, a correction, a question in the middle."""
    if state.reading_back:
        return _take_read_back(service, state, turn)
    if is_correction(turn.text) and (mended := correct(service, state, turn)):
        return mended
    field = next((field for field in open_fields(service, state) if field.id == state.asking), None)
    if field is None:
        return ask_next(service, state, Reply())
    if asks_about_item(turn, free=field.kind in FREE_KINDS):
        return answer_in_between(service, state, turn)
    if field.optional and is_skip(turn.text):
        state.skipped = [*state.skipped, field.id]
        return ask_next(service, state, Reply().say(f"好的，{field.label}先不填。"))
    return _take_value(service, state, turn, field)


def asks_about_item(turn: Turn, *, free: bool) -> bool:
    """Whether the message asks something about the item rather than answering the form."""
    if not is_question(turn.text) or topic_of(turn.text) is None:
        return False
    # A typed kind's parser decides about the rest; where any words pass, the classifier must agree.
    return turn.act == "ask_item" or not free


def answer_in_between(service: Service, state: State, turn: Turn) -> Reply:
    """Answers a question about the item; the form goes on where it was."""
    item = current_item(service, state)
    known = known_values(item, state.answers, state.fields)
    reply = Reply().say(answer(item, topic_of(turn.text), known))
    return repeat_question(service, state, reply)


def repeat_question(service: Service, state: State, reply: Reply) -> Reply:
    """Asks again what was open before an interruption."""
    if state.reading_back:
        return _read_back(state, service, reply)
    if state.phase == "summary":
        return summarise(service, state, reply)
    return ask_next(service, state, reply)


def _take_value(service: Service, state: State, turn: Turn, field: FormField) -> Reply:
    try:
        value = parse_field(field, turn.text, today=turn.today, heard=turn.heard)
    except ValueInvalid as error:
        others = Reply()
        if _take_found(service, state, turn, turn.text, others):
            return _go_on(service, state, others)
        state.misses += 1
        reply = Reply().say(error.citizen)
        if field.hint and state.misses >= PATIENCE:
            reply.say(field.hint)
        if state.misses > PATIENCE:
            reply.say("不方便的话，可以打字，或者说“转人工”。")
        reply.options.extend(Choice(label=option.label, value=option.label) for option in field.options)
        return reply
    reply = Reply()
    _keep(state, turn, field, value, reply)
    if field.kind != "text":
        _take_found(service, state, turn, turn.text, reply)
    return _go_on(service, state, reply)


def _go_on(service: Service, state: State, reply: Reply) -> Reply:
    if state.reading_back:
        return _read_back(state, service, reply)
    return ask_next(service, state, reply)


def _keep(state: State, turn: Turn, field: FormField, value: Value, reply: Reply) -> None:
    """Takes a value, or holds it back until a read-back is confirmed, where it matters."""
    state.misses = 0
    filled = filled_from(value)
    if value.repaired or (turn.spoken and field.kind in ECHOED_KINDS):
        state.reading_back = {**state.reading_back, field.id: filled}
        return
    state.fields = {**state.fields, field.id: filled}
    state.asked = [*(name for name in state.asked if name != field.id), field.id]
    if field.kind in ECHOED_KINDS:
        reply.say(f"{field.label} {value.display}，记下了。")


def _take_found(service: Service, state: State, turn: Turn, text: str, reply: Reply) -> bool:
    """Takes further details that stand in the sentence, each for the field it belongs to."""
    kinds = {field.kind for field in open_fields(service, state)} - {"yes_no", "choice", "text"}
    if not kinds:
        return False
    taken = False
    for found in find_values(text, today=turn.today, kinds=sorted(kinds)):
        before = text[max(0, found.span[0] - _OWNER_WINDOW) : found.span[0]]
        field = _field_for(service, state, found.kind, before)
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


def _field_for(service: Service, state: State, kind: str, before: str) -> FormField | None:
    fields = [
        field
        for field in open_fields(service, state)
        if field.kind == kind and field.id not in state.reading_back
    ]
    owner = owner_of(before)
    return next((field for field in fields if owner_of(field.label) == owner), None)


def _read_back(state: State, service: Service, reply: Reply) -> Reply:
    labels = {field.id: field for field in current_item(service, state).fields}
    parts = []
    for name, filled in state.reading_back.items():
        parts.append(f"{labels[name].label}{filled.read_back or filled.display}")
    return reply.say(f"跟您核对一下：{'；'.join(parts)}。对吗？").offer("对", "不对")


def _take_read_back(service: Service, state: State, turn: Turn) -> Reply:
    """The answer to "…对吗？": yes, no, or at once what is right."""
    names = list(state.reading_back)
    if is_correction(turn.text) or any(sign.isdigit() for sign in turn.text):
        mended = _correct_pending(service, state, turn)
        if mended is not None:
            return mended
    agreed = yes_or_no(turn)
    if agreed is True:
        state.fields = {**state.fields, **state.reading_back}
        state.asked = [*(name for name in state.asked if name not in names), *names]
        state.reading_back = {}
        return ask_next(service, state, Reply())
    if agreed is False:
        state.reading_back = {}
        return ask_next(service, state, Reply().say("好的，请再说一遍。"))
    mended = _correct_pending(service, state, turn)
    if mended is not None:
        return mended
    if asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    return _read_back(state, service, Reply().say("没有听清。"))


def _correct_pending(service: Service, state: State, turn: Turn) -> Reply | None:
    fields = [field for field in current_item(service, state).fields if field.id in state.reading_back]
    field = mentioned_field(fields, turn.text) or (fields[0] if len(fields) == 1 else None)
    if field is None:
        return None
    old = state.reading_back[field.id]
    try:
        value = corrected(field, old, turn.text, today=turn.today)
    except ValueInvalid:
        return None
    state.reading_back = {**state.reading_back, field.id: filled_from(value)}
    return _read_back(state, service, Reply())


def correct(service: Service, state: State, turn: Turn) -> Reply | None:
    """Puts a filled field right ("电话错了，是…"); None where the words name no filled field."""
    filled = [field for field in all_fields(service, state) if field.id in state.fields]
    field = mentioned_field(filled, turn.text)
    if field is None and state.asked and ("刚才" in turn.text or "上一个" in turn.text):
        field = next((field for field in filled if field.id == state.asked[-1]), None)
    if field is None:
        return None
    try:
        value = corrected(field, state.fields[field.id], turn.text, today=turn.today)
    except ValueInvalid as error:
        return _ask_anew(state, field, error)
    if value.value == state.fields[field.id].value:
        return _ask_anew(state, field, None)
    reply = Reply()
    if not turn.spoken:
        reply.say(f"好的，{field.label}改成{value.display}。")
    state.fields = {name: kept for name, kept in state.fields.items() if name != field.id}
    if turn.spoken and field.kind in ECHOED_KINDS:
        state.reading_back = {field.id: filled_from(value)}
        return _read_back(state, service, reply)
    state.fields = {**state.fields, field.id: filled_from(value)}
    return ask_next(service, state, reply)


def _ask_anew(state: State, field: FormField, error: ValueInvalid | None) -> Reply:
    """Which field is wrong is clear, what is right is not yet: asks for it; the old value goes."""
    state.fields = {name: kept for name, kept in state.fields.items() if name != field.id}
    state.skipped = [name for name in state.skipped if name != field.id]
    state.phase, state.asking = "collect", field.id
    given = error is not None and error.code not in ("correction_unclear", "value_not_understood")
    reply = Reply().say(error.citizen if error is not None and given else f"好的，重新填{field.label}。")
    reply.say("" if given else field.ask)
    reply.options.extend(Choice(label=option.label, value=option.label) for option in field.options)
    return reply


def go_back(service: Service, state: State) -> Reply:
    """One step back: the field filled last is asked again."""
    if state.reading_back:
        state.reading_back = {}
        return ask_next(service, state, Reply().say("好的，回到上一步。"))
    if state.phase == "commit" and state.agreed:
        state.agreed = state.agreed[:-1]
        return ask_commitment(service, state, Reply().say("好的，回到上一步。"))
    if not state.asked:
        return ask_next(service, state, Reply().say("已经是第一步了。"))
    last = state.asked[-1]
    state.asked = state.asked[:-1]
    state.fields = {name: kept for name, kept in state.fields.items() if name != last}
    return ask_next(service, state, Reply().say("好的，回到上一步。"))
