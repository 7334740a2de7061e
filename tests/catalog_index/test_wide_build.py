from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pytest

from catalog_index.encoder import load_encoder
from catalog_index.loader import Catalog
from catalog_index.phonetic import sound_features
from catalog_index.source import CatalogSource
from catalog_index.text import Tokenizer, normalise
from catalog_index.vectors import FaissEngine
from catalog_index.wide_build import build_wide


@pytest.fixture(scope="module")
def folder(toy_catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide")
    said: list[str] = []
    build_wide(CatalogSource(toy_catalog), load_encoder(None), FaissEngine(), folder, progress=said.append)
    assert any("6 items" in line for line in said)
    return folder


def texts(catalog: Catalog) -> list[str]:
    found = []
    for subject in CatalogSource(catalog).texts():
        found += [*subject.names, subject.about, *(text for item in subject.items for text in item.phrases)]
    return [normalise(text) for text in found]


def test_parts_looked_up_give_the_tokens_of_the_whole(toy_catalog: Catalog, folder: Path) -> None:
    tokenizer = Tokenizer(CatalogSource(toy_catalog).words(), str(folder))
    for name, tokens_of in (("words", tokenizer.features), ("sounds", sound_features)):
        vocabulary = orjson.loads((folder / f"{name}.tokens.json").read_bytes())
        starts, tokens = np.load(folder / f"{name}.starts.npy"), np.load(folder / f"{name}.tokens.npy")
        for place, text in enumerate(texts(toy_catalog)):
            stored = {vocabulary[row] for row in tokens[starts[place] : starts[place + 1]]}
            assert stored == set(tokens_of(text)), text


def test_blocks_follow_the_catalog(toy_catalog: Catalog, folder: Path) -> None:
    first_item = np.load(folder / "first_item.npy").tolist()
    assert first_item == [0, 3, 5, 6]
    owner, item = np.load(folder / "owner.npy"), np.load(folder / "item.npy")
    assert len(owner) == len(item) == len(texts(toy_catalog)) == np.load(folder / "first_document.npy")[-1]
    assert sorted(set(item.tolist())) == [-1, 0, 1, 2, 3, 4, 5]


def test_vectors_are_the_encoder_s(toy_catalog: Catalog, folder: Path) -> None:
    expected = load_encoder(None).encode(texts(toy_catalog))
    np.testing.assert_allclose(np.load(folder / "vectors.npy"), expected, atol=1e-3)
    assert not (folder / "vectors.raw").exists()
