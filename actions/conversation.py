"""The conversation: takes a turn and the state, answers, and saves before anything is said.

Each dialogue act has a method; what it does depends on the phase. Every turn ends in one save of the state,
with an optimistic version; a turn that is repeated (the gateway retries) gets the saved answer.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any

from actions import collect, questions, search, submit, track
from actions.acts import is_emergency, settle_act, takes_back
from actions.applications.store import Handover
from actions.applications.values import Draft
from actions.controls import FORM_PHASES, SEARCH_PHASES, Controls
from actions.meantime import is_unsure
from actions.renewal import renew
from actions.service import Service
from actions.state import State
from actions.turn import Reply, Turn
from wenban.errors import StorageError
from wenban.logs import facts

log = logging.getLogger(__name__)

_COURTESIES = {"greet": "您好。", "thank": "不客气。"}
# An answer to nothing; 我要离婚 is as short, and a need.
_BARE_ANSWER = re.compile(
    r"[我你您那就好是的对嗯恩不要用行可以没有错了吧啊呀呢哦成同意都第一二三四五六七八九十个号0-9，,。！!.\s]{1,6}"
    r"|yes|no|ok|okay|提交|确认|确定",
    re.I,
)
MAX_CHARACTERS = 500
GREETING = "您好，我是问办。请说说您要办什么事，比如“车牌丢了”“想把户口迁过来”。"


class Conversation:
    """All conversations of a process; state lives in the store, so any process can take any turn.

    Args:
        service: catalog, search, store.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._controls = Controls(service)

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
        reply = self._renewed(state, turn) or self._answer(state, turn)
        for text in reply.texts:
            state.note("assistant", text)
        self._save_draft(state)
        self._update_handover(state, turn)
        messages = self._messages(state, reply)
        state.turn_id, state.reply = turn.turn_id, {"messages": messages}
        self._service.store.save_session(
            session, state.model_dump(mode="json"), expected_version=saved.version if saved else None
        )
        self._learn(reply)
        log.info("turn", extra=facts(act=turn.act, phase=state.phase, item=state.item_id, spoken=turn.spoken))
        return messages

    def _renewed(self, state: State, turn: Turn) -> Reply | None:
        """What is told in place of an answer, where the catalog changed under the conversation."""
        renewed = renew(self._service, state, turn)
        text = turn.text.strip()
        if renewed is None or not (is_emergency(text) or settle_act(turn.act, text) == "human"):
            return renewed
        # A person, or help, is never put off.
        answer = self._answer(state, turn)
        answer.texts[:0] = renewed.texts[:1]
        return answer

    def _answer(self, state: State, turn: Turn) -> Reply:
        text = turn.text.strip()
        if not any(sign.isalnum() for sign in text):
            return self._controls.again(state, Reply().say("没有看到文字内容，请说一句话，或者打字告诉我。"))
        if len(text) > MAX_CHARACTERS:
            return self._controls.again(state, Reply().say("您说的太长了，请用一两句话告诉我。"))
        if is_emergency(text) and state.phase != "collect":
            urgent = "如果有危险，请马上打电话：报警110，火警119，急救120。我这里只能办理事项，帮不上急事。"
            return self._controls.again(state, Reply().say(urgent).offer("转人工"))
        act = settle_act(turn.act, text)
        if state.phase in SEARCH_PHASES and is_unsure(text):
            act = "inform"  # a classifier takes it for a no, or for leave
        turn = replace(turn, act=act, text=text)
        courtesy = _COURTESIES.get(settle_act("inform", text))
        if state.phase != "idle" and courtesy is not None:
            return self._controls.again(state, Reply().say(courtesy))
        control = self._controls.handlers.get(act)
        if control is not None and (act == "human" or not self._is_field_text(state, turn)):
            return control(state, turn)
        if state.phase in FORM_PHASES:
            return self._form_turn(state, turn)
        if state.phase == "confirm_item":
            reply, confirmed = search.take_item_answer(self._service, state, turn)
            return self._started(state, turn, reply) if confirmed else reply
        if state.phase == "choose":
            reply, picked = search.take_choice(self._service, state, turn)
            return self._started(state, turn, reply) if picked else reply
        if state.phase == "clarify":
            return search.take_clarification(self._service, state, turn)
        if state.phase in ("track", "resume") and act == "ask_service" and len(track.digits_of(text)) < 4:
            # Not a number but another need: nobody is held here.
            return search.hear_need(self._service, state, turn)
        if state.phase == "track":
            return self._controls.then_again(state, track.take_tracking_answer(self._service, state, turn))
        if state.phase == "resume":
            return self._controls.take_resume_code(state, turn)
        if state.phase == "human":
            return Reply().say("已经转告工作人员，请稍等。要自己接着办，请说“继续办理”。").offer("继续办理")
        return self._idle_turn(state, turn)

    def _started(self, state: State, turn: Turn, found: Reply) -> Reply:
        reply = collect.start_form(self._service, state, turn)
        reply.outcomes = [*found.outcomes, *reply.outcomes]
        return reply

    def _learn(self, reply: Reply) -> None:
        if reply.outcomes and self._service.learns:
            try:
                self._service.store.save_outcomes(reply.outcomes)
            except StorageError as error:
                # The turn is saved and stands; that nothing was learned from it must not cost the citizen.
                log.warning("outcomes not kept", extra=facts(reason=str(error), count=len(reply.outcomes)))

    def _is_field_text(self, state: State, turn: Turn) -> bool:
        """Where an answer is waited for, the classifier's word alone must not throw it away.

        Only unmistakable whole phrases act as controls there; "义乌市停止线广告有限公司" is an answer.
        """
        if state.phase not in FORM_PHASES | {"track", "resume"}:
            return False
        return settle_act("inform", turn.text) == "inform"

    def _form_turn(self, state: State, turn: Turn) -> Reply:
        if state.phase == "commit":
            return submit.take_commitment_answer(self._service, state, turn)
        if state.phase == "summary":
            return submit.take_summary_answer(self._service, state, turn)
        return collect.take_answer(self._service, state, turn)

    def _idle_turn(self, state: State, turn: Turn) -> Reply:
        if state.phase == "submitted" and state.receipt and collect.SUBMIT.match(turn.text):
            return Reply().say(f"已经提交过了，不用再提交，回执号是{state.receipt}。").offer("查进度")
        if turn.act == "greet":
            return Reply().say(GREETING)
        if turn.act == "thank":
            return Reply().say("不客气，随时找我。")
        if turn.act in ("affirm", "deny", "pick") and _BARE_ANSWER.fullmatch(turn.text):
            return Reply().say(GREETING)
        if state.phase == "submitted" and (turn.act == "correct" or takes_back(turn.text)):
            return Reply().say("申请已经提交，要改内容请说“转人工”，工作人员会帮您处理。").offer("转人工")
        return search.hear_need(self._service, state, turn)

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
                phone=self._controls.phone(state),
                extra={
                    "answers": state.answers,
                    "skipped": state.skipped,
                    "asked": state.asked,
                    "catalog": state.catalog,
                    "title": state.item_title,
                },
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
                phone=self._controls.phone(state),
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
        state.item_title = item.title if item else None
        fields, progress = [], None
        if item is not None and (state.phase in FORM_PHASES or state.fields):
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
            "expect": questions.expected(self._service, state),
        }
        return [*({"text": text} for text in reply.texts), {"custom": custom}]
