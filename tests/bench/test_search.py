from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.diet.compare import first_items, training_data
from bench.search import Quality, Query, measure, measure_ranker, read_queries
from bench.search_baselines import JiebaBm25
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog, load_catalog
from wenban.errors import SetupError
from wenban.settings import load_settings


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(load_settings().catalog_dir)


def test_places_are_counted() -> None:
    quality = Quality()
    for ranked in (["a", "b"], ["b", "a"], ["b", "c"]):
        quality.add(ranked, "a")
    assert quality.shares() == {"queries": 3, "top1": 0.3333, "top3": 0.6667, "mrr": 0.5}


def test_query_files_are_checked(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(SetupError, match="no queries"):
        read_queries("dev", catalog, tmp_path)
    path = tmp_path / "dev.jsonl"
    good = {"query": "q", "kind": "plain", "item": catalog.items[0].id, "subject": None}
    for line, said in (
        ("{", "dev.jsonl:2"),
        ('{"query": "q"}', "kind"),
        (json.dumps({**good, "item": "x"}), "'x'"),
    ):
        path.write_text(json.dumps(good) + "\n" + line + "\n", encoding="utf-8")
        with pytest.raises(SetupError, match=said):
            read_queries("dev", catalog, tmp_path)


def test_measuring_titles(
    few: Catalog, few_items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    monkeypatch.setenv("WENBAN_CATALOG", str(few_items))
    engine = SearchEngine.build(few, load_settings())
    asked = [Query(item.title, "title", item.id, item.subject_id) for item in few.items[:20]]
    vague = next(subject for subject in few.subjects if subject.facets)
    asked += [Query(vague.title, "vague", None, vague.id), Query("给我讲个笑话吧", "none", None, None)]
    by_kind, steps = measure(engine, asked)
    shares = steps.shares()
    assert by_kind["title"].queries == 20
    assert by_kind["all"].shares()["top1"] > 0.9
    assert shares["vague_led"] == shares["out_of_scope_refused"] == 1
    assert shares["reached"] > 0.9
    done: list[int] = []
    plain, _ = measure_ranker(JiebaBm25(few).rank, asked, done.append)
    assert plain["all"].shares()["top3"] > 0.8
    assert sum(done) == 20


def test_the_comparison_may_be_with_a_part_of_the_catalog(few: Catalog) -> None:
    part = first_items(few, 4)
    assert part.subjects == few.subjects[: len(part.subjects)]
    assert 4 <= len(part.items) < 4 + len(part.subjects[-1].items)
    assert first_items(few, 10_000).subjects == few.subjects


def test_every_item_is_an_intent_of_the_comparison(catalog: Catalog) -> None:
    text, intents = training_data(catalog)
    assert intents == [item.id for item in catalog.items]
    assert text.count("- intent:") == len(intents)
