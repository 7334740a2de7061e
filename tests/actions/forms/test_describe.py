from __future__ import annotations

import re

import pytest

from actions.forms import describe
from actions.forms.describe import answer, materials_sentence, needed_materials, topic_of
from catalog_index.loader import Catalog

TOPICS = (
    "materials", "time", "fee", "place", "hours", "contact", "who", "visits", "agent", "delivery",
    "validity", "basis", "why", "process", None,
)  # fmt: skip
#: Signs that a sentence was put together badly.
BAD = re.compile(r"None|[{}]|。。|，。|；。|、。|。；|。，|，，|：。|^，|\(\)|（）|\n\n|[？！]。|'")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_item_answers_every_topic(catalog: Catalog, topic: str | None) -> None:
    for item in catalog.items:
        said = answer(item, topic, {})
        assert said.endswith(("。", "？")), (item.id, said)
        assert not BAD.search(said), (item.id, said)


def test_every_topic_that_is_heard_is_tested() -> None:
    assert {topic for topic, _ in describe._TOPICS} <= set(TOPICS)


def test_every_field_can_be_asked(catalog: Catalog) -> None:
    for item in catalog.items:
        for field in item.fields:
            for said in (field.ask, field.hint or "。"):
                assert said.endswith(("。", "？", "！")), (item.id, field.id, said)
                assert not BAD.search(said), (item.id, field.id, said)
        labels = [field.label for field in item.fields]
        assert len(set(labels)) == len(labels), item.id


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("要带什么材料", "materials"),
        ("需要什么手续", "materials"),
        ("要多少钱", "fee"),
        ("收费吗", "fee"),
        ("多久能办好", "time"),
        ("几个工作日", "time"),
        ("去哪里办", "place"),
        ("周末上班吗", "hours"),
        ("咨询电话是多少", "contact"),
        ("谁可以办", "who"),
        ("要跑几趟", "visits"),
        ("别人能代办吗", "agent"),
        ("可以寄到家里吗", "delivery"),
        ("有效期是几年", "validity"),
        ("依据是哪条法律", "basis"),
        ("为什么要填这个", "why"),
        ("怎么办", "process"),
        ("王芳", None),
        ("我的车牌丢了", None),
    ],
)
def test_what_a_question_is_about(words: str, topic: str | None) -> None:
    assert topic_of(words) == topic


def test_materials_that_apply(catalog: Catalog) -> None:
    item = catalog.item("hukou-spouse-inside")
    rural = [material.name for material, _ in needed_materials(item, {"target_area": "rural"})]
    urban = [material.name for material, _ in needed_materials(item, {"target_area": "urban"})]
    assert set(rural) - set(urban) == {"配偶或配偶直系亲属的房屋权属证明"}
    assert "结婚证" in urban


def test_shared_materials_are_not_asked_of_the_citizen(catalog: Catalog) -> None:
    said = materials_sentence(catalog.item("hukou-spouse-outside"), {"target_area": "urban"})
    assert said.startswith("需要准备：结婚证、迁移人居民户口簿。")
    assert "配偶居民户口簿由部门共享数据核对，不用您提供。" in said


def test_a_commitment_instead_of_materials(catalog: Catalog) -> None:
    said = materials_sentence(catalog.item("plate-car-lost"), {})
    assert said.startswith("这件事不用您交材料。只要同意一份个人信用承诺")
