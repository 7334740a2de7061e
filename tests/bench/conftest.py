from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalog_index.encoder import Encoder, load_encoder
from catalog_index.loader import Catalog, load_catalog
from wenban.settings import load_settings

_DEPARTMENTS = ("tongji", "dangan", "gonghui", "yancao")


@pytest.fixture(scope="session")
def few_items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a catalog of a few real departments."""
    whole, folder = load_settings().catalog_dir, tmp_path_factory.mktemp("few") / "items"
    (folder / "utterances").mkdir(parents=True)
    for name in ("_common", *_DEPARTMENTS):
        shutil.copy(whole / f"{name}.yaml", folder)
    for name in _DEPARTMENTS:
        shutil.copy(whole / "utterances" / f"{name}.txt", folder / "utterances")
    return folder


@pytest.fixture(scope="session")
def few(few_items: Path) -> Catalog:
    return load_catalog(few_items)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(None)
