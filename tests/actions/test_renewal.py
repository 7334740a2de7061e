"""A new version of the catalog under open conversations and drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from actions.forms.fields import filled_from, parse_field
from actions.renewal import fits
from actions.service import Service
from actions.state import Filled
from catalog_index.loader import Catalog
from catalog_index.schema import FormField, Item, Option

PASSPORT = "passport-lost"
Talk = Any
Answer = Any


def with_item(catalog: Catalog, change: Callable[[Item], Item | None]) -> Catalog:
    """A new version in which the item is another, or gone."""
    subjects = []
    for subject in catalog.subjects:
        items = [change(item) if item.id == PASSPORT else item for item in subject.items]
        subjects.append(subject.model_copy(update={"items": tuple(item for item in items if item)}))
    return Catalog(tuple(subjects), uuid4().hex)


@pytest.fixture
def renewed(service: Service) -> Callable[[Talk, Callable[[Item], Item | None]], Talk]:
    """The same conversation, taken on by a process with the new version."""

    def renew(talk: Talk, change: Callable[[Item], Item | None]) -> Talk:
        return type(talk)(replace(service, catalog=with_item(service.catalog, change)), talk.session)

    return renew


def changed_field(name: str, **values: Any) -> Callable[[Item], Item]:
    def change(item: Item) -> Item:
        fields = tuple(
            field.model_copy(update=values) if field.id == name else field for field in item.fields
        )
        return item.model_copy(update={"fields": fields})

    return change


def without_field(name: str) -> Callable[[Item], Item]:
    return lambda item: item.model_copy(
        update={"fields": tuple(field for field in item.fields if field.id != name)}
    )


def begun(talk: Talk) -> Talk:
    talk.start(PASSPORT)
    answer = talk.say("王芳")
    assert answer.fields == {"name": "王芳"}
    return talk


def test_the_same_version_changes_nothing(talk: Talk, restarted: Callable[[Talk], Talk]) -> None:
    state = begun(talk).state
    assert state.catalog == talk.service.catalog.version
    assert "更新" not in restarted(talk).say("没有文字的话").text


def test_a_vanished_item_ends_its_draft_with_an_explanation(
    talk: Talk, renewed: Any, service: Service
) -> None:
    draft = begun(talk).state.draft_id
    title = service.catalog.item(PASSPORT).title
    after = renewed(talk, lambda _: None)
    answer = after.say("33078219900307002X")
    assert f"“{title}”已经取消" in answer.text
    assert (answer.phase, answer.item) == ("idle", None)
    assert draft is not None
    assert draft not in str(service.store.drafts_by_item())
    assert service.store.drafts_by_item() == {}
    assert "取消" not in after.say("您好", "greet").text, "told once"


def test_a_person_is_one_word_away_even_then(talk: Talk, renewed: Any) -> None:
    begun(talk)
    answer = renewed(talk, lambda _: None).say("转人工", "human")
    assert answer.phase == "human"
    assert "已经取消" in answer.text and "已为您转人工" in answer.text


def test_a_renamed_item_is_gone_on_with(talk: Talk, renewed: Any, resident_id: str) -> None:
    begun(talk)
    after = renewed(talk, lambda item: item.model_copy(update={"id": "passport-x", "formerly": (PASSPORT,)}))
    answer = after.say(resident_id)
    assert answer.item == "passport-x"
    assert answer.fields["name"] == "王芳"
    assert answer.fields["resident_id"] == resident_id
    assert after.service.store.drafts_by_item() == {"passport-x": 1}


def test_a_field_that_is_asked_no_more(talk: Talk, renewed: Any) -> None:
    begun(talk)
    answer = renewed(talk, without_field("resident_id")).say("33078219900307002X")
    assert "您填的内容都还在" in answer.text
    assert answer.fields == {"name": "王芳"}
    assert answer.phase == "collect"


def test_what_does_not_fit_any_more_is_named_and_asked_again(talk: Talk, renewed: Any, fill: Any) -> None:
    summary = fill(talk, talk.start(PASSPORT))
    other = (Option(value="a", label="甲地"), Option(value="b", label="乙地"))
    answer = renewed(talk, changed_field("pickup", options=other, label="领取地")).say("提交", "affirm")
    assert "领取地的填法变了，要请您重新填" in answer.text
    assert answer.phase == "collect"
    assert answer.labels == ["甲地", "乙地"]
    assert answer.receipt is None, "nothing is submitted that was not asked as it is now"
    assert set(summary.fields) - set(answer.fields) <= {"pickup", "mail_address"}


def test_a_new_field_is_asked_before_the_summary_counts(talk: Talk, renewed: Any, fill: Any) -> None:
    fill(talk, talk.start(PASSPORT))
    extra = FormField(id="colour", kind="text", label="颜色", ask="护照是什么颜色的？")
    after = renewed(talk, lambda item: item.model_copy(update={"fields": (*item.fields, extra)}))
    answer = after.say("提交", "affirm")
    assert "护照是什么颜色的？" in answer.text
    assert answer.phase == "collect"
    assert fill(after, answer).phase == "summary"
    assert after.say("提交", "affirm").receipt is not None


def test_a_promise_is_asked_for_again(talk: Talk, renewed: Any, fill: Any) -> None:
    fill(talk, talk.start(PASSPORT))
    promised = talk.state.agreed
    assert promised
    after = renewed(talk, lambda item: item)
    answer = after.say("提交", "affirm")
    assert answer.phase == "commit"
    assert fill(after, answer).phase == "summary"
    assert after.state.agreed == promised


def test_a_draft_taken_up_later(talk: Talk, renewed: Any, fill: Any, new_talk: Any, service: Service) -> None:
    fill(talk, talk.start(PASSPORT))
    code = talk.state.resume_code
    for change, said in (
        (lambda item: item, "您同意吗"), (lambda _: None, "已经取消"),
    ):  # fmt: skip
        later = renewed(new_talk(), change)
        later.say("继续办理", "resume")
        answer = later.say(f"{code} 1234")
        assert said in answer.text
    assert service.store.drafts_by_item() == {}


def test_a_question_about_siblings_that_are_gone(talk: Talk, service: Service) -> None:
    answer = talk.say("户口迁移", "ask_service")
    assert answer.phase == "clarify"
    subjects = tuple(one for one in service.catalog.subjects if one.id != talk.state.subject_id)
    later = type(talk)(replace(service, catalog=Catalog(subjects, "other")), talk.session)
    answer = later.say("夫妻投靠")
    assert answer.phase == "idle"
    assert "请再说一遍您要办什么事" in answer.text


def test_a_question_that_is_still_asked_goes_on(talk: Talk, service: Service) -> None:
    answer = talk.say("户口迁移", "ask_service")
    later = type(talk)(replace(service, catalog=Catalog(service.catalog.subjects, "other")), talk.session)
    assert "更新" not in later.say(answer.labels[0]).text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("name", "王芳"), ("phone", "13800001234"), ("date", "2026年11月20日"), ("plate", "浙G12345"),
        ("date_range", "2026年12月15日到2026年12月18日"), ("area", "89.5平方米"), ("money", "1200元"),
        ("count", "3个"), ("address", "义乌市江东街道宾王路188号"), ("yes_no", "是"), ("text", "小商品批发"),
    ],
)  # fmt: skip
def test_what_was_taken_still_fits_the_same_field(kind: Any, words: str, now: datetime) -> None:
    field = FormField(id="x", kind=kind, label="某项", ask="什么？")
    filled = filled_from(parse_field(field, words, today=now.date()))
    assert fits(field, filled, now.date())
    other = FormField(id="x", kind="resident_id", label="某项", ask="什么？")
    assert not fits(other, filled, now.date())


def test_numbers_and_choices(now: datetime, resident_id: str, uscc: str) -> None:
    for kind, number in (("resident_id", resident_id), ("uscc", uscc)):
        field = FormField.model_validate({"id": "x", "kind": kind, "label": "号码", "ask": "多少？"})
        assert fits(field, filled_from(parse_field(field, number, today=now.date())), now.date())
    choice = FormField(
        id="x", kind="choice", label="哪里", ask="哪里？",
        options=(Option(value="a", label="甲"), Option(value="b", label="乙")),
    )  # fmt: skip
    assert fits(choice, Filled(value="a", display="甲"), now.date())
    assert not fits(choice, Filled(value="c", display="丙"), now.date())
    small = FormField(id="x", kind="count", label="人数", ask="几人？", maximum=2)
    assert not fits(small, Filled(value=3, display="3"), now.date())
