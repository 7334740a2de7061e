"""The catalog's words reach the recognizer's language model; a new catalog makes it anew."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from bot.stack.setup import Setup
from bot.stack.vocabulary import knows_words, teach_words
from catalog_index.loader import Catalog, load_catalog
from speech.language_model.grammar import read_words
from speech.models import BUNDLED_MODEL, resolve_model
from wenban.errors import SetupError
from wenban.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return dataclasses.replace(load_settings(), home=tmp_path / "home", vosk_model=None)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """One department of the project's catalog: enough words, quickly read."""
    folder = tmp_path_factory.mktemp("items")
    files = sorted(load_settings().catalog_dir.glob("*.yaml"), key=lambda path: path.stat().st_size)
    for path in (load_settings().catalog_dir / "_common.yaml", files[len(files) // 2]):
        shutil.copy(path, folder)
    return load_catalog(folder)


def test_what_is_taught_is_used_from_the_next_start_on(settings: Settings, catalog: Catalog) -> None:
    assert resolve_model(settings) == BUNDLED_MODEL and not knows_words(catalog, settings)
    told = teach_words(catalog, settings)
    assert told == {"speech_model": str(resolve_model(settings))}
    assert resolve_model(settings) != BUNDLED_MODEL and knows_words(catalog, settings)
    words = read_words(resolve_model(settings) / "graph" / "words.txt")
    assert words == read_words(BUNDLED_MODEL / "graph" / "words.txt")
    other = dataclasses.replace(catalog, subjects=catalog.subjects[:1], version="another")
    assert not knows_words(other, settings)


def test_the_set_up_teaches_them(
    settings: Settings, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = Setup(settings, lambda _: None)
    monkeypatch.setattr(setup, "_catalog", catalog)
    assert not setup._words_known()
    setup._teach_words()
    assert setup._words_known()


def test_a_model_with_its_words_inside_is_left_alone(
    settings: Settings, catalog: Catalog, tmp_path: Path
) -> None:
    model = tmp_path / "city-model"
    for name in ("am/final.mdl", "conf/mfcc.conf"):
        (model / name).parent.mkdir(parents=True)
        (model / name).touch()
    other = dataclasses.replace(settings, vosk_model=model)
    assert knows_words(catalog, other)
    assert teach_words(catalog, other) == {"speech_model": "city-model (keeps its own words)"}
    assert resolve_model(other) == model


def test_without_a_speech_model_it_is_a_setup_error(
    settings: Settings, catalog: Catalog, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match="WENBAN_VOSK_MODEL"):
        teach_words(catalog, dataclasses.replace(settings, vosk_model=tmp_path))
