"""Another need in the middle of a form: noticed, offered, and never acted on without a yes."""

from __future__ import annotations

import re

from actions import questions, search
from actions.service import Service
from actions.state import State
from actions.turn import Reply, Turn, yes_or_no
from catalog_index.engine import SearchResult
from catalog_index.errors import QueryInvalid

CHANGE, STAY = "改办", "接着填"
# What a change of mind begins with; what follows is the need.
_WANTS = re.compile(
    r"^(?:(?:哎呀?|等一下|等等|等下|算了|不对|不是|那|那个)[，,、\s]*)*"
    r"(?:我)?(?:现在)?(?:还是|还|想|要|先|改|换|去|得)+(?:办|补|领|申请|给|开|换|查|交|报|注销|变更)?"
)


def offer_detour(service: Service, state: State, turn: Turn) -> Reply | None:
    """Asks whether to change over where the words are no answer but surely another need; else None."""
    said = turn.text.strip()
    wants = _WANTS.match(said)
    need = said[wants.end() :] if wants else ""
    if not need and turn.act != "ask_service":
        return None
    other = _other(service, state, said)
    if other is None:
        return None
    state.other_need = said
    here = questions.current_item(service, state).title
    return Reply().say(f"您正在办“{here}”，填的内容都存着。要改办“{other}”吗？").offer(CHANGE, STAY)


def take_detour(service: Service, state: State, turn: Turn) -> Reply | None:
    """The answer to the offer; None where the words are neither yes nor no, but an answer to the form."""
    need, state.other_need = state.other_need, None
    said = turn.text.strip(" 。，！")
    agreed = True if said == CHANGE else False if said == STAY else yes_or_no(turn)
    if need is None or agreed is None:
        return None
    if agreed:
        return search.describe_need(service, state, need)
    return questions.ask_next(service, state, Reply().say("好的，接着填。"))


def _other(service: Service, state: State, said: str) -> str | None:
    """What else the words ask for, if the search is sure of it."""
    try:
        found: SearchResult = service.engine.search(said)
    except QueryInvalid:
        return None
    if found.decision not in ("item", "clarify") or not found.results:
        return None
    item = service.catalog.item(found.results[0].id)
    if found.decision == "item" and found.results[0].probability < search.SURE:
        return None
    if item.id == state.item_id:
        return None
    return item.title if found.decision == "item" else service.catalog.subject(item.subject_id).title
