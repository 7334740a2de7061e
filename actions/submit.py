"""Commitments, the summary, and the one submission with its receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from actions.acts import is_correction
from actions.applications.receipts import spoken_receipt
from actions.applications.values import Application, ItemSnapshot
from actions.forms.describe import needed_materials
from actions.forms.fields import mentioned_field
from actions.mending import ask_anew, correct
from actions.questions import (
    answer_in_between,
    applying_commitments,
    ask_commitment,
    asks_about_item,
    current_item,
    filled_fields,
    known,
    summarise,
)
from actions.service import Service
from actions.state import Choice, State
from actions.turn import Reply, Turn, yes_or_no
from catalog_index.schema import FormField, Item

# Whose name the application is under, where a form asks for several.
_APPLICANT = ("name", "agent_name")
_SUBMIT_WORDS = ("提交", "确认", "没问题", "都对", "办吧")


def take_commitment_answer(service: Service, state: State, turn: Turn) -> Reply:
    """The answer to a commitment that was read out."""
    item = current_item(service, state)
    waiting = next((one for one in applying_commitments(service, state) if one.id not in state.agreed), None)
    if waiting is None:
        return summarise(service, state, Reply())
    if is_correction(turn.text) and (mended := correct(service, state, turn)):
        return mended
    if asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    agreed = yes_or_no(turn)
    if agreed is None and "同意" in turn.text:
        agreed = "不同意" not in turn.text
    if agreed is True:
        state.agreed = [*state.agreed, waiting.id]
        return ask_commitment(service, state, Reply())
    if agreed is False:
        instead = f"需要到窗口提交{'、'.join(waiting.replaces)}" if waiting.replaces else "这件事不能在网上办"
        return (
            Reply()
            .say(
                f"不作承诺的话，{instead}，地点是{item.place}。您填的内容已经存好。", "改主意了可以说“同意”。"
            )
            .offer("同意", "转人工", "停止办理")
        )
    return ask_commitment(service, state, Reply().say("没有听懂。"))


def take_summary_answer(service: Service, state: State, turn: Turn) -> Reply:
    """The answer to the summary: submit, or what is wrong."""
    if is_correction(turn.text) and (mended := correct(service, state, turn)):
        return mended
    fields = filled_fields(service, state)
    if asks_about_item(turn, free=False):
        return answer_in_between(service, state, turn)
    agreed = yes_or_no(turn)
    if agreed is None and any(word in turn.text for word in _SUBMIT_WORDS) and "不" not in turn.text:
        agreed = True
    if agreed is True:
        return submit(service, state, turn)
    named = next((field for field in fields if field.label == turn.text.strip()), None)
    named = named or mentioned_field(fields, turn.text)
    if named is not None:
        return ask_anew(state, named, None)
    if agreed is False or "改" in turn.text:
        reply = Reply().say("好的，哪一项要改？")
        reply.options.extend(Choice(label=field.label, value=field.label) for field in fields)
        return reply
    return summarise(service, state, Reply().say("没有听懂。"))


def submit(service: Service, state: State, turn: Turn) -> Reply:
    """Records the application once, however often it is said, and gives the receipt.

    Raises:
        StorageError: nothing was recorded; the draft stands.
    """
    item = current_item(service, state)
    ground = known(service, state)
    filled = filled_fields(service, state)
    phone, name = (
        _main_value(state, filled, "phone", ("phone",)),
        _main_value(state, filled, "name", _APPLICANT),
    )
    fields = {
        field.id: {"label": field.label, **state.fields[field.id].model_dump(include={"value", "display"})}
        for field in filled
    }
    application = service.store.submit(
        idempotency_key=state.draft_id or turn.turn_id,
        item=_snapshot(service, item),
        fields=fields,
        materials=[
            {**material.model_dump(include={"name", "form", "copies", "shared"}), "certain": certain}
            for material, certain in needed_materials(item, ground)
        ],
        commitments=[one.title for one in applying_commitments(service, state) if one.id in state.agreed],
        contact_phone=phone,
        applicant_name=name,
        channel=turn.channel,
        session=None,
        draft_id=state.draft_id,
        now=turn.now,
    )
    state.forget_form()
    state.forget_search()
    state.phase = "submitted"
    state.receipt, state.receipt_phone = application.receipt, phone[-4:]
    reply = _receipt(item, application, turn, ground)
    if application.fields != fields:
        # Recorded just before a crash and changed since: nobody must believe that the change counts.
        reply.say("这件申请之前已经提交，后来改的内容没有算进去；要改请说“转人工”。").offer("转人工")
    return reply


def _main_value(state: State, filled: list[FormField], kind: str, first: tuple[str, ...]) -> str:
    """The applicant's own among several of a kind: by the field's id, else the first asked."""
    names = [field.id for field in filled if field.kind == kind]
    return str(state.fields[next((name for name in first if name in names), names[0])].value)


def _snapshot(service: Service, item: Item) -> ItemSnapshot:
    return ItemSnapshot(
        id=item.id,
        title=item.title,
        department=item.department.name,
        catalog_version=service.catalog.version,
        promised_days=item.promised_days,
        legal_days=item.legal_days,
        delivery="、".join(item.delivery),
    )


def spoken_day(day: datetime | Any) -> str:
    """A date as a clerk says it: 11月26日."""
    return f"{day.month}月{day.day}日"


def _receipt(item: Item, application: Application, turn: Turn, ground: dict[str, object]) -> Reply:
    reply = Reply()
    number = spoken_receipt(application.receipt) if turn.spoken else application.receipt
    about = "" if application.promised_exact else "（按现有日历推算）"
    reply.say(
        f"已经提交，回执号是{number}。",
        f"承诺{spoken_day(application.promised_on)}前办结{about}，办好后{'或'.join(item.delivery)}。",
    )
    bring = [
        material.name
        for material, certain in needed_materials(item, ground)
        if not material.shared and certain
    ]
    if bring:
        reply.say(f"请准备好{'、'.join(bring)}，工作人员审核时会通知您提交。")
    reply.say("用回执号和手机号后四位可以随时查进度。")
    reply.receipt_card = {
        "receipt": application.receipt,
        "item": item.title,
        "department": item.department.name,
        "promised_on": application.promised_on.isoformat(),
        "promised_exact": application.promised_exact,
        "state": application.state.label,
        "delivery": list(item.delivery),
    }
    return reply.offer("查进度")
