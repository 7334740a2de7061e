"""A conversation that was begun with an earlier version of the catalog.

Nothing that was given is lost without a word: what still fits stays, what does not is named and asked again,
and where the item itself is gone the citizen is told before anything else.
"""

from __future__ import annotations

from datetime import date

from actions.forms.fields import parse_field
from actions.questions import ask_next, open_fields
from actions.service import Service
from actions.state import Filled, State
from actions.turn import Reply, Turn
from catalog_index.schema import FormField, Item
from wenban.errors import ValueInvalid

_FORM = frozenset(("collect", "commit", "summary"))
_SEARCH = frozenset(("clarify", "choose", "confirm_item"))
_SUBJECT = "subject:"


def renew(service: Service, state: State, turn: Turn) -> Reply | None:
    """Brings the state to the catalog in use; the state is changed in place.

    Returns:
        None where the turn goes on as if nothing had happened; else what to tell, in place of an answer.
    """
    if state.catalog == service.catalog.version:
        return None
    begun_with, state.catalog = state.catalog, service.catalog.version
    state.excluded = [item_id for item_id in state.excluded if service.catalog.successor(item_id)]
    if begun_with is None and state.item_id is None and state.phase == "idle":
        return None
    if state.item_id is not None:
        item = service.catalog.successor(state.item_id)
        if item is None:
            return _end(service, state)
        state.item_id, state.subject_id = item.id, item.subject_id
        return _fit_form(service, state, turn, item) if state.draft_id else None
    return None if _search_stands(service, state) else _begin_anew(state)


def _end(service: Service, state: State) -> Reply:
    """The item is gone: its draft ends, and the citizen hears why."""
    lost = ""
    if state.draft_id:
        service.store.delete_draft(state.draft_id)
        lost = "，之前填的不能再用了"
    named = f"“{state.item_title}”" if state.item_title else "您之前要办的事项"
    was_human = state.phase == "human"
    state.forget_form()
    state.forget_search()
    state.item_title = None
    state.phase, state.human_from, state.back_to = ("human" if was_human else "idle"), "idle", "idle"
    return (
        Reply()
        .say(f"事项目录刚刚更新，{named}已经取消，或者并入了别的事项{lost}，抱歉。")
        .say("请再说说您要办什么事，我重新帮您找；也可以说“转人工”。")
        .offer("转人工")
    )


def _fit_form(service: Service, state: State, turn: Turn, item: Item) -> Reply | None:
    fields = {field.id: field for field in item.fields}
    kept = {
        name: filled
        for name, filled in state.fields.items()
        if name in fields and fits(fields[name], filled, turn.today)
    }
    again = [name for name in state.fields if name in fields and name not in kept]
    state.fields = kept
    state.reading_back = {
        name: filled
        for name, filled in state.reading_back.items()
        if name in fields and fits(fields[name], filled, turn.today)
    }
    state.doubts = {name: places for name, places in state.doubts.items() if name in state.reading_back}
    state.skipped = [name for name in state.skipped if name in fields and fields[name].optional]
    state.asked = [name for name in state.asked if name in kept or name in state.skipped]
    known = {facet.id: {value.id for value in facet.values}
             for facet in service.catalog.subject(item.subject_id).facets}  # fmt: skip
    state.answers = {name: value for name, value in state.answers.items() if value in known.get(name, ())}
    # A promise is given to a wording; whether that is still the same is not known here.
    promised, state.agreed = state.agreed, []
    gone = state.asking is not None and state.asking not in fields
    if gone:
        state.asking = None
    if state.phase not in _FORM:
        return None
    late = state.phase != "collect" and bool(open_fields(service, state) or promised)
    if not (again or gone or late):
        return None
    state.phase = "collect"
    reply = Reply().say("事项目录刚刚更新，您填的内容都还在。")
    if again:
        labels = "、".join(fields[name].label for name in again)
        reply = Reply().say(f"事项目录刚刚更新，{labels}的填法变了，要请您重新填；其他内容都还在。")
    return ask_next(service, state, reply)


def fits(field: FormField, filled: Filled, today: date) -> bool:
    """Whether a value given earlier is one that the field as it is now would take."""
    if field.kind == "choice":
        return filled.value in {option.value for option in field.options}
    if field.kind == "yes_no":
        return isinstance(filled.value, bool)
    for text in dict.fromkeys((filled.display, str(filled.value))):
        try:
            if parse_field(field, text, today=today).value == filled.value:
                return True
        except ValueInvalid:
            continue
    return False


def _search_stands(service: Service, state: State) -> bool:
    """Whether what the citizen was asked while looking for an item can still be answered."""
    if state.phase not in _SEARCH and state.human_from not in _SEARCH and state.back_to not in _SEARCH:
        return True
    subjects = {subject.id: subject for subject in service.catalog.subjects}
    if state.subject_id is not None:
        subject = subjects.get(state.subject_id)
        if subject is None:
            return False
        facets = {facet.id: {value.id for value in facet.values} for facet in subject.facets}
        state.answers = {
            name: value for name, value in state.answers.items() if value in facets.get(name, ())
        }
        if state.facet_id is not None:
            return {option.value for option in state.options} <= facets.get(state.facet_id, set())
    return all(
        option.value.removeprefix(_SUBJECT) in subjects
        if option.value.startswith(_SUBJECT)
        else service.catalog.successor(option.value) is not None
        for option in (state.options if state.phase == "choose" else ())
    )


def _begin_anew(state: State) -> Reply:
    state.forget_search()
    state.phase = state.human_from = state.back_to = "idle"
    return Reply().say("事项目录刚刚更新，请再说一遍您要办什么事。")
