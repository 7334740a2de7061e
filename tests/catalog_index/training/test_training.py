from __future__ import annotations

import io
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest

from catalog_index.encoder import StaticEncoder, load_encoder
from catalog_index.engine import SearchEngine
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.loader import Catalog
from catalog_index.training.calibrate import (
    LENIENCES,
    best_lenience,
    best_sharpness,
    names_only,
    sharpened,
)
from catalog_index.training.corpus import catalog_families, detail_pairs, outside_pairs
from catalog_index.training.encoder import Material, Recipe, Stage, Training, build_tokenizer, save
from catalog_index.training.fusion import (
    Example,
    Query,
    build_channels,
    development_queries,
    examples,
    fit,
    rough_fusion,
)

LAW = """# 某市养犬管理条例

第一条 养犬人应当办理养犬登记；登记后领取养犬登记证。
"""


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of texts in the form that the recipe reads."""
    (tmp_path / "text").mkdir()
    (tmp_path / "catalogs").mkdir()
    with tarfile.open(tmp_path / "text" / "laws.tar.xz", "w:xz") as archive:
        data = LAW.encode()
        member = tarfile.TarInfo("laws/a.md")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    lay = {"query": "养狗要不要登记？", "statutes": {"某市养犬管理条例第一条": "养犬人应当办理养犬登记。"}}
    item = {
        "TASK_NAME": "养犬登记证核发",
        "accept_standard": "犬只已经免疫。",
        "material_intro": ["免疫证明书"],
    }
    for path, record in (
        ("text/stard_lay_queries.jsonl.xz", lay),
        ("catalogs/guangdong_2021.jsonl.xz", item),
    ):
        with lzma.open(tmp_path / path, "wt", encoding="utf-8") as stream:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return tmp_path


def test_pairs_of_the_outside_texts(texts: Path) -> None:
    pairs = outside_pairs(texts, seed=1)
    assert ("养犬人应当办理养犬登记", "登记后领取养犬登记证") in {(p.left, p.right) for p in pairs["laws"]}
    assert {p.right for p in pairs["lay"]} == {"养犬人应当办理养犬登记", "某市养犬管理条例"}
    assert {p.right for p in pairs["city"]} == {"犬只已经免疫", "免疫证明书"}


def test_missing_texts_are_left_out(tmp_path: Path) -> None:
    assert outside_pairs(tmp_path, seed=1) == {}


def test_families_hold_all_ways_to_ask(toy_catalog: Catalog) -> None:
    families = {(family.subject, family.item): family.texts for family in catalog_families(toy_catalog)}
    assert families[(0, 0)] == ("市内夫妻投靠落户", "市内夫妻迁户口", "老婆户口在佛堂想和我迁到一起")
    assert "迁户口" in families[(0, -1)]
    assert all(len(texts) > 1 for texts in families.values())


def test_details_belong_to_their_item(toy_catalog: Catalog) -> None:
    pairs = {(pair.left, pair.right): pair.item for pair in detail_pairs(toy_catalog)}
    assert pairs[("市内夫妻投靠落户", "结婚证")] == -1
    assert pairs[("市内夫妻投靠落户", "老婆")] == 0


def test_training_brings_kin_together(toy_catalog: Catalog, tmp_path: Path) -> None:
    families = catalog_families(toy_catalog)
    recipe = Recipe(width=16, words=100, batch=16, refused=2, catalog=Stage(40, 0.05, {"catalog": 1.0}))
    texts = [text for family in families for text in family.texts]
    refused = ["讲个笑话", "唱首歌", "天气好吗"]
    training = Training(build_tokenizer(toy_catalog, [*texts, *refused], recipe.words), recipe)
    before = training.table()
    training.run(Material({}, families, refused), recipe.catalog)
    save(training.tokenizer, training.table(), tmp_path / "model", "# card\n")
    training.save(tmp_path / "state")
    np.testing.assert_array_equal(Training.load(tmp_path / "state", recipe).table(), training.table())
    assert not np.allclose(training.table(), before)
    encoder = StaticEncoder(tmp_path / "model")
    a, b, c, d = encoder.encode(["给狗上户口", "养犬登记", "机动车号牌补领", "讲个笑话"])
    assert a @ b > a @ c + 0.2
    assert a @ b > a @ d + 0.2


def test_fitting_finds_the_feature_that_tells(toy_catalog: Catalog) -> None:
    chance = np.random.default_rng(3)
    made = []
    for _ in range(60):
        features = chance.random((6, len(FEATURES)), dtype=np.float32)
        right = int(features[:, FEATURES.index("centre")].argmax())
        made.append(Example(features, np.ones(len(CONTEXT), np.float32), (right,)))
    fusion, loss = fit(made)
    weights = fusion.weights
    assert FEATURES[int(weights.argmax())] == "centre"
    assert loss < 0.6
    assert all(
        (weight <= 0) == (name == "facets_broken") or weight >= 0
        for name, weight in zip(FEATURES, weights, strict=True)
    )


def test_examples_hold_the_right_candidates(toy_catalog: Catalog) -> None:
    engine = SearchEngine(toy_catalog, build_channels(toy_catalog, load_encoder(None)), rough_fusion())
    made = examples(engine, [Query("狗证", (5,)), Query("讲个笑话", ())])
    assert made[1].right == ()
    (row,) = made[0].right
    features, _ = engine.exact.features("狗证")
    np.testing.assert_array_equal(made[0].features[row][:-2], features[5][:-2])


def test_calibration_sharpens_what_is_shy_and_keeps_the_ranking(toy_engine: SearchEngine) -> None:
    shy = SearchEngine(toy_engine.catalog, toy_engine.channels, sharpened(toy_engine.fusion, 0.3, 0.0, {}))
    known = [Query(item.title, (place,)) for place, item in enumerate(toy_engine.catalog.items)]
    factor, softening, loss = best_sharpness(shy, known)
    assert factor > 1
    bold = SearchEngine(
        shy.catalog, shy.channels, sharpened(shy.fusion, factor, softening, {"factor": factor})
    )
    assert bold.fusion.made["factor"] == factor
    assert best_sharpness(bold, known)[2] <= loss
    before, after = shy.search("车牌坏了"), bold.search("车牌坏了")
    assert [found.id for found in before.results] == [found.id for found in after.results]


def test_lenience_is_what_a_catalog_of_titles_needs(toy_engine: SearchEngine) -> None:
    plain = names_only(toy_engine.catalog)
    assert all(item.says == item.situations == item.utterances == () for item in plain.items)
    sparse = SearchEngine(plain, build_channels(plain, load_encoder(None)), toy_engine.fusion)
    assert sparse.fusion.sparse > toy_engine.fusion.sparse
    meant = [Query("狗证怎么办", (5,)), Query("我的车牌不见了", (2,)), Query("车牌坏了要换", (3,))]
    # Where all is meant, the less is refused the better; where nothing is, the other way round.
    assert best_lenience(sparse, meant)[0] == max(LENIENCES)
    assert 0.0 <= best_lenience(sparse, [*meant, Query("车牌真好看", ())])[0] < max(LENIENCES)
    assert best_lenience(sparse, [Query("车牌真好看", ()), Query("讲个笑话", ())])[0] == 0.0


def test_a_short_query_is_less_sure_with_softening(toy_engine: SearchEngine) -> None:
    def sure(softening: float, query: str) -> float:
        fusion = sharpened(toy_engine.fusion, 0.3, softening, {})
        engine = SearchEngine(toy_engine.catalog, toy_engine.channels, fusion)
        return max(found.probability for found in engine.search(query).results)

    assert sure(4.0, "车牌坏") < sure(0.0, "车牌坏")


def test_development_queries_are_read_with_their_places(toy_engine: SearchEngine, tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    records: list[dict[str, str | None]] = [
        {"query": "狗證", "kind": "plain", "item": "dog-register", "subject": "dog"},
        {"query": "车牌", "kind": "ambiguous", "item": None, "subject": "plate"},
        {"query": "下雨吗", "kind": "out-of-scope", "item": None, "subject": None},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    last = len(toy_engine.catalog.items) - 1
    asked = development_queries(path, toy_engine.catalog)
    assert asked == [Query("狗證", (last,)), Query("车牌", (3, 4)), Query("下雨吗", ())]
