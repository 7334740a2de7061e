from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_index.editing.phrases import add_phrase
from catalog_index.errors import CatalogInvalid, ItemUnknown
from catalog_index.loader import load_catalog

Write = Callable[..., Path]
BLOCK = (
    "says: [换车牌]",
    "says:  # how people call it\n          - 换车牌   # the usual\n          - '车牌 换'",
)


def added(folder: Path, phrase: str, **where: str) -> tuple[str, list[str]]:
    """The place told, and the lines that are new or gone."""
    path = folder / "toy.yaml"
    before = path.read_text(encoding="utf-8").splitlines()
    place = add_phrase(folder, phrase, **where)
    after = path.read_text(encoding="utf-8").splitlines()
    assert phrase in after[int(place.split(":")[1]) - 1]
    return place, [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("replaced", "where", "lines"),
    [
        ((), {"item": "plate-broken"}, ["-         says: [换车牌]", "+         says: [换车牌, 车牌花了]"]),
        ((BLOCK,), {"item": "plate-broken"}, ["+           - 车牌花了"]),
        ((("        says: [换车牌]\n", ""),), {"item": "plate-broken"}, ["+         says: [车牌花了]"]),
        ((("says: [换车牌]", "says: []"),), {"item": "plate-broken"},
         ["-         says: []", "+         says: [车牌花了]"]),
        ((("says: [换车牌]", "says: [换车牌,\n          旧车牌换新]"),), {"item": "plate-broken"},
         ["-           旧车牌换新]", "+           旧车牌换新, 车牌花了]"]),
        ((), {"subject": "plate"}, ["-     says: [车牌]", "+     says: [车牌, 车牌花了]"]),
        ((("title: 养犬登记, says: [给狗上户口], ", "title: 养犬登记, "),), {"item": "dog-register"},
         ["-       - {id: dog-register, title: 养犬登记, situations: [家里养了条小狗]}",
          "+       - {id: dog-register, title: 养犬登记, says: [车牌花了], situations: [家里养了条小狗]}"]),
    ],
)  # fmt: skip
def test_nothing_else_of_the_file_changes(
    write_catalog: Write, replaced: tuple[tuple[str, str], ...], where: dict[str, str], lines: list[str]
) -> None:
    _, changed = added(write_catalog(*replaced), "车牌花了", **where)
    assert changed == lines


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    phrase=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(
        lambda text: text not in ("true", "false")
    ),
    block=st.booleans(),
)
def test_any_phrase_is_read_back(write_catalog: Write, phrase: str, block: bool) -> None:
    folder = write_catalog(BLOCK) if block else write_catalog()
    add_phrase(folder, phrase, item="plate-broken")
    assert load_catalog(folder).item("plate-broken").says[-1] == phrase


def test_what_cannot_be_added(write_catalog: Write) -> None:
    folder = write_catalog()
    text = (folder / "toy.yaml").read_text(encoding="utf-8")
    with pytest.raises(CatalogInvalid, match="stands there already"):
        add_phrase(folder, "换车牌", item="plate-broken")
    with pytest.raises(CatalogInvalid, match="truth value"):
        add_phrase(folder, "false", item="plate-broken")
    with pytest.raises(ItemUnknown):
        add_phrase(folder, "换车牌", item="nothing")
    with pytest.raises(ItemUnknown):
        add_phrase(folder, "换车牌", subject="plate-broken")
    assert (folder / "toy.yaml").read_text(encoding="utf-8") == text
