from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from catalog_index.encoder import load_encoder
from catalog_index.outside import Outside, out_of_scope
from catalog_index.text import Tokenizer, clean, strip_fillers


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(["车牌", "户口"], str(tmp_path_factory.mktemp("jieba")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outside")


@pytest.fixture(scope="module")
def outside(tokenizer: Tokenizer, folder: Path) -> Outside:
    texts = ("补车牌", "车牌丢了", "迁户口", "户口本补办")
    counts = Counter(token for text in texts for token in set(tokenizer.features(text)))
    return Outside.build(counts, len(texts), tokenizer, load_encoder(None), folder)


def test_sentences_are_many_and_different() -> None:
    sentences = out_of_scope()
    assert len(sentences) >= 3000
    assert len(set(sentences)) == len(sentences)


def test_small_talk_is_nearer_to_what_is_refused(outside: Outside, tokenizer: Tokenizer) -> None:
    def measure(text: str) -> tuple[float, float]:
        return outside.measure(load_encoder(None).encode([text])[0], tokenizer.features(text))

    talk, need = measure("推荐一部好看的电影吧"), measure("车牌丢了要补")
    assert talk[0] > need[0]
    assert talk[1] > 0 > need[1]


def test_a_token_that_neither_side_has_says_nothing(outside: Outside) -> None:
    vector = np.zeros(load_encoder(None).width, np.float32)
    assert outside.measure(vector, ["从未见过的词"]) == (0.0, 0.0)
    assert outside.measure(vector, []) == (0.0, 0.0)


def test_the_nearest_sentence_is_found(outside: Outside) -> None:
    encoder = load_encoder(None)
    vectors = encoder.encode([strip_fillers(clean(text)) for text in out_of_scope()])
    for vector in encoder.encode(["推荐一部好看的电影吧", "车牌丢了要补", "明天下雨吗"]):
        assert outside.measure(vector, [])[0] == pytest.approx(float((vectors @ vector).max()), abs=2e-3)


def test_what_is_saved_is_read_back(outside: Outside, folder: Path, tokenizer: Tokenizer) -> None:
    outside.save(folder)
    again = Outside.load(folder)
    vector, tokens = load_encoder(None).encode(["明天下雨吗"])[0], tokenizer.features("明天下雨吗")
    assert again.measure(vector, tokens) == pytest.approx(outside.measure(vector, tokens))
    (folder / "outside.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError):
        Outside.load(folder)
