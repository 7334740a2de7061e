from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.editing.diff import changed_facets, changed_items
from catalog_index.loader import Catalog, load_catalog

Write = Callable[..., Path]


def changed(write_catalog: Write, *replaced: tuple[str, str]) -> Catalog:
    return load_catalog(write_catalog(*replaced))


def test_nothing_differs_from_itself(toy_catalog: Catalog) -> None:
    assert changed_items(toy_catalog, toy_catalog) == []
    assert changed_facets(toy_catalog, toy_catalog) == []


@pytest.mark.parametrize(
    ("old", "new", "id", "line", "fields"),
    [
        ("yuan: 100, note", "yuan: 80, note", "plate-lost", "收费：“100元（一副）” → “80元（一副）”", False),
        ("promised_days: 3", "promised_days: 2", "plate-lost", "承诺时限（工作日）：“3” → “2”", False),
        ("legal_days: 10\n", "\n", "move-talent", "法定时限（工作日）：不再有“10”", False),
        ("{name: 结婚证}, ", "", "move-spouse-inside", "材料：不再有“结婚证（电子件，1份）”", False),
        ("materials: [{name: 户口簿}]", "materials: [{name: 户口簿, shared: true}]", "move-talent",
         "材料：“户口簿（电子件，1份）” → “户口簿（电子件，1份，共享免交）”", False),
        ("label: 是否农村", "label: 是不是农村", "move-spouse-inside",
         "表单：“是否农村（yes_no）” → “是不是农村（yes_no）”", False),
        ("[{id: rural, kind: yes_no", "[{id: rural, kind: text", "move-spouse-inside",
         "表单：“是否农村（yes_no）” → “是否农村（text）”", True),
        ("title: 养犬登记,", "title: 登记养犬,", "dog-register", "名称：“养犬登记” → “登记养犬”", False),
    ],
)  # fmt: skip
def test_each_change_in_a_clerk_s_words(
    write_catalog: Write, toy_catalog: Catalog, old: str, new: str, id: str, line: str, fields: bool
) -> None:
    changes = changed_items(toy_catalog, changed(write_catalog, (old, new)))
    change = next(one for one in changes if one.id == id)
    assert change.kind == "changed"
    assert line in [text.strip() for text in change.lines()]
    assert change.fields_changed is change.touches_drafts is fields


def test_added_and_removed(write_catalog: Write, toy_catalog: Catalog) -> None:
    dog = "- {id: dog-register, title: 养犬登记, says: [给狗上户口], situations: [家里养了条小狗]}"
    other = "- {id: dog-tag, title: 犬牌补发, says: [狗牌], situations: [狗牌丢了]}"
    new = changed(write_catalog, (dog, other))
    assert [(one.kind, one.id) for one in changed_items(toy_catalog, new)] == [
        ("removed", "dog-register"),
        ("added", "dog-tag"),
    ]


def test_renamed_and_whether_drafts_follow(write_catalog: Write, toy_catalog: Catalog) -> None:
    new = changed(write_catalog, ("id: plate-lost", "id: plate-replace"))
    (change,) = changed_items(toy_catalog, new)
    assert (change.kind, change.id, change.new_id, change.follows) == (
        "renamed", "plate-lost", "plate-replace", False,
    )  # fmt: skip
    assert "formerly: [plate-lost]" in "".join(change.lines())
    said = "id: plate-replace\n        formerly: [plate-lost]\n        title: 车牌补领"
    new = changed(write_catalog, ("id: plate-lost\n        title: 机动车号牌补领", said))
    (change,) = changed_items(toy_catalog, new)
    assert (change.kind, change.follows, change.touches_drafts) == ("renamed", True, True)
    assert new.successor("plate-lost") == new.item("plate-replace")
    assert new.successor("nothing") is None


def test_questions_that_change(write_catalog: Write, toy_catalog: Catalog) -> None:
    new = changed(write_catalog, ("{id: broken, label: 损坏", "{id: broken, label: 坏了"))
    (change,) = changed_facets(toy_catalog, new)
    assert change.subject == "plate"
    assert "丢失/坏了" in "".join(change.lines())
