from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catalog_index.documents import all_phrases
from catalog_index.engine import SearchEngine, SearchResult
from catalog_index.errors import IndexMissing, ItemUnknown, QueryInvalid
from catalog_index.features import CONTEXT
from catalog_index.loader import Catalog, load_catalog
from wenban.settings import Settings


def test_a_need_finds_its_item(engine: SearchEngine) -> None:
    result = engine.search("我老婆户口在上海，想迁到我这里")
    assert result.results[0].title == "市外夫妻投靠落户"
    assert result.subject_id == "hukou-move"
    assert result.answers["origin"] == "outside"


@pytest.mark.parametrize("query", ["讲个笑话听听", "帮我写首诗", "你喜欢吃什么"])
def test_what_no_counter_does_is_refused(engine: SearchEngine, query: str) -> None:
    result = engine.search(query)
    assert result.decision == "none"
    assert result.subject_id is None


def test_a_subject_s_name_leads_to_its_question(engine: SearchEngine) -> None:
    result = engine.search("户口迁移")
    assert (result.decision, result.subject_id) == ("clarify", "hukou-move")
    assert result.facet_id is not None
    assert len(result.options) >= 2


@pytest.mark.parametrize("query", ["食品经营许可证怎么办", "我想问一下食品证"])
def test_a_subject_s_name_is_no_item_though_it_nearly_holds_a_title(engine: SearchEngine, query: str) -> None:
    result = engine.search(query)
    assert (result.decision, result.subject_id) == ("clarify", "food-license")


def test_every_title_finds_its_item(engine: SearchEngine) -> None:
    missed = [
        item.title
        for item in engine.catalog.items
        if item.id not in [found.id for found in engine.search(item.title, top=3).results]
    ]
    assert missed == []


def test_answers_inside_a_subject_lead_to_its_end(toy_engine: SearchEngine) -> None:
    first = toy_engine.search("迁户口", within_subject="move")
    assert first.decision == "clarify"
    end = toy_engine.search("迁户口", within_subject="move", answers={"reason": "spouse", "origin": "inside"})
    assert (end.decision, end.results[0].id) == ("item", "move-spouse-inside")
    none = toy_engine.search(
        "迁户口", within_subject="move", answers={"reason": "talent", "origin": "inside"}
    )
    assert (none.decision, none.results) == ("none", ())
    assert none.question is not None
    assert "市外迁入" in none.question


def test_what_was_answered_outweighs_what_was_read(toy_engine: SearchEngine) -> None:
    given = {"reason": "spouse", "origin": "inside"}
    result = toy_engine.search("老婆户口在上海", within_subject="move", answers=given)
    assert result.results[0].id == "move-spouse-inside"


def test_what_was_turned_down_is_not_offered_again(toy_engine: SearchEngine) -> None:
    result = toy_engine.search("给狗上户口", exclude=["dog-register"])
    assert "dog-register" not in [found.id for found in result.results]


def sure(result: SearchResult, item: str) -> float:
    """The probability that a result gives an item; 0 where it is not listed."""
    return sum(found.probability for found in result.results if found.id == item)


def test_a_right_hypothesis_helps_a_wrong_one(toy_engine: SearchEngine) -> None:
    alone = toy_engine.search("不吃派")
    helped = toy_engine.search("不吃派", alternatives=[("不吃派", 0.6), ("补车牌", 0.4)])
    assert sure(helped, "plate-lost") > sure(alone, "plate-lost")


def test_hypotheses_count_as_much_as_they_are_likely(toy_engine: SearchEngine) -> None:
    first, second = toy_engine.search("补车牌", top=9), toy_engine.search("给狗上户口", top=9)
    heard = toy_engine.search("补车牌", alternatives=[("补车牌", 0.75), ("给狗上户口", 0.25)], top=9)
    for item in ("plate-lost", "dog-register"):
        expected = 0.75 * sure(first, item) + 0.25 * sure(second, item)
        assert sure(heard, item) == pytest.approx(expected, abs=0.01)


def test_an_impossible_hypothesis_changes_nothing(toy_engine: SearchEngine) -> None:
    alone, heard = (
        toy_engine.search("补车牌"),
        toy_engine.search("补车牌", alternatives=[("给狗上户口", 0.0)]),
    )
    assert replace(alone, ms=0) == replace(heard, ms=0)


def test_results_are_ranked_and_bounded(toy_engine: SearchEngine) -> None:
    results = toy_engine.search("车牌", top=2).results
    assert len(results) == 2
    assert results[0].probability >= results[1].probability


def test_bad_input_is_refused(toy_engine: SearchEngine) -> None:
    for query in ("", "。", "😀", "长" * 501):
        with pytest.raises(QueryInvalid):
            toy_engine.search(query)
    with pytest.raises(ItemUnknown):
        toy_engine.search("车牌", within_subject="nowhere")


def test_a_saved_index_answers_the_same(
    toy_engine: SearchEngine, toy_catalog: Catalog, settings: Settings
) -> None:
    loaded = SearchEngine.load(toy_catalog, replace(settings, index_dir=settings.home / "toy-index"))
    for query in ("车牌坏了", "老婆户口在上海", "今天天气怎么样"):
        fresh, again = toy_engine.search(query), loaded.search(query)
        assert replace(fresh, ms=0) == replace(again, ms=0)


@pytest.fixture
def saved(toy_engine: SearchEngine, settings: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(settings.home / "toy-index", tmp_path / "index")
    return replace(settings, index_dir=tmp_path / "index")


def test_no_index(toy_catalog: Catalog, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="wenban catalog build"):
        SearchEngine.load(toy_catalog, replace(settings, index_dir=tmp_path))


def test_an_index_of_another_catalog(saved: Settings, write_catalog: Callable[..., Path]) -> None:
    other = load_catalog(write_catalog(("says: [狗证]", "says: [犬证]")))
    with pytest.raises(IndexMissing, match="stale \\(catalog changed\\)"):
        SearchEngine.load(other, saved)


@pytest.mark.parametrize(
    "name", ["words.npz", "tokens.json", "meaning.faiss", "outside.faiss", "outside.json"]
)
def test_a_broken_index(saved: Settings, toy_catalog: Catalog, name: str) -> None:
    (saved.index_dir / name).write_bytes(b"{")
    with pytest.raises(IndexMissing, match="broken"):
        SearchEngine.load(toy_catalog, saved)


def test_building_again_replaces_the_index(saved: Settings, toy_catalog: Catalog) -> None:
    (saved.index_dir / "left-over").touch()
    SearchEngine.build(toy_catalog, saved)
    assert not (saved.index_dir / "left-over").exists()
    assert SearchEngine.load(toy_catalog, saved).search("车牌").results


def test_a_name_of_several_subjects_lists_them(engine: SearchEngine) -> None:
    result = engine.search("社保")
    assert result.decision == "choose"
    shared = {"subject:sb-insure", "subject:sb-record", "subject:sb-pension", "subject:sb-card"}
    assert {option.value for option in result.options} == shared


def shy(engine: SearchEngine) -> SearchEngine:
    """The same search, all but sure that nobody ever asks for anything."""
    none = np.zeros(len(CONTEXT), np.float32)
    none[CONTEXT.index("bias")] = 40.0
    return SearchEngine(engine.catalog, engine.channels, replace(engine.fusion, none_weights=none))


def test_what_the_catalog_says_word_for_word_is_never_refused(toy_engine: SearchEngine) -> None:
    engine = shy(toy_engine)
    assert engine.search("我家的狗想有个户口").decision == "none"
    items, subjects = all_phrases(engine.catalog)
    several = {place for place, subject in enumerate(engine.catalog.subjects) if len(subject.items) > 1}
    spoken = [*items, *(phrase for phrase in subjects if phrase.owner in several)]
    refused = {phrase.text for phrase in spoken if engine.search(phrase.text).decision == "none"}
    # What a subject is about describes it and is no name; it is searched like any sentence.
    assert refused <= {subject.about for subject in engine.catalog.subjects}
