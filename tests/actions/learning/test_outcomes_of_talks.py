"""What a conversation leaves behind to learn from."""

from __future__ import annotations

from typing import Any

import pytest

from actions.applications.store import Store
from wenban.errors import StorageError

Talk = Any


def kept(talk: Talk) -> list[tuple[str, str, str | None, bool]]:
    return [(one.kind, one.query, one.item_id, one.asked) for one in talk.service.store.outcomes()]


def looked_for(talk: Talk, query: str, item: str = "plate-car-lost", **more: Any) -> None:
    subject = talk.service.catalog.item(item).subject_id
    talk.change(phase="confirm_item", query=query, item_id=item, subject_id=subject, **more)


def test_a_confirmed_item(talk: Talk) -> None:
    looked_for(talk, "我叫王小明，电话13800001234，车前面的铁牌子没了")
    talk.say("是", "affirm")
    (outcome,) = kept(talk)
    assert outcome == ("confirmed", "电话，车前面的铁牌子没了", "plate-car-lost", False)


def test_after_a_question_the_words_alone_did_not_tell(talk: Talk) -> None:
    looked_for(talk, "车牌的事情怎么办", asked_facet=True)
    talk.say("是", "affirm")
    assert [one[3] for one in kept(talk)] == [True]


def test_a_rejected_item(talk: Talk) -> None:
    looked_for(talk, "车前面的铁牌子没了")
    talk.say("不是", "deny")
    assert ("rejected", "车前面的铁牌子没了", "plate-car-lost", False) in kept(talk)


def test_none_of_these(talk: Talk) -> None:
    talk.change(phase="choose", query="给猫办结婚证", options=[])
    talk.say("都不是", "deny")
    assert kept(talk) == [("none_fit", "给猫办结婚证", None, False)]


def test_a_need_too_personal_to_keep_leaves_nothing(talk: Talk) -> None:
    looked_for(talk, "13800001234")
    assert talk.say("是", "affirm").phase == "collect"
    assert kept(talk) == []


def test_what_cannot_be_kept_costs_the_citizen_nothing(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Store, outcomes: object) -> None:
        raise StorageError("disk full")

    monkeypatch.setattr(Store, "save_outcomes", full)
    looked_for(talk, "车前面的铁牌子没了")
    assert talk.say("是", "affirm").phase == "collect"
    assert talk.state.phase == "collect"


def test_a_repeated_turn_counts_once(talk: Talk) -> None:
    looked_for(talk, "车前面的铁牌子没了")
    for _ in range(2):
        talk.say("是", "affirm", turn_id="same")
    assert len(kept(talk)) == 1
