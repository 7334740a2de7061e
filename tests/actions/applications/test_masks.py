from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.applications.masks import mask_field, mask_material, mask_name, mask_phone, mask_value


@pytest.mark.parametrize(
    ("name", "masked"), [("", ""), ("张", "*"), ("张三", "张*"), ("张小三", "张**"), ("欧阳无忌", "欧***")]
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13812341234", "138****1234"), ("85551234", "********"), ("", "")]
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_values_keep_their_shape() -> None:
    value = {"id": "330782199001011234", "n": 4, "yes": True, "none": None, "list": ["义乌市", "13812341234"]}
    assert mask_value(value) == {
        "id": "3" + "*" * 17,
        "n": "***",
        "yes": "***",
        "none": None,
        "list": ["义**", "138****1234"],
    }


def test_of_a_material_only_the_catalogs_words_stay() -> None:
    material = {
        "id": "marriage",
        "title": "结婚证",
        "file": "张三.jpg",
        "owner": {"id": "330782199001011234"},
    }
    assert mask_material(material) == {
        "id": "marriage",
        "title": "结婚证",
        "file": "张*****",
        "owner": {"id": "3" + "*" * 17},
    }


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


@given(
    st.recursive(
        st.integers(10) | st.text("甲乙丙丁0123456789", min_size=2),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    )
)
def test_no_leaf_stays_as_it_was(value: Any) -> None:
    before, after = leaves(value), leaves(mask_value(value))
    assert len(before) == len(after) and all(old != new for old, new in zip(before, after, strict=True))


def test_a_clerk_sees_what_is_asked_for_but_not_the_answer() -> None:
    field = {"label": "申请人姓名", "value": "张小三", "display": "张小三"}
    assert mask_field(field) == {"label": "申请人姓名", "value": "张**", "display": "张**"}
    material = {"name": "结婚证", "form": "paper", "copies": 1, "shared": False, "certain": True}
    assert mask_material(material) == material
