"""The second recognizer: the same model with a narrower lattice, for one kind of answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from speech.decoder import decode
from speech.expectation import Expectation
from speech.narrow import LATTICE_BEAM, NarrowRecognizer, can_narrow, narrower


def test_one_line_of_the_configuration_differs(model_dir: Path, tmp_path: Path) -> None:
    made = narrower(model_dir, tmp_path)
    lines = (made / "conf" / "model.conf").read_text().splitlines()
    own = (model_dir / "conf" / "model.conf").read_text().splitlines()
    assert [line for line in lines if line not in own] == [f"--lattice-beam={LATTICE_BEAM}"]
    assert [line for line in own if line not in lines] == [line for line in own if "lattice-beam" in line]
    assert (made / "am" / "final.mdl").samefile(model_dir / "am" / "final.mdl")
    assert can_narrow(made)


def test_it_hears_the_kind_that_it_listens_for(
    model_dir: Path, wav: Callable[[str], Path], transcripts: dict[str, str]
) -> None:
    decoder = NarrowRecognizer(model_dir).decoder(Expectation("phone"))
    assert decoder is not None
    decoder.AcceptWaveform(decode(wav("phone").read_bytes(), 60.0).tobytes())
    found = [one["text"].replace(" ", "") for one in json.loads(decoder.FinalResult())["alternatives"]]
    assert transcripts["phone.wav"] in found


@pytest.mark.parametrize("kind", ["text", "name", "address"])
def test_there_is_none_for_free_text(model_dir: Path, kind: str) -> None:
    assert NarrowRecognizer(model_dir).decoder(Expectation(kind)) is None


def test_there_is_none_for_a_graph_in_one_piece(tmp_path: Path) -> None:
    assert not can_narrow(tmp_path)
    assert NarrowRecognizer(tmp_path).decoder(Expectation("phone")) is None
