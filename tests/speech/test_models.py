from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from speech.models import BUNDLED_MODEL, downloaded_models, is_model, resolve_model
from wenban.errors import SetupError
from wenban.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings(), home=tmp_path, vosk_model=None)


def test_the_model_in_the_box_is_the_default(settings: Settings) -> None:
    assert resolve_model(settings) == BUNDLED_MODEL


def test_a_model_that_is_named_and_missing_is_said_plainly(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="WENBAN_VOSK_MODEL"):
        resolve_model(replace(settings, vosk_model=tmp_path / "nowhere"))


@pytest.mark.parametrize("names", [("am/final.mdl", "conf/mfcc.conf"), ("final.mdl", "mfcc.conf")])
def test_both_layouts_of_vosk_are_models(settings: Settings, tmp_path: Path, names: tuple[str, str]) -> None:
    model = tmp_path / "models" / "some-model"
    for name in names:
        assert not is_model(model)
        (model / name).parent.mkdir(parents=True, exist_ok=True)
        (model / name).touch()
    assert resolve_model(replace(settings, vosk_model=model)) == model
    assert downloaded_models(settings) == [model]
