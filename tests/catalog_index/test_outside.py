from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from catalog_index.encoder import load_encoder
from catalog_index.outside import Outside, out_of_scope
from catalog_index.text import Tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    return Tokenizer(["车牌", "户口"], str(tmp_path_factory.mktemp("jieba")))


@pytest.fixture(scope="module")
def outside(tokenizer: Tokenizer) -> Outside:
    texts = ("补车牌", "车牌丢了", "迁户口", "户口本补办")
    counts = Counter(token for text in texts for token in set(tokenizer.features(text)))
    return Outside.build(counts, len(texts), tokenizer, load_encoder(None))


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
    vector = np.zeros(outside.vectors.shape[1], np.float32)
    assert outside.measure(vector, ["从未见过的词"]) == (0.0, 0.0)
    assert outside.measure(vector, []) == (0.0, 0.0)


def test_what_is_saved_is_read_back(outside: Outside, tmp_path: Path) -> None:
    outside.save(tmp_path)
    again = Outside.load(tmp_path)
    np.testing.assert_allclose(again.vectors, outside.vectors, atol=1e-3)
    assert again.odds == pytest.approx(outside.odds)
    (tmp_path / "outside.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError):
        Outside.load(tmp_path)
