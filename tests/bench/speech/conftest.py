from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from actions.applications.crypto import Cipher
from actions.applications.store import Store
from actions.service import Service
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog, load_catalog
from speech.decoder import decode
from wenban.settings import load_settings

DATA = Path(__file__).parent.parent.parent / "data" / "speech"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(load_settings().catalog_dir)


@pytest.fixture(scope="session")
def short_pcm() -> NDArray[np.int16]:
    """转人工: 16 kHz mono, about a second."""
    return decode((DATA / "human.wav").read_bytes(), 60.0)


@pytest.fixture(scope="session")
def other_pcm() -> NDArray[np.int16]:
    """第二个: another short one."""
    return decode((DATA / "second.wav").read_bytes(), 60.0)


@pytest.fixture(scope="session")
def engine(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    home = tmp_path_factory.mktemp("home")
    return SearchEngine.build(
        catalog, replace(load_settings(), home=home, index_dir=home / "index", encoder=None)
    )


@pytest.fixture
def service(catalog: Catalog, engine: SearchEngine, tmp_path: Path) -> Iterator[Service]:
    """A conversation's service with a store of its own."""
    store = Store(
        f"sqlite:///{tmp_path / 'talk.sqlite3'}", Cipher([bytes(32)]), clock=lambda: datetime.now(UTC)
    )
    store.migrate()
    yield Service(catalog, engine, store)
    store.close()
