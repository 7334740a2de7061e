"""What works from everywhere: 转人工, start over, stop, one step back, go on, progress."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from actions import mending, questions, renewal, search, track
from actions.applications.errors import DraftNotFound, HandoverNotFound, TooManyAttempts
from actions.applications.values import Draft
from actions.service import Service
from actions.state import Filled, Phase, State
from actions.turn import Reply, Turn

FORM_PHASES: frozenset[Phase] = frozenset(("collect", "commit", "summary"))
SEARCH_PHASES: frozenset[Phase] = frozenset(("clarify", "choose", "confirm_item"))
_RESUME_CODE_DIGITS = 8


class Controls:
    """The dialogue acts that do not depend on what was asked, and the ways back from them.

    Args:
        service: catalog, search, store.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.handlers: dict[str, Callable[[State, Turn], Reply]] = {
            "human": self._human,
            "start_over": self._start_over,
            "stop": self._stop,
            "go_back": self._go_back,
            "resume": self._resume,
            "track": self._track,
        }

    def again(self, state: State, reply: Reply) -> Reply:
        """Asks again what was open."""
        if state.phase in FORM_PHASES:
            return questions.repeat_question(self._service, state, reply)
        if state.phase in SEARCH_PHASES:
            return search.repeat_question(self._service, state, reply)
        if state.phase == "track":
            return track.ask_tracking(state, reply)
        if state.phase == "resume":
            return _ask_resume_code(state, reply)
        return reply

    def then_again(self, state: State, reply: Reply) -> Reply:
        """What was open before the progress was asked for goes on after the answer."""
        return self.again(state, reply) if state.phase in FORM_PHASES | SEARCH_PHASES else reply

    def _track(self, state: State, turn: Turn) -> Reply:
        return self.then_again(state, track.begin_tracking(self._service, state, turn))

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
        if state.phase in FORM_PHASES and state.draft_id:
            state.phase = "idle"
            reply = Reply().say("好的，先停在这里，您填的内容已经存好。说“继续办理”就能接着填。")
            if self.phone(state) and state.resume_code:
                code = f"{state.resume_code[:4]} {state.resume_code[4:]}"
                reply.say(f"换一台设备接着办，要用续办码 {code} 和手机号后四位。")
            return reply.offer("继续办理")
        if not state.draft_id:
            state.reset()
        return Reply().say("好的，先到这里。需要的时候再找我。")

    def _leave(self, state: State, reply: Reply) -> Reply:
        """Out of tracking or resuming, back to where it was asked for."""
        state.phase, state.wanted_code = state.back_to, None
        if state.phase in FORM_PHASES | SEARCH_PHASES:
            return self.again(state, reply)
        return reply.say("请说说您要办什么事。")

    def _go_back(self, state: State, turn: Turn) -> Reply:
        if state.phase in FORM_PHASES:
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

    def _resume(self, state: State, turn: Turn) -> Reply:
        was_human = state.phase == "human"
        if was_human:
            state.phase = state.human_from
        if state.phase in FORM_PHASES | SEARCH_PHASES or (was_human and state.phase in ("track", "resume")):
            return self.again(state, Reply().say("好的，接着来。"))
        if state.draft_id:
            state.phase = "collect"
            return self.again(state, Reply().say("好的，接着办。"))
        if state.paused_draft:
            try:
                draft = self._service.store.load_draft(state.paused_draft)
            except DraftNotFound:
                state.paused_draft = None
            else:
                return self._take_up(state, turn, draft)
        if was_human:
            return Reply().say("好的。还要办什么事，请说。")
        if state.phase != "resume":
            state.back_to = state.phase
        state.phase, state.wanted_code = "resume", None
        return _ask_resume_code(state, Reply())

    def take_resume_code(self, state: State, turn: Turn) -> Reply:
        """The code, then the phone's last four digits; both in one sentence are taken too."""
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
        return self._take_up(state, turn, draft)

    def _take_up(self, state: State, turn: Turn, draft: Draft) -> Reply:
        _restore(state, draft)
        changed = renewal.renew(self._service, state, turn)
        if changed is not None:
            return changed
        title = self._service.catalog.item(state.item_id or "").title
        return questions.ask_next(self._service, state, Reply().say(f"找到了，接着办“{title}”。"))

    def phone(self, state: State) -> str:
        """The phone given in the form, or nothing."""
        if not state.item_id:
            return ""
        item = self._service.catalog.item(state.item_id)
        phones = [field.id for field in item.fields if field.kind == "phone" and field.id in state.fields]
        return str(state.fields[phones[0]].value) if phones else ""


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
    state.catalog, state.item_title = draft.extra.get("catalog"), draft.extra.get("title")
