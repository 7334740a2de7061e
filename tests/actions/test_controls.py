"""What works from everywhere: 转人工, stopping and going on, starting over, progress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from actions.applications.states import State as Stage

if TYPE_CHECKING:
    from tests.actions.conftest import Answer, Talk

    Fill = Callable[[Talk, Answer], Answer]

PLATE = "plate-car-lost"


def idle(talk: Talk, fill: Fill) -> Answer:
    return talk.say("你好", "greet")


def clarify(talk: Talk, fill: Fill) -> Answer:
    return talk.say("车牌丢了", "ask_service")


def confirm_item(talk: Talk, fill: Fill) -> Answer:
    return talk.say("小汽车车牌丢了", "ask_service")


def collect(talk: Talk, fill: Fill) -> Answer:
    talk.start(PLATE)
    return talk.say("浙G12345")


def reading_back(talk: Talk, fill: Fill) -> Answer:
    talk.start(PLATE)
    return talk.voice("浙G幺二三四五")


def summary(talk: Talk, fill: Fill) -> Answer:
    return fill(talk, talk.start(PLATE))


def commit(talk: Talk, fill: Fill) -> Answer:
    summary(talk, fill)
    return talk.say("上一步")


def submitted(talk: Talk, fill: Fill) -> Answer:
    summary(talk, fill)
    return talk.say("提交", "affirm")


def track(talk: Talk, fill: Fill) -> Answer:
    return talk.say("查进度", "track")


def resume(talk: Talk, fill: Fill) -> Answer:
    return talk.say("继续办理", "resume")


def choose(talk: Talk, fill: Fill) -> Answer:
    answer = talk.say("办个证", "ask_service")
    talk.change(phase="choose", options=[{"label": "护照", "value": "subject:passport"}])
    return answer


PHASES = (
    idle, clarify, choose, confirm_item, collect, reading_back, commit, summary, submitted, track, resume,
)  # fmt: skip


@pytest.mark.parametrize("reach", PHASES, ids=lambda reach: reach.__name__)
def test_a_person_from_every_phase_and_back(talk: Talk, fill: Fill, reach: Callable[..., Answer]) -> None:
    reach(talk, fill)
    before = talk.state
    answer = talk.say("转人工", "nlu_fallback")
    assert answer.phase == "human"
    assert "继续办理" in answer.labels
    waiting = talk.service.store.handovers()
    assert len(waiting) == 1
    assert (
        waiting[0].transcript[-2:][0] == ("citizen", "转人工")
        or ("citizen", "转人工") in waiting[0].transcript
    )
    assert waiting[0].item_id == before.item_id
    more = talk.say("我想改一下地址")
    assert more.phase == "human"
    assert ("citizen", "我想改一下地址") in talk.service.store.handovers()[0].transcript
    back = talk.say("继续办理", "resume")
    assert back.phase == before.phase
    assert len(back.texts) > 1 or before.phase in ("idle", "submitted")
    assert talk.state.fields == before.fields
    assert talk.state.reading_back == before.reading_back


def test_the_person_gets_the_item_and_the_fields_by_their_labels(talk: Talk, fill: Fill) -> None:
    summary(talk, fill)
    talk.say("转人工")
    (handover,) = talk.service.store.handovers()
    assert handover.item_id == PLATE
    assert handover.department == "义乌市公安局"
    assert handover.fields["车牌号"] == "浙G·12345"
    assert handover.fields["手机号"] == "138 0000 1234"
    assert handover.phone == "13800001234"


def test_who_was_taken_care_of_and_calls_again_waits_again(talk: Talk, fill: Fill) -> None:
    collect(talk, fill)
    talk.say("转人工")
    store = talk.service.store
    store.close_handover(store.handovers()[0].id, store.handovers()[0].opened_at)
    talk.say("继续办理")
    talk.say("转人工")
    assert len(store.handovers()) == 1
    assert len(store.handovers(waiting=False)) == 2


@pytest.mark.parametrize("words", ["不用转人工了", "不要人工"])
def test_a_person_who_is_not_wanted_is_not_called(talk: Talk, fill: Fill, words: str) -> None:
    collect(talk, fill)
    assert talk.say(words, "human").phase == "collect"


def test_stop_and_go_on_in_the_same_session(talk: Talk, fill: Fill) -> None:
    collect(talk, fill)
    stopped = talk.say("先不办了", "stop")
    assert stopped.phase == "idle"
    assert "已经存好" in stopped.text
    back = talk.say("继续办理", "resume")
    assert (back.phase, back.fields) == ("collect", {"plate": "浙G12345"})
    assert "前面那块" in back.text


def test_a_draft_put_aside_for_another_need_is_found_again(talk: Talk, fill: Fill) -> None:
    collect(talk, fill)
    talk.say("先不办了")
    talk.say("护照丢了怎么补", "ask_service")
    talk.say("停")
    back = talk.say("继续办理")
    assert (back.item, back.fields) == (PLATE, {"plate": "浙G12345"})


def test_going_on_on_another_device(talk: Talk, new_talk: Callable[[], Talk], fill: Fill) -> None:
    collect(talk, fill)
    talk.say("我的电话是13800001234")
    code = talk.state.resume_code
    assert code is not None
    stopped = talk.say("停")
    assert f"{code[:4]} {code[4:]}" in stopped.text
    other = new_talk()
    assert "续办码" in other.say("继续办理", "resume").text
    assert "后四位" in other.say(code).text
    wrong = other.say("0000")
    assert "没有找到" in wrong.text
    other.say(code)
    found = other.say("1234")
    assert found.phase == "collect"
    assert found.fields == {"plate": "浙G12345", "phone": "13800001234"}


def test_starting_over_forgets_the_draft(talk: Talk, fill: Fill) -> None:
    collect(talk, fill)
    talk.say("停")
    talk.say("继续办理")
    answer = talk.say("重新开始", "start_over")
    assert (answer.phase, answer.item, answer.fields) == ("idle", None, {})
    assert talk.say("继续办理").phase == "resume", "nothing left to go on with"


def test_progress_in_the_session_of_the_application(talk: Talk, fill: Fill) -> None:
    submitted(talk, fill)
    answer = talk.say("查进度", "track")
    assert "小型汽车号牌丢失补领" in answer.text
    assert "前办结" in answer.text


def test_progress_by_receipt_and_phone_from_another_session(
    talk: Talk, new_talk: Callable[[], Talk], fill: Fill
) -> None:
    receipt = submitted(talk, fill).receipt
    assert receipt is not None
    other = new_talk()
    assert "回执号" in other.say("查进度", "track").text
    assert "后四位" in other.say(receipt).text
    told = other.say("1234")
    assert "小型汽车号牌丢失补领" in told.text
    assert told.phase == "idle"
    assert "后四位" in new_talk().say(f"查进度 {receipt}", "track").text


def test_wrong_phone_and_then_too_many(talk: Talk, new_talk: Callable[[], Talk], fill: Fill) -> None:
    receipt = submitted(talk, fill).receipt or ""
    other = new_talk()
    answers = []
    for _ in range(6):
        other.say("查进度", "track")
        answers.append(other.say(f"{receipt} 9999"))
    assert "没有查到" in answers[0].text
    assert "次数太多" in answers[-1].text
    assert "小型汽车" not in "".join(answer.text for answer in answers)


def test_mistyped_receipt_is_noticed(talk: Talk, fill: Fill) -> None:
    receipt = submitted(talk, fill).receipt or ""
    last = str((int(receipt[-1]) + 1) % 10)
    talk.change(receipt=None)
    talk.say("查进度")
    assert "数字不对" in talk.say(receipt[:-1] + last).text
    assert "回执号不对" in talk.say("12345").text


def test_after_the_progress_the_form_goes_on(talk: Talk, new_talk: Callable[[], Talk], fill: Fill) -> None:
    receipt = submitted(talk, fill).receipt or ""
    other = new_talk()
    collect(other, fill)
    other.say("查进度")
    told = other.say(f"{receipt}1234")
    assert told.phase == "collect"
    assert "前面那块" in told.texts[-1]


@pytest.mark.parametrize("words", ["返回", "停", "算了不办了"])
def test_out_of_tracking_back_into_the_form(talk: Talk, fill: Fill, words: str) -> None:
    collect(talk, fill)
    talk.say("查进度")
    back = talk.say(words)
    assert back.phase == "collect"
    assert "前面那块" in back.text
    assert back.fields == {"plate": "浙G12345"}


def test_another_need_while_a_receipt_is_asked_for(talk: Talk, fill: Fill) -> None:
    track(talk, fill)
    assert talk.say("车牌丢了", "ask_service").phase == "clarify"


@pytest.mark.parametrize(
    ("steps", "part"),
    [
        ([], "到了收件这一步"),
        ([Stage.ACCEPTED], "到了受理这一步"),
        ([Stage.SUPPLEMENT], "补正材料"),
    ],
)
def test_progress_tells_the_stage(
    talk: Talk, fill: Fill, now: datetime, steps: list[Stage], part: str
) -> None:
    receipt = submitted(talk, fill).receipt or ""
    for step in steps:
        talk.service.store.advance(receipt, step, actor="clerk", now=now)
    assert part in talk.say("查进度").text


def test_submitting_twice_makes_one_application(talk: Talk, fill: Fill) -> None:
    summary(talk, fill)
    before = talk.service.store.load_session(talk.session)
    first = talk.say("提交", "affirm")
    # The process died after the application was recorded and before the session was saved.
    assert before is not None
    saved = talk.service.store.load_session(talk.session)
    assert saved is not None
    talk.service.store.save_session(talk.session, before.data, expected_version=saved.version)
    second = talk.say("提交", "affirm")
    assert second.receipt == first.receipt
    assert len(talk.service.store.applications()) == 1


def test_a_change_after_an_unsaved_submission_is_not_lost_silently(talk: Talk, fill: Fill) -> None:
    summary(talk, fill)
    before = talk.state
    first = talk.say("提交", "affirm")
    # The process died after the application was recorded and before the session was saved.
    talk.change(**dict(before))
    talk.say("手机号错了，是13700001111", "correct")
    again = talk.say("提交", "affirm")
    assert again.receipt == first.receipt
    assert "没有算进去" in again.text
    assert "转人工" in again.labels


def test_submit_turn_repeated_by_the_gateway(talk: Talk, fill: Fill) -> None:
    summary(talk, fill)
    first = talk.say("提交", "affirm", turn_id="t9")
    assert talk.say("提交", "affirm", turn_id="t9") == first
    assert len(talk.service.store.applications()) == 1


def test_correction_after_submission_points_to_a_person(talk: Talk, fill: Fill) -> None:
    submitted(talk, fill)
    assert "转人工" in talk.say("电话填错了", "correct").labels
    assert talk.say("我要修改营业执照的地址", "ask_service").phase != "submitted"


def test_a_number_taken_for_a_control_by_the_classifier_is_a_number(talk: Talk, fill: Fill) -> None:
    receipt = submitted(talk, fill).receipt or ""
    talk.change(receipt=None)
    talk.say("查进度")
    talk.say(receipt, "start_over")
    assert "小型汽车" in talk.say("1234", "stop").text
