from __future__ import annotations

import io
import json
import lzma
import tarfile
from pathlib import Path

import numpy as np
import pytest

from catalog_index.channels import CONTEXT, FEATURES, Channels, Hidden
from catalog_index.encoder import StaticEncoder, load_encoder
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog
from catalog_index.phonetic import fold, syllables
from catalog_index.training.calibrate import Known, best_factor, read_known, sharpened
from catalog_index.training.corpus import catalog_pairs, outside_pairs
from catalog_index.training.encoder import Recipe, Stage, Training, build_tokenizer, save
from catalog_index.training.fusion import Example, collect, fit, held_out, in_fold, out_of_scope, queries
from catalog_index.training.homophones import Homophones

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


def test_phrases_held_out_are_in_no_pair(toy_catalog: Catalog) -> None:
    held = held_out(toy_catalog, 0)
    assert held
    said = {text for pair in catalog_pairs(toy_catalog, held) for text in (pair.left, pair.right)}
    assert said.isdisjoint(held)
    assert all(in_fold(text, 0) for text in held)


def test_training_brings_kin_together(toy_catalog: Catalog, tmp_path: Path) -> None:
    pairs = catalog_pairs(toy_catalog)
    recipe = Recipe(width=16, words=100, batch=16, catalog=Stage(30, 0.05, {"catalog": 1.0}))
    tokenizer = build_tokenizer(toy_catalog, [pair.left for pair in pairs], recipe.words)
    training = Training(tokenizer, recipe)
    untouched = training.copy()
    training.run({"catalog": pairs}, recipe.catalog)
    save(tokenizer, training.table(), tmp_path / "model", "# card\n")
    training.save(tmp_path / "state")
    np.testing.assert_array_equal(Training.load(tmp_path / "state", recipe).table(), training.table())
    assert not np.allclose(training.table(), untouched.table())
    encoder = StaticEncoder(tmp_path / "model")
    a, b, c = encoder.encode(["给狗上户口", "养犬登记", "机动车号牌补领"])
    assert a @ b > a @ c + 0.2


def test_a_hidden_phrase_does_not_find_itself(toy_catalog: Catalog, tmp_path: Path) -> None:
    channels = Channels.build(toy_catalog, load_encoder(None), tmp_path)
    place = next(i for i, phrase in enumerate(channels.item_phrases) if phrase.text == "补车牌")
    row, words = channels.item_phrases[place].owner, FEATURES.index("words")
    assert channels.features("补车牌")[0][row, words] > 0.99
    assert channels.features("补车牌", Hidden((place,)))[0][row, words] < 0.99
    asked = queries(channels, lambda _: True, seed=1)
    titles = {item.title for item in toy_catalog.items} - {"养犬登记"}
    assert titles.isdisjoint(query.text for query in asked)
    assert all(query.right for query in asked)


def test_fitting_finds_the_feature_that_tells(toy_catalog: Catalog) -> None:
    chance = np.random.default_rng(3)
    made = []
    for _ in range(60):
        features = chance.random((6, len(FEATURES)), dtype=np.float32)
        right = int(features[:, FEATURES.index("meaning")].argmax())
        made.append(Example(features, np.ones(len(CONTEXT), np.float32), (right,), 1.0))
    weights, _, loss = fit(made)
    assert FEATURES[int(weights.argmax())] == "meaning"
    assert loss < 0.6
    assert all(
        (weight <= 0) == (name == "facets_broken") or weight >= 0
        for name, weight in zip(FEATURES, weights, strict=True)
    )


def test_examples_hold_the_right_candidates(toy_catalog: Catalog) -> None:
    made = collect(toy_catalog, load_encoder(None), lambda _: True, seed=1)
    assert any(not example.right for example in made)
    for example in made:
        assert all(0 <= row < len(example.features) for row in example.right)


def test_misheard_phrases_sound_the_same() -> None:
    homophones = Homophones(["居住证到期", "拘注整道七"], seed=1)
    heard = homophones.mishear("居住证到期", 1.0)
    assert [fold(one) for one in syllables(heard)] == [fold(one) for one in syllables("居住证到期")]
    assert homophones.mishear("abc", 1.0) == "abc"


def test_calibration_sharpens_what_is_shy_and_keeps_the_ranking(toy_engine: SearchEngine) -> None:
    shy = SearchEngine(toy_engine.catalog, toy_engine.channels, sharpened(toy_engine.fusion, 0.3, {}))
    known = [Known(item.title, place) for place, item in enumerate(toy_engine.catalog.items)]
    factor, loss = best_factor(shy, known)
    assert factor > 1
    bold = SearchEngine(shy.catalog, shy.channels, sharpened(shy.fusion, factor, {"factor": factor}))
    assert best_factor(bold, known)[1] <= loss
    before, after = shy.search("车牌坏了"), bold.search("车牌坏了")
    assert [found.id for found in before.results] == [found.id for found in after.results]


def test_development_queries_are_read_with_their_places(toy_engine: SearchEngine, tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    records: list[dict[str, str | None]] = [
        {"query": "狗證", "kind": "plain", "item": "dog-register", "subject": "dog"},
        {"query": "车牌", "kind": "ambiguous", "item": None, "subject": "plate"},
        {"query": "下雨吗", "kind": "out-of-scope", "item": None, "subject": None},
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    last = len(toy_engine.catalog.items) - 1
    assert read_known(path, toy_engine) == [Known("狗证", last), Known("下雨吗", -1)]


def test_out_of_scope_sentences_are_many_and_different() -> None:
    sentences = out_of_scope()
    assert len(sentences) >= 150
    assert len(set(sentences)) == len(sentences)
