from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.editing.warnings import find_warnings
from catalog_index.faults import located
from catalog_index.loader import Catalog, load_catalog

Write = Callable[..., Path]


def test_the_toy_catalog_misleads_nobody(toy_catalog: Catalog) -> None:
    assert list(find_warnings(toy_catalog)) == []


@pytest.mark.parametrize(
    ("old", "new", "said", "at"),
    [
        (
            "says: [换车牌]",
            "says: [车牌丢了换一块]",
            "tells 情况=丢失, but the item is 情况=损坏",
            "车牌丢了",
        ),
        ("丈夫是外省的想", "丈夫户口在佛堂想", "tells 户口所在地=市内, but the item is", "丈夫户口"),
        ("situations: [车牌上的字磨得认不出了]", "situations: []", "no situations", "id: plate-broken"),
        ("says: [补车牌]", "says: []", "no says", "id: plate-lost"),
        ("您为什么迁户口？", "您为什么" + "很" * 30 + "想迁户口？", "has 39 characters", "很很"),
    ],
)
def test_each_warning_with_its_line(write_catalog: Write, old: str, new: str, said: str, at: str) -> None:
    folder = write_catalog((old, new))
    (warning,) = located(find_warnings(load_catalog(folder)), folder)
    assert said in warning.text
    assert warning.mend
    assert warning.line is not None
    assert at in (folder / "toy.yaml").read_text(encoding="utf-8").splitlines()[warning.line - 1]


def test_a_denied_cue_misleads_nobody(write_catalog: Write) -> None:
    folder = write_catalog(("says: [换车牌]", "says: [车牌没丢了但坏了]"))
    assert list(find_warnings(load_catalog(folder))) == []
