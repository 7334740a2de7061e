from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

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
