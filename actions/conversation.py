"""The conversation: takes a turn and the state, answers, and saves before anything is said.

Each dialogue act has a method; what it does depends on the phase. Every turn ends in one save of the state,
with an optimistic version; a turn that is repeated (the gateway retries) gets the saved answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from actions import collect, mending, questions, search, submit, track
from actions.acts import settle_act, takes_back
from actions.applications.errors import DraftNotFound, HandoverNotFound, TooManyAttempts
from actions.applications.store import Handover
from actions.applications.values import Draft
from actions.service import Service
from actions.state import Filled, Phase, State
from actions.turn import Reply, Turn
from wenban.logs import facts

log = logging.getLogger(__name__)

_FORM_PHASES: frozenset[Phase] = frozenset(("collect", "commit", "summary"))
_SEARCH_PHASES: frozenset[Phase] = frozenset(("clarify", "choose", "confirm_item"))
_RESUME_CODE_DIGITS = 8
_COURTESIES = {"greet": "您好。", "thank": "不客气。"}
MAX_CHARACTERS = 500
GREETING = "您好，我是问办。请说说您要办什么事，比如“车牌丢了”“想把户口迁过来”。"


class Conversation:
    """All conversations of a process; state lives in the store, so any process can take any turn.

    Args:
        service: catalog, search, store.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._controls: dict[str, Callable[[State, Turn], Reply]] = {
            "human": self._human,
            "start_over": self._start_over,
            "stop": self._stop,
            "go_back": self._go_back,
            "resume": self._resume,
            "track": self._track,
        }

    def take(self, session: str, turn: Turn) -> list[dict[str, Any]]:
        """One turn: the messages to send, the last one with a `custom` part.

        Raises:
            StaleSession: another turn of the session came in between; retryable.
            StorageError: nothing was saved; retryable.
        """
        saved = self._service.store.load_session(session)
        state = State.model_validate(saved.data) if saved else State()
        if turn.turn_id and state.turn_id == turn.turn_id and state.reply is not None:
            return [*state.reply["messages"]]
        state.spoken = turn.spoken
        state.note("citizen", turn.text[:MAX_CHARACTERS])
        reply = self._answer(state, turn)
        for text in reply.texts:
            state.note("assistant", text)
        self._save_draft(state)
        self._update_handover(state, turn)
        messages = self._messages(state, reply)
        state.turn_id, state.reply = turn.turn_id, {"messages": messages}
        self._service.store.save_session(
            session, state.model_dump(mode="json"), expected_version=saved.version if saved else None
        )
        log.info("turn", extra=facts(act=turn.act, phase=state.phase, item=state.item_id, spoken=turn.spoken))
        return messages

    def _answer(self, state: State, turn: Turn) -> Reply:
        text = turn.text.strip()
        if not any(sign.isalnum() for sign in text):
            return self._again(state, Reply().say("没有看到文字内容，请说一句话，或者打字告诉我。"))
        if len(text) > MAX_CHARACTERS:
            return self._again(state, Reply().say("您说的太长了，请用一两句话告诉我。"))
        act = settle_act(turn.act, text)
        turn = Turn(**{**turn.__dict__, "act": act, "text": text})
        if state.phase != "idle" and settle_act("inform", text) in _COURTESIES:
            return self._again(state, Reply().say(_COURTESIES[settle_act("inform", text)]))
        control = self._controls.get(act)
        if control is not None and (act == "human" or not self._is_field_text(state, turn)):
            return control(state, turn)
        if state.phase in _FORM_PHASES:
            return self._form_turn(state, turn)
        if state.phase == "confirm_item":
            reply, confirmed = search.take_item_answer(self._service, state, turn)
            return collect.start_form(self._service, state, turn) if confirmed else reply
        if state.phase == "choose":
            reply, picked = search.take_choice(self._service, state, turn)
            return collect.start_form(self._service, state, turn) if picked else reply
        if state.phase == "clarify":
            return search.take_clarification(self._service, state, turn)
        if state.phase in ("track", "resume") and act == "ask_service" and len(track.digits_of(text)) < 4:
            # Not a number but another need: nobody is held here.
            return search.describe_need(self._service, state, turn)
        if state.phase == "track":
            return self._then_again(state, track.take_tracking_answer(self._service, state, turn))
        if state.phase == "resume":
            return self._take_resume_code(state, turn)
        if state.phase == "human":
            return Reply().say("已经转告工作人员，请稍等。要自己接着办，请说“继续办理”。").offer("继续办理")
        return self._idle_turn(state, turn)

    def _is_field_text(self, state: State, turn: Turn) -> bool:
        """In the form, the classifier's word alone must not throw an answer away.

        Only unmistakable whole phrases act as controls there; "义乌市停止线广告有限公司" is an answer.
        """
        if state.phase not in _FORM_PHASES:
            return False
        return settle_act("inform", turn.text) == "inform"

    def _form_turn(self, state: State, turn: Turn) -> Reply:
        if state.phase == "commit":
            return submit.take_commitment_answer(self._service, state, turn)
        if state.phase == "summary":
            return submit.take_summary_answer(self._service, state, turn)
        return collect.take_answer(self._service, state, turn)

    def _idle_turn(self, state: State, turn: Turn) -> Reply:
        if turn.act == "greet":
            return Reply().say(GREETING)
        if turn.act == "thank":
            return Reply().say("不客气，随时找我。")
        if turn.act in ("affirm", "deny", "pick") and len(turn.text) <= 4:
            return Reply().say(GREETING)
        if state.phase == "submitted" and (turn.act == "correct" or takes_back(turn.text)):
            return Reply().say("申请已经提交，要改内容请说“转人工”，工作人员会帮您处理。").offer("转人工")
        return search.describe_need(self._service, state, turn)

    def _again(self, state: State, reply: Reply) -> Reply:
        """Asks again what was open."""
        if state.phase in _FORM_PHASES:
            return questions.repeat_question(self._service, state, reply)
        if state.phase in _SEARCH_PHASES:
            return search.repeat_question(self._service, state, reply)
        if state.phase == "track":
            return track.ask_tracking(state, reply)
        if state.phase == "resume":
            return _ask_resume_code(state, reply)
        return reply

    def _then_again(self, state: State, reply: Reply) -> Reply:
        """What was open before the progress was asked for goes on after the answer."""
        return self._again(state, reply) if state.phase in _FORM_PHASES | _SEARCH_PHASES else reply

    def _track(self, state: State, turn: Turn) -> Reply:
        return self._then_again(state, track.begin_tracking(self._service, state, turn))

    def _human(self, state: State, _: Turn) -> Reply:
        if state.phase != "human":
            state.human_from = state.phase
        state.phase = "human"
        if state.handover_id is None or self._was_taken_care_of(state.handover_id):
            state.handover_id = uuid4().hex
        phone = self._city_phone(state)
        return (
            Reply()
            .say("好的，已为您转人工。您刚才说的和填的内容工作人员都能看到，请稍等。")
            .say(f"着急的话可以打{phone}。要自己接着办，请说“继续办理”。")
            .offer("继续办理")
        )

    def _was_taken_care_of(self, handover_id: str) -> bool:
        try:
            return self._service.store.handover(handover_id).closed_at is not None
        except HandoverNotFound:
            return True

    def _city_phone(self, state: State) -> str:
        if state.item_id:
            return self._service.catalog.item(state.item_id).department.phone
        return "12345"

    def _start_over(self, state: State, _: Turn) -> Reply:
        if state.draft_id:
            self._service.store.delete_draft(state.draft_id)
        state.reset()
        return Reply().say("好的，重新开始。请说说您要办什么事。")

    def _stop(self, state: State, _: Turn) -> Reply:
        if state.phase in ("track", "resume"):
            return self._leave(state, Reply().say("好的。"))
        if state.phase == "human":
            state.phase = state.human_from
        if state.phase in _FORM_PHASES and state.draft_id:
            state.phase = "idle"
            reply = Reply().say("好的，先停在这里，您填的内容已经存好。说“继续办理”就能接着填。")
            if self._phone(state) and state.resume_code:
                code = f"{state.resume_code[:4]} {state.resume_code[4:]}"
                reply.say(f"换一台设备接着办，要用续办码 {code} 和手机号后四位。")
            return reply.offer("继续办理")
        if not state.draft_id:
            state.reset()
        return Reply().say("好的，先到这里。需要的时候再找我。")

    def _leave(self, state: State, reply: Reply) -> Reply:
        """Out of tracking or resuming, back to where it was asked for."""
        state.phase, state.wanted_code = state.back_to, None
        if state.phase in _FORM_PHASES | _SEARCH_PHASES:
            return self._again(state, reply)
        return reply.say("请说说您要办什么事。")

    def _go_back(self, state: State, turn: Turn) -> Reply:
        if state.phase in _FORM_PHASES:
            return mending.go_back(self._service, state)
        if state.phase == "human":
            return self._resume(state, turn)
        if state.phase in ("track", "resume"):
            return self._leave(state, Reply().say("好的。"))
        if state.phase == "clarify" and state.answers:
            state.answers = dict(list(state.answers.items())[:-1])
            return search.repeat_question(self._service, state, Reply().say("好的。"))
        state.reset()
        return Reply().say("好的，回到开头。请说说您要办什么事。")

    def _resume(self, state: State, _: Turn) -> Reply:
        was_human = state.phase == "human"
        if was_human:
            state.phase = state.human_from
        if state.phase in _FORM_PHASES | _SEARCH_PHASES or (was_human and state.phase in ("track", "resume")):
            return self._again(state, Reply().say("好的，接着来。"))
        if state.draft_id:
            state.phase = "collect"
            return self._again(state, Reply().say("好的，接着办。"))
        if state.paused_draft:
            try:
                draft = self._service.store.load_draft(state.paused_draft)
            except DraftNotFound:
                state.paused_draft = None
            else:
                return self._take_up(state, draft)
        if was_human:
            return Reply().say("好的。还要办什么事，请说。")
        if state.phase != "resume":
            state.back_to = state.phase
        state.phase, state.wanted_code = "resume", None
        return _ask_resume_code(state, Reply())

    def _take_resume_code(self, state: State, turn: Turn) -> Reply:
        given = track.digits_of(turn.text)
        if state.wanted_code is None:
            if len(given) < _RESUME_CODE_DIGITS:
                return (
                    Reply().say("续办码是八位数字，请再说一遍；没有的话可以说“重新开始”。").offer("重新开始")
                )
            state.wanted_code, given = given[:_RESUME_CODE_DIGITS], given[_RESUME_CODE_DIGITS:]
        if len(given) < 4:
            return _ask_resume_code(state, Reply())
        code, state.wanted_code = state.wanted_code, None
        store = self._service.store
        try:
            store.count_attempt(code, turn.now)
            draft = store.resume_draft(code, given[-4:])
        except (DraftNotFound, TooManyAttempts) as error:
            return Reply().say(error.citizen).offer("重新开始", "转人工")
        store.clear_attempts(code)
        return self._take_up(state, draft)

    def _take_up(self, state: State, draft: Draft) -> Reply:
        _restore(state, draft)
        title = self._service.catalog.item(draft.item_id).title
        return questions.ask_next(self._service, state, Reply().say(f"找到了，接着办“{title}”。"))

    def _phone(self, state: State) -> str:
        if not state.item_id:
            return ""
        item = self._service.catalog.item(state.item_id)
        phones = [field.id for field in item.fields if field.kind == "phone" and field.id in state.fields]
        return str(state.fields[phones[0]].value) if phones else ""

    def _save_draft(self, state: State) -> None:
        if not state.draft_id or not state.item_id or not state.resume_code:
            return
        self._service.store.save_draft(
            Draft(
                id=state.draft_id,
                item_id=state.item_id,
                resume_code=state.resume_code,
                fields={name: filled.model_dump(mode="json") for name, filled in state.fields.items()},
                commitments=state.agreed,
                phone=self._phone(state),
                extra={"answers": state.answers, "skipped": state.skipped, "asked": state.asked},
            )
        )

    def _update_handover(self, state: State, turn: Turn) -> None:
        if state.phase != "human" or state.handover_id is None:
            return
        item = self._service.catalog.item(state.item_id) if state.item_id else None
        self._service.store.save_handover(
            Handover(
                id=state.handover_id,
                item_id=state.item_id,
                department=item.department.name if item else None,
                opened_at=turn.now,
                closed_at=None,
                transcript=state.transcript,
                fields=self._labelled(state),
                phone=self._phone(state),
            )
        )

    def _labelled(self, state: State) -> dict[str, str]:
        """What was filled in, under the names that a clerk knows."""
        if not state.item_id or not state.fields:
            return {}
        filled = questions.filled_fields(self._service, state)
        return {field.label: state.fields[field.id].display for field in filled}

    def _messages(self, state: State, reply: Reply) -> list[dict[str, Any]]:
        item = self._service.catalog.item(state.item_id) if state.item_id else None
        fields, progress = [], None
        if item is not None and (state.phase in _FORM_PHASES or state.fields):
            wanted = questions.all_fields(self._service, state)
            fields = [
                {
                    "name": field.id,
                    "label": field.label,
                    **state.fields[field.id].model_dump(exclude={"read_back"}),
                }
                for field in wanted
                if field.id in state.fields
            ]
            done = len(fields) + sum(field.id in state.skipped for field in wanted)
            progress = {"done": done, "total": len(wanted)}
        custom = {
            "options": [option.model_dump() for option in reply.options],
            "state": state.phase,
            "item": {"id": item.id, "title": item.title, "department": item.department.name}
            if item
            else None,
            "fields": fields,
            "progress": progress,
            "receipt": reply.receipt_card["receipt"] if reply.receipt_card else None,
            "receipt_card": reply.receipt_card,
        }
        return [*({"text": text} for text in reply.texts), {"custom": custom}]


def _ask_resume_code(state: State, reply: Reply) -> Reply:
    if state.wanted_code is None:
        return reply.say("请说一下八位续办码。")
    return reply.say("请说一下您留的手机号后四位。")


def _restore(state: State, draft: Draft) -> None:
    state.reset()
    state.phase, state.paused_draft = "collect", None
    state.item_id, state.draft_id, state.resume_code = draft.item_id, draft.id, draft.resume_code
    state.fields = {name: Filled.model_validate(value) for name, value in draft.fields.items()}
    state.agreed = list(draft.commitments)
    state.answers = dict(draft.extra.get("answers", {}))
    state.skipped = list(draft.extra.get("skipped", []))
    state.asked = list(draft.extra.get("asked", []))
