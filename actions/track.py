"""How far an application is: receipt number plus the last four digits of the phone."""

from __future__ import annotations

import re

from actions.applications.errors import ApplicationNotFound, ReceiptInvalid, TooManyAttempts
from actions.applications.receipts import parse_receipt
from actions.applications.states import State as Stage
from actions.applications.values import Application
from actions.service import Service
from actions.state import State
from actions.submit import spoken_day
from actions.turn import Reply, Turn

_SPOKEN = str.maketrans("零〇洞一幺二两三四五六七八九", "00011223456789")
# Says which digits follow, and holds a number word itself ("后四位是…").
_PLACE = re.compile(r"[前后最末尾]+[0-9一二两三四五六七八九十]{1,2}(?:位|个)")
_RECEIPT_DIGITS = 15


def digits_of(text: str) -> str:
    """All digits in the words, those spoken in Chinese too."""
    return re.sub(r"[^0-9]", "", _PLACE.sub("", text).translate(_SPOKEN))


def begin_tracking(service: Service, state: State, turn: Turn) -> Reply:
    """ "查进度": at once where this session has the receipt, else asks for it."""
    if state.phase != "track":
        state.back_to = state.phase
    given = digits_of(turn.text)
    if len(given) >= _RECEIPT_DIGITS:
        state.phase = "track"
        return take_tracking_answer(service, state, turn)
    if state.receipt and state.receipt_phone:
        return _look_up(service, state, turn, state.receipt, state.receipt_phone)
    state.phase, state.wanted_code = "track", None
    return ask_tracking(state, Reply())


def ask_tracking(state: State, reply: Reply) -> Reply:
    """Asks for what is still missing of receipt number and phone."""
    if state.wanted_code is None:
        return reply.say("请说一下回执号，就是 YW 后面的十五位数字。")
    return reply.say("请说一下申请时留的手机号后四位。")


def take_tracking_answer(service: Service, state: State, turn: Turn) -> Reply:
    """The receipt number, then the last four digits of the phone; both in one sentence are taken too."""
    given = digits_of(turn.text)
    if state.wanted_code is None:
        if not given:
            return ask_tracking(state, Reply().say("没有听到数字。")).offer("返回", "转人工")
        if len(given) < _RECEIPT_DIGITS:
            return Reply().say(ReceiptInvalid.citizen).offer("转人工")
        try:
            state.wanted_code = parse_receipt("YW" + given[:_RECEIPT_DIGITS])
        except ReceiptInvalid as error:
            return Reply().say(error.citizen).offer("转人工")
        given = given[_RECEIPT_DIGITS:]
    if len(given) < 4:
        return ask_tracking(state, Reply())
    return _look_up(service, state, turn, state.wanted_code, given[-4:])


def _look_up(service: Service, state: State, turn: Turn, receipt: str, phone: str) -> Reply:
    state.phase, state.wanted_code = state.back_to, None
    try:
        service.store.count_attempt(receipt, turn.now)
        application = service.store.track(receipt, phone)
    except (ApplicationNotFound, TooManyAttempts) as error:
        return Reply().say(error.citizen).offer("查进度", "转人工")
    service.store.clear_attempts(receipt)
    return Reply().say(progress_sentence(application))


def progress_sentence(application: Application) -> str:
    """Where the application stands, and what comes next."""
    title, stage = application.item.title, application.state
    if stage is Stage.COMPLETED:
        return f"“{title}”已经办结，领取方式：{application.item.delivery}。"
    if stage is Stage.WITHDRAWN:
        return f"“{title}”已经撤回。"
    if stage is Stage.RETURNED:
        return f"“{title}”被退回，没有办成。原因可以说“转人工”问工作人员。"
    if stage is Stage.SUPPLEMENT:
        return f"“{title}”需要补正材料，工作人员会联系您。"
    return f"“{title}”到了{stage.label}这一步，承诺{spoken_day(application.promised_on)}前办结。"
