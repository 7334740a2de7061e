from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_index.checks import check_catalog
from catalog_index.editing.split import Split, ambiguities, find_item, make_facet, parse_facet, split_item
from catalog_index.errors import CatalogInvalid, ItemUnknown
from catalog_index.loader import load_catalog

Write = Callable[..., Path]
STATE = "state:情况:是第一次办还是补办？:first=第一次,again=补办"
DOG = "- {id: dog-register, title: 养犬登记, says: [给狗上户口], situations: [家里养了条小狗]}"


@pytest.fixture
def split_dog(write_catalog: Write) -> Callable[..., tuple[Path, Split]]:
    def split(*facets: str, without: tuple[dict[str, str], ...] = ()) -> tuple[Path, Split]:
        folder = write_catalog((DOG, DOG.replace("给狗上户口", "给狗上户口, 第一次给狗上户口")))
        catalog = load_catalog(folder)
        item = find_item(catalog, "dog")
        return folder, split_item(catalog, folder, item, [parse_facet(one) for one in facets], without)

    return split


def test_a_lone_item_becomes_its_subject_s_leaves(split_dog: Callable[..., tuple[Path, Split]]) -> None:
    folder, split = split_dog(STATE, "size:大小:狗多大？:small=小型,big=大型")
    assert split.whole
    assert [leaf.id for leaf in split.leaves] == [
        "dog-register-first-small", "dog-register-first-big",
        "dog-register-again-small", "dog-register-again-big",
    ]  # fmt: skip
    assert ambiguities(split) == []
    path = folder / "toy.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before[: before.index("  - id: dog\n")] + split.text, encoding="utf-8")
    catalog = load_catalog(folder)
    (common,) = {item.coarse for item in catalog.subject("dog").items}
    assert common == "养犬登记"
    assert {item.result for item in catalog.subject("dog").items} == {"养犬登记证"}
    assert catalog.item("dog-register-again-big").title == "养犬登记（补办、大型）"
    assert "给狗上户口" in catalog.subject("dog").says, "it calls all of them"
    assert all("no everyday phrases" in fault for fault in check_catalog(catalog)), "left to be filled in"
    assert "家里养了条小狗" in split.text, "an undecided situation is shown, not lost"


def test_phrases_go_where_they_answer(split_dog: Callable[..., tuple[Path, Split]]) -> None:
    folder, split = split_dog(STATE)
    path = folder / "toy.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text(before[: before.index("  - id: dog\n")] + split.text, encoding="utf-8")
    assert load_catalog(folder).item("dog-register-first").says == ("第一次给狗上户口",)


def test_one_of_several_siblings(write_catalog: Write) -> None:
    folder = write_catalog()
    catalog = load_catalog(folder)
    split = split_item(catalog, folder, catalog.item("move-spouse-inside"), [parse_facet(STATE)])
    assert not split.whole
    assert [text.split(";")[0] for text in ambiguities(split)] == [
        f"3 questions, more than 2, may be needed to reach move-spouse-inside-{state}"
        for state in ("first", "again")
    ]
    assert "结婚证" in split.text, "what only this item states is kept by its leaves"
    number = int(split.place.split(":")[1])
    text = (folder / "toy.yaml").read_text(encoding="utf-8")
    assert "move-spouse-inside" in text.splitlines()[number - 1]
    # Put where the text says, the subject is as the analysis had it.
    start, end = text.index("      - id: move-spouse-inside"), text.index("      - id: move-spouse-outside")
    facets, leaves = split.text.split("# in place of item move-spouse-inside:\n")
    text = text[:start] + leaves + text[end:]
    text = text.replace("    none:\n", facets + "    none:\n", 1)
    (folder / "toy.yaml").write_text(text, encoding="utf-8")
    after = load_catalog(folder).subject("move")
    assert {item.id: item.when for item in after.items} == {
        item.id: item.when for item in split.subject.items
    }
    assert [m.name for m in after.items[0].materials] == ["户口簿", "结婚证", "住房证明"]


def test_a_combination_without_a_leaf_ends_nowhere(split_dog: Callable[..., tuple[Path, Split]]) -> None:
    _, split = split_dog(
        STATE, "size:大小:狗多大？:small=小型,big=大型", without=({"state": "again", "size": "big"},)
    )
    assert len(split.leaves) == 3
    (fault,) = ambiguities(split)
    assert "1 path(s) end nowhere, first: 情况=补办，大小=大型" in fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("state", "write id:title"),
        ("state:情况:问？:a=甲,乙", "needs an id and a label"),
        ("state:情况:问？:a=甲", "at least 2"),
        ("State:情况:问？:a=甲,b=乙", "id"),
        ("state:情况:问？:a=甲,a=乙", "stands twice"),
    ],
)
def test_what_is_no_facet(text: str, said: str) -> None:
    with pytest.raises(CatalogInvalid, match=said):
        parse_facet(text)


WORD = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8)


@given(title=WORD, ask=WORD, labels=st.lists(WORD, min_size=2, max_size=5))
def test_facets_are_read_as_they_are_written(title: str, ask: str, labels: list[str]) -> None:
    values = [(f"v{number}", label) for number, label in enumerate(labels)]
    text = f"f:{title}：{ask}:" + "，".join(f"{value}＝{label}" for value, label in values)
    assert parse_facet(text) == make_facet("f", title, ask, values)


def test_what_cannot_be_split(write_catalog: Write) -> None:
    folder = write_catalog()
    catalog = load_catalog(folder)
    with pytest.raises(CatalogInvalid, match="name one of them: move-spouse-inside"):
        find_item(catalog, "move")
    with pytest.raises(ItemUnknown):
        find_item(catalog, "nothing")
    item = find_item(catalog, "move-talent")
    with pytest.raises(CatalogInvalid, match="has origin already"):
        split_item(catalog, folder, item, [parse_facet("origin:地方:哪里？:a=甲,b=乙")])
    with pytest.raises(CatalogInvalid, match="0 leaves"):
        split_item(catalog, folder, item, [parse_facet(STATE)], [{"state": "first"}, {"state": "again"}])
