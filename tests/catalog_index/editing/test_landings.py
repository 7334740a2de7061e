from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.editing.landings import moved, read_queries
from catalog_index.errors import CatalogInvalid
from catalog_index.loader import Catalog, load_catalog
from wenban.settings import Settings

Write = Callable[..., Path]


def test_utterances_that_land_elsewhere(
    write_catalog: Write, toy_catalog: Catalog, settings: Settings
) -> None:
    said = "- {id: dog-register, title: 养犬登记, says: [给狗上户口], situations: [家里养了条小狗]}"
    new = load_catalog(
        write_catalog(
            ("id: plate-lost", "id: plate-new"),
            (said, said.replace("dog", "bird").replace("养犬登记", "遛鸟登记").replace("狗", "鸟")),
        )
    )
    queries = ["车牌丢了", "养犬登记", "给狗上户口", "😀"]
    found = list(moved(toy_catalog, new, settings, queries, {"plate-lost": "plate-new"}))
    assert "车牌丢了" not in [query for query, _, _ in found], "renamed is not elsewhere"
    assert {query: str(before) for query, before, _ in found}["养犬登记"] == "事项“养犬登记”"
    assert all(before != after for _, before, after in found)


def test_queries_are_read_once_each(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    path.write_text('{"query": "狗证"}\n\n{"query": "狗证"}\n{"query": "车牌"}\n', encoding="utf-8")
    assert read_queries(path) == ["狗证", "车牌"]
    path.write_text('{"query": "狗证"}\n{"text": 1}\n', encoding="utf-8")
    with pytest.raises(CatalogInvalid, match=r"said\.jsonl:2"):
        read_queries(path)
    with pytest.raises(CatalogInvalid, match="cannot be read"):
        read_queries(tmp_path / "nowhere")
