"""The second recognizer: the same model with a narrow lattice, for one kind of answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from vosk import Model

from speech.decoder import decode
from speech.expectation import Expectation
from speech.narrow import LATTICE_BEAM, SHARED_UP_TO, NarrowRecognizer, can_narrow, lattice_beam, narrower


@pytest.fixture(scope="module")
def model(model_dir: Path) -> Model:
    return Model(str(model_dir))


def with_beam(model_dir: Path, folder: Path, beam: float) -> Path:
    """The model with a lattice of this width."""
    made = narrower(model_dir, folder)
    conf = made / "conf" / "model.conf"
    narrow, wanted = f"--lattice-beam={LATTICE_BEAM}\n", f"--lattice-beam={beam}\n"
    conf.write_text(conf.read_text().replace(narrow, wanted))
    return made


def test_one_line_of_the_configuration_differs(model_dir: Path, tmp_path: Path) -> None:
    made = narrower(model_dir, tmp_path)
    lines = (made / "conf" / "model.conf").read_text().splitlines()
    own = (model_dir / "conf" / "model.conf").read_text().splitlines()
    assert [line for line in lines if "lattice-beam" in line] == [f"--lattice-beam={LATTICE_BEAM}"]
    rest = [line for line in own if "lattice-beam" not in line]
    assert [line for line in lines if "lattice-beam" not in line] == rest
    assert (made / "am" / "final.mdl").samefile(model_dir / "am" / "final.mdl")
    assert can_narrow(made)


@pytest.mark.parametrize(
    ("conf", "beam"),
    [
        ("--beam=11.0\n--lattice-beam=8\n--max-active=1500\n", 8.0),
        ("--lattice-beam=8\n--lattice-beam=4.5", 4.5),
        ("--beam=11.0\n", 10.0),
    ],
)
def test_a_models_width_is_read(tmp_path: Path, conf: str, beam: float) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "model.conf").write_text(conf)
    assert lattice_beam(tmp_path) == beam


@pytest.mark.parametrize(("beam", "shares"), [(SHARED_UP_TO, True), (SHARED_UP_TO + 0.5, False)])
def test_it_hears_the_kind_that_it_listens_for(
    model_dir: Path,
    model: Model,
    tmp_path: Path,
    wav: Callable[[str], Path],
    transcripts: dict[str, str],
    beam: float,
    shares: bool,
) -> None:
    narrow = NarrowRecognizer(with_beam(model_dir, tmp_path, beam), model)
    assert narrow.shares is shares, "a narrow lattice serves both; a wide one has the model loaded once more"
    decoder = narrow.decoder(Expectation("phone"))
    assert decoder is not None
    decoder.AcceptWaveform(decode(wav("phone").read_bytes(), 60.0).tobytes())
    found = [one["text"].replace(" ", "") for one in json.loads(decoder.FinalResult())["alternatives"]]
    assert transcripts["phone.wav"] in found


@pytest.mark.parametrize("kind", ["text", "name", "address"])
def test_there_is_none_for_free_text(model_dir: Path, model: Model, tmp_path: Path, kind: str) -> None:
    narrow = NarrowRecognizer(with_beam(model_dir, tmp_path, SHARED_UP_TO), model)
    assert narrow.decoder(Expectation(kind)) is None


def test_there_is_none_for_a_graph_in_one_piece(tmp_path: Path, model: Model) -> None:
    assert not can_narrow(tmp_path)
    narrow = NarrowRecognizer(tmp_path, model)
    assert narrow.shares
    assert narrow.decoder(Expectation("phone")) is None
