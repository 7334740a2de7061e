from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_index.engine import SearchEngine
from catalog_index.errors import IndexMissing, VectorEngineUnavailable
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.vectors import CODED_FROM, FaissEngine, VectorEngine, vector_engine
from wenban.settings import Settings

WIDTH = 16


def some_vectors(count: int, seed: int = 0) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


class EngineConformance:
    """What every vector engine must do; a new one gets a subclass with its `engine`."""

    @pytest.fixture(scope="class")
    def home(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("vectors")

    @pytest.fixture(scope="class")
    def engine(self, home: Path) -> VectorEngine:
        raise NotImplementedError

    def test_the_nearest_are_the_true_ones_in_order(self, engine: VectorEngine, home: Path) -> None:
        vectors = some_vectors(300)
        index = engine.build(home, "order", vectors, approximate=False)
        for query in some_vectors(5, seed=1):
            similarities, places = index.nearest(query[None], 20)
            true = vectors @ query
            np.testing.assert_array_equal(places, np.argsort(-true)[:20])
            np.testing.assert_allclose(similarities, true[places], rtol=1e-4, atol=1e-5)
            assert similarities.dtype == np.float32
            assert places.dtype == np.int64

    def test_more_than_there_are(self, engine: VectorEngine, home: Path) -> None:
        index = engine.build(home, "few", some_vectors(3), approximate=False)
        similarities, places = index.nearest(some_vectors(1, seed=2), 384)
        assert sorted(places.tolist()) == [0, 1, 2]
        assert len(similarities) == index.count == 3

    def test_opened_it_answers_the_same(self, engine: VectorEngine, home: Path) -> None:
        built = engine.build(home, "again", some_vectors(50), approximate=False)
        opened, query = engine.open(home, "again"), some_vectors(1, seed=3)
        assert (opened.count, opened.kind) == (built.count, built.kind)
        for one, other in zip(built.nearest(query, 9), opened.nearest(query, 9), strict=True):
            np.testing.assert_array_equal(one, other)

    def test_names_are_apart_and_building_again_replaces(self, engine: VectorEngine, home: Path) -> None:
        engine.build(home, "one", some_vectors(10, seed=4), approximate=False)
        engine.build(home, "two", some_vectors(20, seed=5), approximate=False)
        engine.build(home, "one", some_vectors(30, seed=6), approximate=False)
        assert (engine.open(home, "one").count, engine.open(home, "two").count) == (30, 20)
        vector = some_vectors(30, seed=6)[7:8]
        assert engine.open(home, "one").nearest(vector, 1)[1].tolist() == [7]

    def test_half_precision_is_taken(self, engine: VectorEngine, home: Path) -> None:
        vectors = some_vectors(40)
        index = engine.build(home, "half", vectors.astype(np.float16), approximate=False)
        assert index.nearest(vectors[9:10], 1)[1].tolist() == [9]

    def test_an_approximate_index_finds_most(self, engine: VectorEngine, home: Path) -> None:
        vectors = some_vectors(2_000)
        index = engine.build(home, "many", vectors, approximate=True)
        exact = engine.build(home, "exact", vectors, approximate=False)
        assert index.kind != exact.kind
        found = 0
        for query in some_vectors(20, seed=7):
            true = set(np.argsort(-(vectors @ query))[:10].tolist())
            found += len(true & set(index.nearest(query[None], 100)[1].tolist()))
        assert found / 200 > 0.8

    def test_what_was_never_built_cannot_be_opened(self, engine: VectorEngine, home: Path) -> None:
        with pytest.raises(OSError, match="nothing"):
            engine.open(home, "nothing")

    def test_the_search_is_the_same_over_every_engine(
        self,
        engine: VectorEngine,
        toy_engine: SearchEngine,
        toy_catalog: Catalog,
        settings: Settings,
        home: Path,
    ) -> None:
        own = replace(settings, index_dir=home / "index", vector_url=engine.name)
        SearchEngine.build(toy_catalog, own)
        loaded = SearchEngine.load(toy_catalog, own)
        assert engine.name.partition("+")[0] in loaded.channels.kind
        for query in ("车牌坏了", "老婆户口在上海", "今天天气怎么样"):
            one, other = toy_engine.search(query), loaded.search(query)
            assert [found.id for found in one.results] == [found.id for found in other.results]
            assert one.decision == other.decision


class TestFaiss(EngineConformance):
    @pytest.fixture(scope="class")
    def engine(self, home: Path) -> VectorEngine:
        return vector_engine("faiss")


def test_many_phrases_are_compared_by_codes_and_ranked_by_their_own_numbers(tmp_path: Path) -> None:
    # Phrases of one item lie close together, as they do in a catalog.
    items = CODED_FROM // 20 + 1
    noise = np.random.default_rng(1).normal(size=(items * 20, 32)).astype(np.float32)
    vectors = np.repeat(noise[:items], 20, axis=0) + 0.5 * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    built = FaissEngine().build(tmp_path, "coded", vectors, approximate=False)
    index = FaissEngine().open(tmp_path, "coded")
    assert built.kind == index.kind == "faiss IndexRefine"
    found = 0
    for query in vectors[::500]:
        similarities, places = index.nearest(query[None], 100)
        np.testing.assert_allclose(similarities, vectors[places] @ query, atol=2e-3)
        assert np.all(np.diff(similarities) <= 0)
        found += len(set(places[:20].tolist()) & set(np.argsort(-(vectors @ query))[:20].tolist()))
    assert found >= 0.98 * 20 * len(vectors[::500])


class TestMilvus(EngineConformance):
    """The embedded engine; a cluster is spoken to by the same client."""

    @pytest.fixture(scope="class")
    def engine(self, home: Path) -> VectorEngine:
        pytest.importorskip("milvus_lite", reason="needs the extra wenban[milvus]")
        return vector_engine(f"milvus+{home / 'milvus.db'}")


def test_an_index_remembers_its_engine(
    toy_engine: SearchEngine, toy_catalog: Catalog, settings: Settings, tmp_path: Path
) -> None:
    pytest.importorskip("milvus_lite", reason="needs the extra wenban[milvus]")
    own = replace(settings, index_dir=settings.home / "toy-index", vector_url=f"milvus+{tmp_path / 'm.db'}")
    with pytest.raises(IndexMissing, match="stale \\(vectors changed\\)"):
        SearchEngine.load(toy_catalog, own)


def test_a_milvus_that_is_not_there_is_an_error() -> None:
    pytest.importorskip("pymilvus", reason="needs the extra wenban[milvus]")
    with pytest.raises(VectorEngineUnavailable, match="cannot be reached"):
        vector_engine("milvus+http://127.0.0.1:9")


@pytest.mark.parametrize("url", ["", "milvus", "milvus+", "redis+localhost"])
def test_an_unknown_engine_is_an_error(url: str) -> None:
    with pytest.raises(VectorEngineUnavailable, match="no vector engine"):
        vector_engine(url)


def test_a_broken_file(tmp_path: Path) -> None:
    (tmp_path / "x.faiss").write_bytes(b"{")
    with pytest.raises(OSError, match=r"x\.faiss"):
        FaissEngine().open(tmp_path, "x")


@given(st.integers(1, 60), st.integers(1, 80))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_as_many_as_asked(tmp_path: Path, count: int, top: int) -> None:
    index = FaissEngine().build(tmp_path, "x", some_vectors(count), approximate=False)
    similarities, places = index.nearest(some_vectors(1, seed=8), top)
    assert len(set(places.tolist())) == len(places) == min(count, top)
    assert (np.diff(similarities) <= 0).all()
