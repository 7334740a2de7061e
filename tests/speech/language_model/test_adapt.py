"""A catalog's words reach the recognizer, and only a language model that fits its speech model is used."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from speech.decoder import decode
from speech.holding import hold
from speech.language_model.adapt import Adapted, adapt, can_adapt, find_adapted, is_current
from speech.limits import SpeechLimits
from speech.models import BUNDLED_MODEL, is_model
from speech.pool import RecognizerPool
from wenban.errors import SetupError

DATA = Path(__file__).parents[2] / "data" / "speech"
NEW = "鸡毛换糖研学备案"
"""An item that no catalog had when the bundled model was made; said in feather.wav by a held-out voice."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(scope="module")
def made(folder: Path) -> Adapted:
    return adapt(BUNDLED_MODEL, folder, [NEW], "a test's catalog")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A model directory of which only the parts that are read here are real."""
    model = tmp_path / "tiny"
    for name in ("am/final.mdl", "conf/mfcc.conf", "graph/HCLr.fst", "graph/Gr.fst"):
        (model / name).parent.mkdir(parents=True, exist_ok=True)
        (model / name).write_bytes(name.encode())
    (model / "graph" / "words.txt").write_text("<eps> 0\n[unk] 1\n居 2\n住 3\n证 4\n", encoding="utf-8")
    return model


async def heard(model: Path, name: str) -> str:
    pool = RecognizerPool(model, workers=1, limits=SpeechLimits())
    await pool.start()
    try:
        return (await pool.transcribe(decode((DATA / f"{name}.wav").read_bytes(), 60.0))).text
    finally:
        await pool.close()


async def test_a_new_items_name_is_heard_once_the_recognizer_knows_it(made: Adapted) -> None:
    assert await heard(BUNDLED_MODEL, "feather") != NEW
    assert await heard(made.directory, "feather") == NEW


async def test_the_conversation_is_still_heard(made: Adapted) -> None:
    assert await heard(made.directory, "human") == "转人工"
    assert await heard(made.directory, "yes") == "对是的"


def test_the_directory_is_a_model_that_stands_alone(made: Adapted) -> None:
    assert is_model(made.directory) and can_adapt(made.directory)
    assert not any(path.is_symlink() for path in made.directory.rglob("*"))
    for name in ("graph/HCLr.fst", "graph/words.txt", "am/final.mdl"):
        assert (made.directory / name).read_bytes() == (BUNDLED_MODEL / name).read_bytes()
    assert not list(made.directory.parent.glob(".making-*"))


def test_it_is_found_and_not_made_twice(made: Adapted, folder: Path) -> None:
    before = (made.directory / "graph" / "Gr.fst").stat().st_mtime_ns
    assert adapt(BUNDLED_MODEL, folder, [NEW], "a test's catalog") == made
    assert (made.directory / "graph" / "Gr.fst").stat().st_mtime_ns == before
    assert find_adapted(BUNDLED_MODEL, folder) == made
    assert is_current(BUNDLED_MODEL, folder, [NEW])
    assert not is_current(BUNDLED_MODEL, folder, [NEW, "另一句"])


def test_another_speech_model_makes_it_unfit(
    small: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "speech"
    made = adapt(small, folder, ["居住证"], "one", domain=0)
    assert find_adapted(small, folder) == made
    (small / "am" / "final.mdl").write_bytes(b"retrained")
    with caplog.at_level(logging.WARNING):
        assert find_adapted(small, folder) is None
    assert "wenban catalog build" in caplog.text
    again = adapt(small, folder, ["居住证"], "one", domain=0)
    assert again.directory != made.directory and find_adapted(small, folder) == again


def test_the_newest_two_are_kept(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "speech"
    made = [adapt(small, folder, ["居住证"] * count, "one", domain=0) for count in (1, 2, 3)]
    assert not made[0].directory.exists()
    assert made[2].directory.exists() and find_adapted(small, folder) == made[2]


def test_what_a_running_stack_uses_is_kept_until_it_ends(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "speech"
    used = adapt(small, folder, ["居住证"], "one", domain=0).directory
    held = hold(used)
    for count in (2, 3, 4):
        adapt(small, folder, ["居住证"] * count, "one", domain=0)
    assert used.exists() and len(list(folder.glob("tiny-*"))) == 3
    os.close(held)
    adapt(small, folder, ["居住证"] * 5, "one", domain=0)
    assert not used.exists() and len(list(folder.glob("tiny-*"))) == 2


def test_another_models_directories_are_left_alone(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "speech"
    longer = small.rename(small.with_name("tiny-large"))
    others = [adapt(longer, folder, ["居住证"] * count, "one", domain=0) for count in (1, 2)]
    own = longer.rename(small)
    for count in (1, 2, 3):
        adapt(own, folder, ["居住证"] * count, "one", domain=0)
    assert all(other.directory.exists() for other in others)


@pytest.mark.parametrize("note", ["{", "[]", json.dumps({"directory": "gone"})])
def test_a_broken_note_is_no_model(small: Path, tmp_path: Path, note: str) -> None:
    (tmp_path / "tiny.json").write_text(note, encoding="utf-8")
    assert find_adapted(small, tmp_path) is None


def test_a_half_copied_directory_is_made_anew(small: Path, tmp_path: Path) -> None:
    made = adapt(small, tmp_path / "speech", ["居住证"], "one", domain=0)
    (made.directory / "made.json").unlink()
    (made.directory / "graph" / "Gr.fst").unlink()
    assert find_adapted(small, tmp_path / "speech") is None
    assert adapt(small, tmp_path / "speech", ["居住证"], "one", domain=0) == made
    assert np.fromfile(made.directory / "graph" / "Gr.fst", "<i4")[0] == 2_125_659_606


def test_a_model_with_its_words_inside_its_graph_is_left_alone(small: Path, tmp_path: Path) -> None:
    (small / "graph" / "words.txt").unlink()
    assert find_adapted(small, tmp_path) is None
    with pytest.raises(SetupError, match="keeps its language model"):
        adapt(small, tmp_path, ["居住证"], "one", domain=0)
    shutil.rmtree(small)
    assert not can_adapt(small)
