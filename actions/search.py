"""From a need to one confirmed item: search, clarify, choose, confirm."""

from __future__ import annotations

from collections.abc import Sequence

from actions.acts import is_angry, is_question
from actions.applications.outcomes import Outcome, OutcomeKind
from actions.clauses import telling_clause, without_details
from actions.forms.describe import TOPIC_LABELS, answer, is_bare_question, topic_of
from actions.forms.fields import known_values
from actions.learning.redact import redact
from actions.meantime import UNSURE, UNSURE_ITEM, answer_for_all, is_unsure
from actions.picking import NONE_OF_THESE, denies_all, picked, words_after_no
from actions.service import Service
from actions.state import Choice, State
from actions.turn import Reply, Turn, yes_or_no
from catalog_index.clarify import read_answer, read_facets
from catalog_index.engine import SearchResult
from catalog_index.errors import QueryInvalid
from catalog_index.schema import Facet, Item

YES, NO = "是，就办这个", "不是"
HUMAN = "转人工"
_SUBJECT = "subject:"
# After so many answers that were not understood, a person is offered first.
PATIENCE = 2
SURE = 0.5  # a new need counts as one, in the middle of another, only where the search is this sure of it
# So likely, a whole story points to what one clause of it may settle.
_LIKELY = 0.15
# Longer messages tell a need of their own rather than which of the things offered is meant.
_FEW = 8


def note_outcome(state: State, reply: Reply, kind: OutcomeKind, item_id: str | None = None) -> Reply:
    """Notes what became of the search, to learn from; nothing where the need does not bear to be kept."""
    need = redact(state.query) if state.query else None
    if need is not None:
        reply.outcomes.append(Outcome(kind, need, item_id, asked=state.asked_facet))
    return reply


def hear_need(service: Service, state: State, turn: Turn) -> Reply:
    """A message while nothing is open: a need, or a question that lacks one."""
    if is_question(turn.text) and is_bare_question(turn.text):
        state.phase = "idle"
        return Reply().say("请先说说您要办什么事，再告诉您材料、时间和费用。")
    topic = topic_of(turn.text) if turn.act == "ask_item" else None
    return describe_need(service, state, turn.text, turn.alternatives, topic)


def describe_need(
    service: Service,
    state: State,
    need: str,
    hypotheses: Sequence[tuple[str, float]] = (),
    topic: str | None = None,
) -> Reply:
    """Searches for what the citizen told, from the beginning."""
    state.forget_search()
    state.paused_draft = state.draft_id or state.paused_draft
    state.forget_form()
    state.topic, state.query, state.hypotheses = topic, need, list(hypotheses)
    return _search(service, state, Reply())


def _add_words(state: State, words: str) -> None:
    """More about the same need; whatever was heard of it before, these words came after it."""
    state.query = f"{state.query}，{words}"
    state.hypotheses = [(f"{text}，{words}", confidence) for text, confidence in state.hypotheses]


def _search(service: Service, state: State, reply: Reply, within: str | None = None) -> Reply:
    try:
        result = service.engine.search(
            state.query,
            alternatives=state.hypotheses,
            answers=state.answers,
            within_subject=within,
            exclude=state.excluded,
        )
    except QueryInvalid as error:
        state.phase = "idle"
        return reply.say(error.citizen)
    if result.decision == "none" and within is None:
        likely = {one.id for one in result.results[:1] if one.probability >= _LIKELY}
        if clause := telling_clause(service, state.query, likely) or without_details(state.query):
            result = service.engine.search(clause, answers=state.answers, exclude=state.excluded)
    return _apply(service, state, result, reply)


def _apply(service: Service, state: State, result: SearchResult, reply: Reply) -> Reply:
    state.answers |= result.answers
    state.options = [Choice(label=option.label, value=option.value) for option in result.options]
    state.misses = 0
    if result.decision == "item":
        return _propose(state, service.catalog.item(result.results[0].id), reply)
    if result.decision == "clarify":
        fresh = state.subject_id != result.subject_id
        state.phase, state.subject_id, state.facet_id = "clarify", result.subject_id, result.facet_id
        if fresh and result.subject_id:
            reply.say(f"您要办的是{service.catalog.subject(result.subject_id).title}，我再问一句。")
        return _ask_options(reply.say(result.question or ""), state)
    if result.decision == "choose":
        state.phase = "choose"
        return _ask_options(reply.say(result.question or "您要办的是下面哪一件？"), state)
    state.phase = "idle"
    if result.question:
        return reply.say(result.question).offer(HUMAN)
    note_outcome(state, reply, "not_found")
    if is_angry(state.query):
        reply.say("对不起，让您着急了。")
    state.forget_search()
    return reply.say("没有找到对应的事项。请换个说法，说说您遇到了什么事；也可以说“转人工”。").offer(HUMAN)


def _ask_options(reply: Reply, state: State) -> Reply:
    reply.options.extend(state.options)
    return reply.offer(NONE_OF_THESE)


def _propose(state: State, item: Item, reply: Reply) -> Reply:
    state.phase, state.item_id, state.subject_id = "confirm_item", item.id, item.subject_id
    known = known_values(item, state.answers, {})
    if state.topic:
        reply.say(f"{item.title}：{answer(item, state.topic, known)}", "现在就为您办理吗？")
        state.topic = None
    else:
        reply.say(f"您是要办“{item.title}”吗？")
    reply.options.extend((Choice(label=YES, value="是"), Choice(label=NO, value="不是")))
    return reply.offer(*TOPIC_LABELS[:1])


def take_item_answer(service: Service, state: State, turn: Turn) -> tuple[Reply, bool]:
    """The answer to "您是要办…吗？"; the flag says that the item is confirmed and its form may start."""
    item = service.catalog.item(state.item_id or "")
    if is_unsure(turn.text):
        return _reassure(service, state), False
    answered = yes_or_no(turn)
    if answered is True:
        return note_outcome(state, Reply(), "confirmed", item.id), True
    if (told := _told_kind(service, state, turn, item)) is not None:
        return told, False
    if turn.act == "ask_item" or (is_question(turn.text) and topic_of(turn.text)):
        topic = topic_of(turn.text)
        known = known_values(item, state.answers, {})
        reply = Reply().say(answer(item, topic, known), f"要办“{item.title}”吗？")
        reply.options.extend((Choice(label=YES, value="是"), Choice(label=NO, value="不是")))
        return reply, False
    if answered is False:
        reply = note_outcome(state, Reply(), "rejected", item.id)
        state.excluded = [*state.excluded, item.id]
        state.item_id = None
        more = words_after_no(turn.text)
        if more:
            _add_words(state, more)
            state.answers = {}
        elif len(state.excluded) > PATIENCE:
            state.forget_search()
            state.phase = "idle"
            return reply.say("抱歉没有找对。请换个说法，说说您遇到了什么事，或者说“转人工”。").offer(
                HUMAN
            ), False
        return _search(service, state, reply.say("好的，那我再找找。")), False
    return _new_need(service, state, turn), False


def _told_kind(service: Service, state: State, turn: Turn, item: Item) -> Reply | None:
    """A few words that say which kind it is ("小汽车"): the item proposed, or its sibling that they fit."""
    if len(turn.text) > _FEW:
        return None
    said = read_facets(service.catalog.subject(item.subject_id), turn.text)
    if not said:
        return None
    if all(value in item.when[name] for name, value in said.items() if name in item.when):
        return repeat_question(service, state, Reply().say("对，就是这一种。"))
    state.answers |= said
    _add_words(state, turn.text)
    state.item_id = None
    return _search(service, state, Reply(), within=item.subject_id)


def _give_up_list(state: State) -> Reply:
    reply = note_outcome(state, Reply(), "none_fit")
    state.forget_search()
    state.phase = "idle"
    return reply.say("好的，都不是。请换个说法，说说您遇到了什么事，我再找；也可以说“转人工”。").offer(HUMAN)


def _facet(service: Service, state: State) -> Facet | None:
    subject = service.catalog.subject(state.subject_id or "")
    return next((facet for facet in subject.facets if facet.id == state.facet_id), None)


def take_clarification(service: Service, state: State, turn: Turn) -> Reply:
    """The answer to a facet's question: an option, its words, or more about the need."""
    facet = _facet(service, state)
    value = None
    if facet is not None:
        read = read_answer(facet, turn.text)
        value = read if read is not None else picked(state, turn)
    if facet is not None and value is not None:
        state.answers[facet.id] = value
        state.asked_facet = True
        return _search(service, state, Reply(), within=state.subject_id)
    if is_unsure(turn.text):
        return _reassure(service, state)
    if denies_all(turn):
        return _give_up_list(state)
    if is_bare_question(turn.text) and (turn.act == "ask_item" or is_question(turn.text)):
        return repeat_question(service, state, Reply().say(answer_for_all(service, state, turn.text)))
    if turn.act == "ask_item":
        return _repeat(service, state, "先弄清您办的是哪一种，再告诉您详细要求。")
    if len(turn.text) >= 6 or turn.act == "ask_service":
        before = dict(state.answers)
        told = service.engine.search(
            turn.text, alternatives=turn.alternatives, answers=before, within_subject=state.subject_id
        )
        if told.answers != before:
            # It answered another facet than the one asked: as good.
            _add_words(state, turn.text)
            return _apply(service, state, told, Reply())
        return _new_need(service, state, turn)
    return _repeat(service, state, "没有听懂您的回答。")


def take_choice(service: Service, state: State, turn: Turn) -> tuple[Reply, bool]:
    """A pick from a list of items and subjects; the flag says that an item was picked outright."""
    value = picked(state, turn)
    if value is not None and value.startswith(_SUBJECT):
        return _search(service, state, Reply(), within=value.removeprefix(_SUBJECT)), False
    if value is not None:
        item = service.catalog.item(value)
        state.item_id, state.subject_id = item.id, item.subject_id
        return note_outcome(state, Reply(), "confirmed", item.id), True
    if is_unsure(turn.text):
        return _reassure(service, state), False
    if denies_all(turn):
        return _give_up_list(state), False
    short = len(turn.text) <= _FEW and topic_of(turn.text) is not None
    if is_question(turn.text) and (short or is_bare_question(turn.text)):
        return _repeat(service, state, "先选一件，再告诉您详细要求。"), False
    if (found := _option_meant(service, state, turn)) is not None:
        return found, False
    if len(turn.text) >= 4:
        return _new_need(service, state, turn), False
    return _repeat(service, state, "没有听懂您选的是哪一个。"), False


def _option_meant(service: Service, state: State, turn: Turn) -> Reply | None:
    """The option that the search finds for words which name none ("个体户")."""
    if len(turn.text) > _FEW:
        return None
    try:
        found = service.engine.search(turn.text, alternatives=turn.alternatives)
    except QueryInvalid:
        return None
    offered = {option.value for option in state.options}
    if found.decision == "none" or not found.results:
        return None
    item = service.catalog.item(found.results[0].id)
    if item.id in offered:
        return _propose(state, item, Reply())
    if f"{_SUBJECT}{item.subject_id}" in offered:
        return _search(service, state, Reply(), within=item.subject_id)
    return None


def _new_need(service: Service, state: State, turn: Turn) -> Reply:
    """The words are neither yes nor no nor an option: more about this need, or another one."""
    alone = service.engine.search(turn.text, alternatives=turn.alternatives)
    more = f"{state.query}，{turn.text}"
    if state.subject_id is not None and state.query:
        # "一块丢了" after "车牌丢了" goes on telling; "我想开个面馆" does not. What is likeliest says which.
        joined = service.engine.search(more, answers=state.answers, exclude=state.excluded)
        same = joined.results and service.catalog.item(joined.results[0].id).subject_id == state.subject_id
        sure = alone.decision != "none" and alone.results and alone.results[0].probability >= SURE
        about = service.catalog.item(alone.results[0].id).subject_id if alone.results else None
        if same and (about == state.subject_id or (alone.decision == "none" and _adds(service, state, turn))):
            _add_words(state, turn.text)
            return _search(service, state, Reply(), within=state.subject_id)
        if alone.decision == "none" or (same and not sure):
            return _repeat(service, state, "没有听懂您的意思。")
    if alone.decision != "none":
        return hear_need(service, state, turn)
    return _repeat(service, state, "没有听懂您的意思。")


def _adds(service: Service, state: State, turn: Turn) -> bool:
    """Whether the words answer a facet of the subject in question that was not answered before."""
    read = read_facets(service.catalog.subject(state.subject_id or ""), turn.text)
    return any(name not in state.answers for name in read)


def _reassure(service: Service, state: State) -> Reply:
    said = UNSURE_ITEM if state.phase == "confirm_item" else UNSURE
    return repeat_question(service, state, Reply().say(said)).offer(HUMAN)


def _repeat(service: Service, state: State, why: str) -> Reply:
    state.misses += 1
    reply = Reply().say(why)
    if state.misses >= PATIENCE:
        reply.say("您也可以说“转人工”。")
    return repeat_question(service, state, reply)


def repeat_question(service: Service, state: State, reply: Reply) -> Reply:
    """Asks again what was asked before the interruption, while an item is being looked for."""
    if state.phase == "clarify":
        facet = _facet(service, state)
        return _ask_options(reply.say(facet.ask if facet else "请选一个："), state)
    if state.phase == "choose":
        return _ask_options(reply.say("您说的是下面哪一件事？"), state)
    if state.phase == "confirm_item":
        item = service.catalog.item(state.item_id or "")
        reply.say(f"您是要办“{item.title}”吗？")
        reply.options.extend((Choice(label=YES, value="是"), Choice(label=NO, value="不是")))
        return reply
    return reply.say("请说说您要办什么事。")
