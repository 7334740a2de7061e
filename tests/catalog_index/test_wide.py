from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import catalog_index.engine as module
from catalog_index.documents import all_phrases
from catalog_index.engine import SearchEngine
from catalog_index.errors import IndexMissing, ItemUnknown
from catalog_index.features import FEATURES
from catalog_index.loader import Catalog
from catalog_index.text import normalise
from wenban.settings import Settings

# In a catalog as small as a city's everything is a candidate, so the wide search must say what the exact one
# says, but for the meaning of phrases that are far from the query.
QUERIES = (
    "车牌坏了", "老婆户口在上海", "给狗上户口", "户口迁移", "今天天气怎么样", "硕士落户", "補車牌",
    "补扯排", "x",
)  # fmt: skip


@pytest.fixture(scope="module")
def own(settings: Settings) -> Settings:
    return replace(settings, index_dir=settings.home / "wide-index")


@pytest.fixture(scope="module")
def wide(toy_catalog: Catalog, own: Settings) -> Iterator[SearchEngine]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WIDE_FROM", 1)
        SearchEngine.build(toy_catalog, own)
        yield SearchEngine.load(toy_catalog, own)


@pytest.mark.parametrize("query", QUERIES)
def test_it_decides_as_the_exact_search(wide: SearchEngine, toy_engine: SearchEngine, query: str) -> None:
    one, other = wide.search(query), toy_engine.search(query)
    assert (one.decision, one.subject_id, one.facet_id) == (other.decision, other.subject_id, other.facet_id)
    assert [found.id for found in one.results[:1]] == [found.id for found in other.results[:1]]


@pytest.mark.parametrize("query", QUERIES)
def test_features_of_candidates_are_the_exact_ones(
    wide: SearchEngine, toy_engine: SearchEngine, query: str
) -> None:
    measured = wide.channels.measure([query], wide.fusion.weights, [s.id for s in wide.catalog.subjects])
    assert measured.layout.item_place == toy_engine.exact.layout.item_place
    exact, facts = toy_engine.channels.measure([query], wide.fusion.weights, []).texts[0]
    assert measured.texts[0][1] == pytest.approx(facts, abs=2e-3)
    # Both kinds of phrases share one vocabulary here, so the frequencies of subjects' words differ; and the
    # neighbours are those of both.
    differ = {"subject_words", "subject_held", "subject_sound", "nearest", "near"}
    same = [at for at, name in enumerate(FEATURES) if name not in differ]
    np.testing.assert_allclose(measured.texts[0][0][:, same], exact[:, same], atol=2e-3)


def test_it_knows_the_same_phrases(wide: SearchEngine, toy_engine: SearchEngine) -> None:
    items, _ = all_phrases(toy_engine.catalog)
    known = [normalise(phrase.text) for phrase in items]
    for engine in (wide, toy_engine):
        assert all(map(engine.channels.knows, known))
        assert not any(engine.channels.knows(f"{text}的事") for text in known)


def test_answers_and_refusals_count(wide: SearchEngine) -> None:
    end = wide.search("迁户口", within_subject="move", answers={"reason": "spouse", "origin": "inside"})
    assert (end.decision, end.results[0].id) == ("item", "move-spouse-inside")
    refused = wide.search("给狗上户口", exclude=["dog-register"])
    assert "dog-register" not in [found.id for found in refused.results]
    with pytest.raises(ItemUnknown):
        wide.search("车牌", within_subject="nowhere")


def test_a_subject_that_the_words_do_not_lead_to_is_kept(wide: SearchEngine) -> None:
    assert wide.search("给狗上户口", within_subject="plate").subject_id == "plate"


def test_hypotheses_help(wide: SearchEngine) -> None:
    assert wide.search("补扯排", alternatives=[("补车牌", 0.9)]).results[0].id == "plate-lost"


def test_threads_do_not_disturb_each_other(wide: SearchEngine) -> None:
    alone = [replace(wide.search(query), ms=0) for query in QUERIES]
    with ThreadPoolExecutor(4) as pool:
        together = [replace(result, ms=0) for result in pool.map(wide.search, QUERIES * 5)]
    assert together == alone * 5


def test_which_index_answers_is_said(wide: SearchEngine, toy_engine: SearchEngine) -> None:
    assert wide.channels.kind == "candidates over 6 items, faiss IndexFlatIP"
    assert toy_engine.channels.kind == "all of 6 items, faiss IndexFlatIP"


def test_features_of_all_items_are_not_to_be_had(wide: SearchEngine) -> None:
    with pytest.raises(IndexMissing, match="no features of all items"):
        _ = wide.exact


@pytest.mark.parametrize("name", ["words.tokens.npy", "fields.tokens.json", "meaning.faiss", "vectors.npy"])
def test_a_broken_index(wide: SearchEngine, own: Settings, toy_catalog: Catalog, name: str) -> None:
    path: Path = own.index_dir / name
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(b"{")
    try:
        with pytest.raises(IndexMissing, match="broken"):
            SearchEngine.load(toy_catalog, own)
    finally:
        path.unlink()
        path.write_bytes(whole)
