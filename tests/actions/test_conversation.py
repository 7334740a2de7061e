"""The whole way, from a need to a receipt, and what may come in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from actions.conversation import Conversation
from actions.service import Service

if TYPE_CHECKING:
    from tests.actions.conftest import Answer, Talk

    Fill = Callable[[Talk, Answer], Answer]

HUKOU = "我媳妇户口在江西，想迁到我这里"


def test_hukou_from_need_to_receipt(talk: Talk, resident_id: str) -> None:
    proposed = talk.say(HUKOU, "ask_service")
    assert (proposed.phase, proposed.item) == ("confirm_item", "hukou-spouse-outside")
    started = talk.say("对", "affirm")
    assert started.phase == "collect"
    assert "结婚证" in started.text
    assert started.labels == ["农村", "城镇"]
    asked = talk.all("农村", "第一个", "我叫王芳，我老公叫李强，电话13800001234")
    assert asked.fields | {"name": "王芳", "spouse_name": "李强", "phone": "13800001234"} == asked.fields
    summary = talk.all(
        resident_id, "110105194912310021", "11010519491231002X", "江西省上饶市信州区书院路1号",
        "义乌市江东街道宾王路188号",
    )  # fmt: skip
    assert summary.phase == "summary"
    assert summary.texts[0].splitlines()[0] == "请核对“市外夫妻投靠落户”的内容："
    assert "配偶姓名：李强" in summary.texts[0].splitlines()
    assert summary.labels == ["提交", "要修改"]
    done = talk.say("提交", "affirm")
    assert done.phase == "submitted"
    assert done.receipt is not None and done.receipt in done.text
    assert "房屋权属证明" in done.text, "needed where the move is to a village"
    assert done.custom["receipt_card"]["item"] == "市外夫妻投靠落户"
    application = talk.service.store.application(done.receipt)
    assert application.fields["spouse_name"]["value"] == "李强"
    assert application.fields["spouse_name"]["label"] == "配偶姓名"


def test_lost_plate_with_clarification_and_commitment(talk: Talk, resident_id: str) -> None:
    asked = talk.say("车牌丢了", "ask_service")
    assert asked.phase == "clarify"
    proposed = talk.say("小汽车")
    assert (proposed.phase, proposed.item) == ("confirm_item", "plate-car-lost")
    started = talk.say("是", "affirm")
    assert "信用承诺" in started.text, "no materials, a commitment instead"
    promised = talk.all(
        "浙G12345", "前后两块", "李明", resident_id, "13900001234", "义乌市稠城街道工人西路8号"
    )
    assert promised.phase == "commit"
    assert promised.labels == ["同意", "不同意"]
    refused = talk.say("不同意", "deny")
    assert refused.phase == "commit"
    assert "已经存好" in refused.text
    assert talk.say("嗯，我同意", "affirm").phase == "summary"
    done = talk.say("提交吧", "affirm")
    assert done.receipt is not None
    application = talk.service.store.application(done.receipt)
    assert application.commitments == ["个人信用承诺"]
    assert application.applicant_name == "李明"


@pytest.mark.parametrize(
    ("need", "item"),
    [
        ("施工要临时占用城市道路", "road-occupy-works"),
        ("我想开个小店办个体户营业执照", "sole-trader-open"),
        ("小汽车车牌丢了", "plate-car-lost"),
    ],
)
def test_needs_to_receipts(talk: Talk, fill: Fill, need: str, item: str) -> None:
    answer = talk.say(need, "ask_service")
    for _ in range(3):
        if answer.phase == "confirm_item":
            break
        answer = talk.say(_toward(talk, answer, item))
    assert answer.item == item
    summary = fill(talk, talk.say("是的", "affirm"))
    assert talk.say("提交", "affirm").receipt is not None
    assert summary.phase == "summary"


def _toward(talk: Talk, answer: Answer, item: str) -> str:
    """The answer that leads to this item."""
    state, wanted = talk.state, talk.service.catalog.item(item)
    if answer.phase == "choose":
        return next(
            option.label for option in state.options
            if option.value in (item, f"subject:{wanted.subject_id}")
        )  # fmt: skip
    values = wanted.when.get(state.facet_id or "")
    return next(option.label for option in state.options if values is None or option.value in values)


def test_a_robot_reaches_a_receipt_in_every_department(
    new_talk: Callable[[], Talk], service: Service, fill: Fill
) -> None:
    by_department: dict[str, list[str]] = {}
    for item in service.catalog.items:
        by_department.setdefault(item.department.id, []).append(item.id)
    each = max(3, -(-42 // len(by_department)))
    # Spread evenly over a department's file, so that all its subjects have a chance.
    sample = [
        ids[place * len(ids) // each]
        for ids in by_department.values()
        for place in range(min(each, len(ids)))
    ]
    assert len(sample) >= 40
    for item_id in sample:
        talk = new_talk()
        summary = fill(talk, talk.start(item_id))
        listed = next(text for text in summary.texts if text.startswith("请核对"))
        assert len(listed.splitlines()) == len(summary.fields) + 1
        done = talk.say("提交", "affirm")
        assert done.receipt is not None, item_id
        assert service.store.application(done.receipt).item.id == item_id


def test_restart_in_the_middle_loses_nothing(restarted: Callable[[Talk], Talk], talk: Talk) -> None:
    talk.start("sole-trader-open")
    before = talk.all("老王小吃", "义乌市江东街道宾王路188号")
    after = restarted(talk).say("卖小吃")
    assert after.fields == before.fields | {"business_scope": "卖小吃"}


def test_a_repeated_turn_gives_the_same_reply_and_changes_nothing(talk: Talk) -> None:
    talk.start("plate-car-lost")
    first = talk.say("浙G12345", turn_id="t1")
    version = talk.service.store.load_session(talk.session)
    again = talk.say("浙G12345", turn_id="t1")
    assert again == first
    assert talk.service.store.load_session(talk.session) == version


def test_danger_is_told_whom_to_call_and_the_question_stands(talk: Talk) -> None:
    asked = talk.say("我媳妇户口在江西，想迁到我这里", "ask_service")
    assert asked.custom["state"] == "confirm_item"
    answer = talk.say("有人打架", "affirm")
    assert "110" in answer.texts[0]
    assert answer.custom["state"] == "confirm_item"
    assert answer.custom["item"] == asked.custom["item"]


def test_submitting_again_names_the_receipt(talk: Talk, fill: Callable[[Talk, Answer], Answer]) -> None:
    fill(talk, talk.start("plate-car-lost"))
    receipt = talk.say("提交", "affirm").receipt
    again = talk.say("提交", "affirm")
    assert receipt and receipt in again.text and "已经提交过" in again.text


def test_learning_can_be_switched_off(service: Service, new_talk: Callable[[], Talk]) -> None:
    new_talk().all(HUKOU, "对")
    learned = len(service.store.outcomes())
    assert learned
    quiet = new_talk()
    quiet.conversation = Conversation(replace(service, learns=False))
    assert quiet.all(HUKOU, "对").phase == "collect"
    assert len(service.store.outcomes()) == learned


def test_a_short_need_is_no_answer_to_nothing(talk: Talk) -> None:
    assert "请说说您要办什么事" in talk.say("好的", "affirm").text
    assert "离婚" in talk.say("我要离婚", "deny").text
