"""What the form asks: the next field, a read-back, a commitment, the summary."""

from __future__ import annotations

from actions.acts import asks_in_english, is_question
from actions.forms.describe import answer, topic_of
from actions.forms.fields import applicable, foreseeable, known_values
from actions.service import Service
from actions.state import Choice, Filled, State
from actions.turn import Reply, Turn
from catalog_index.conditions import holds
from catalog_index.schema import Commitment, FormField, Item

SKIP = "跳过"
# Kinds in which one wrong sign makes another person's number: repeated to the citizen at once. The rest is
# heard again in the summary, so that a form does not take two turns a question.
ECHOED_KINDS = frozenset(("phone", "resident_id", "uscc", "plate"))
# Kinds whose check digit proves a repair only in ten cases of eleven, with the groups in which they are said:
# first and last place, and what a clerk calls them.
PROVED_GROUPS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "resident_id": ((1, 6, "前六位"), (7, 14, "出生年月日那八位"), (15, 18, "后四位")),
    "uscc": ((1, 6, "前六位"), (7, 12, "中间六位"), (13, 18, "后六位")),
}


def current_item(service: Service, state: State) -> Item:
    """The item whose form is being filled."""
    return service.catalog.item(state.item_id or "")


def all_fields(service: Service, state: State) -> list[FormField]:
    """The fields that this application has, as far as is known now."""
    item = current_item(service, state)
    return applicable(item, known_values(item, state.answers, state.fields))


def filled_fields(service: Service, state: State) -> list[FormField]:
    """Those of them that are filled."""
    return [field for field in all_fields(service, state) if field.id in state.fields]


def open_fields(service: Service, state: State) -> list[FormField]:
    """Those of them that are neither filled nor left out, in order."""
    return [
        field
        for field in all_fields(service, state)
        if field.id not in state.fields and field.id not in state.skipped
    ]


def fields_to_come(service: Service, state: State) -> list[FormField]:
    """The open fields, then those that may yet apply: what is told early must not be asked again."""
    now = open_fields(service, state)
    ground = known_values(current_item(service, state), state.answers, state.fields)
    later = [
        field
        for field in foreseeable(current_item(service, state), ground)
        if field not in now and field.id not in state.fields and field.id not in state.skipped
    ]
    return [*now, *later]


def known(service: Service, state: State) -> dict[str, object]:
    """The ground on which conditions of materials and commitments are decided.

    A field that does not apply any more (the answer above it was corrected) decides nothing.
    """
    fields = {field.id: state.fields[field.id] for field in filled_fields(service, state)}
    return known_values(current_item(service, state), state.answers, fields)


def applying_commitments(service: Service, state: State) -> list[Commitment]:
    """The commitments of this application, in order."""
    ground = known(service, state)
    return [one for one in current_item(service, state).commitments if holds(one.when, ground)]


def offer_options(field: FormField, reply: Reply) -> Reply:
    """The answers that a field knows, as buttons."""
    reply.options.extend(Choice(label=option.label, value=option.label) for option in field.options)
    if field.kind == "yes_no":
        reply.offer("是", "不是")
    if field.optional:
        reply.offer(SKIP)
    return reply


def expected(service: Service, state: State) -> dict[str, object] | None:
    """The kind of answer that the form waits for, told to the recognizer; None where anything may be said."""
    if state.phase != "collect":
        return None
    if state.reading_back:
        return _part_expected(service, state)
    field = next((field for field in open_fields(service, state) if field.id == state.asking), None)
    if field is None:
        return None
    return {"kind": field.kind, "options": [say for one in field.options for say in (one.label, *one.says)]}


def _part_expected(service: Service, state: State) -> dict[str, object] | None:
    """What is said again of a doubtful number: all of it, or some of its digits."""
    field = doubtful_field(service, state)
    if field is None:
        return None
    if doubted_group(field, state.doubts[field.id])[:2] == (1, PROVED_GROUPS[field.kind][-1][1]):
        return {"kind": field.kind, "options": []}
    return {"kind": "digits", "options": []} if field.kind == "resident_id" else None


def ask_next(service: Service, state: State, reply: Reply) -> Reply:
    """Asks for what is missing; moves on to commitments and summary when nothing is."""
    if state.reading_back:
        return read_back(service, state, reply)
    fields = open_fields(service, state)
    if fields:
        # What was being asked stays asked, until it is answered.
        field = next((one for one in fields if one.id == state.asking), fields[0])
        state.phase, state.asking = "collect", field.id
        return offer_options(field, reply.say(field.ask))
    state.asking = None
    return ask_commitment(service, state, reply)


def ask_commitment(service: Service, state: State, reply: Reply) -> Reply:
    """Reads out the next commitment that applies; after the last one, the summary."""
    for commitment in applying_commitments(service, state):
        if commitment.id not in state.agreed:
            state.phase = "commit"
            text = f"{commitment.title}：{commitment.text.rstrip('。')}。"
            return reply.say(text, "您同意吗？").offer("同意", "不同意")
    return summarise(service, state, reply)


def _said_short(field: FormField, filled: Filled) -> str:
    # Long numbers were read out one by one already; their end tells whether it is the right one.
    if field.kind in ECHOED_KINDS and field.kind != "plate" and filled.read_back:
        return f"尾号{filled.read_back.replace('，', '')[-4:]}"
    return filled.display


def summarise(service: Service, state: State, reply: Reply) -> Reply:
    """All details once more, to be confirmed once: a list to read, or a short sentence to hear."""
    state.phase = "summary"
    item = current_item(service, state)
    fields = filled_fields(service, state)
    if state.spoken:
        said = "；".join(f"{field.label}：{_said_short(field, state.fields[field.id])}" for field in fields)
        reply.say(f"请核对“{item.title}”的内容。{said}。", "都对就说“提交”，哪里不对请直接说。")
    else:
        lines = [f"请核对“{item.title}”的内容："]
        lines += [f"{field.label}：{state.fields[field.id].display}" for field in fields]
        reply.say("\n".join(lines), "都对的话请说“提交”；哪里不对就直接说，比如“手机号错了”。")
    return reply.offer("提交", "要修改")


def doubtful_field(service: Service, state: State) -> FormField | None:
    """The first number read back of which a part is to be said again."""
    name = next((name for name in state.reading_back if name in state.doubts), None)
    return next((field for field in current_item(service, state).fields if field.id == name), None)


def doubted_group(field: FormField, places: list[int]) -> tuple[int, int, str]:
    """The group of a number in which all changed places lie; all of it where they lie in several.

    Without places, its last group: something of the number is to be said twice in any case.
    """
    groups = PROVED_GROUPS[field.kind]
    if len({group for group in groups for at in places if group[0] <= at <= group[1]}) > 1:
        return (1, groups[-1][1], "整个号码")
    return next(
        (group for group in groups if places and all(group[0] <= at <= group[1] for at in places)), groups[-1]
    )


def read_back(service: Service, state: State, reply: Reply) -> Reply:
    """Says again what was heard and waits for a yes; for a doubtful number, for a part of it again."""
    if (field := doubtful_field(service, state)) is not None:
        filled = state.reading_back[field.id]
        _, _, called = doubted_group(field, state.doubts[field.id])
        return reply.say(
            f"{field.label}我听到的是{filled.read_back}，有一位没听准。", f"请把{called}再说一遍。"
        ).offer("不对")
    fields = {field.id: field for field in current_item(service, state).fields}
    parts = [
        f"{fields[name].label}{filled.read_back or filled.display}"
        for name, filled in state.reading_back.items()
    ]
    return reply.say(f"跟您核对一下：{'；'.join(parts)}。对吗？").offer("对", "不对")


def repeat_question(service: Service, state: State, reply: Reply) -> Reply:
    """Asks again what was open before an interruption."""
    if state.phase == "summary" and not state.reading_back:
        return summarise(service, state, reply)
    return ask_next(service, state, reply)


def asks_about_item(turn: Turn, *, free: bool) -> bool:
    """Whether the message asks something about the item rather than answering the form."""
    if not is_question(turn.text) or topic_of(turn.text) is None:
        return False
    # A typed kind's parser decides about the rest; where any words pass, the classifier must agree.
    return turn.act == "ask_item" or not free or asks_in_english(turn.text)


def answer_in_between(service: Service, state: State, turn: Turn) -> Reply:
    """Answers a question about the item; the form goes on where it was."""
    item = current_item(service, state)
    reply = Reply().say(answer(item, topic_of(turn.text), known(service, state)))
    return repeat_question(service, state, reply)
