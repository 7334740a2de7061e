"""The file is what OpenFst itself reads and would have written."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from speech.language_model.const_fst import write_acceptor


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "G.fst"
    write_acceptor(
        path,
        start=1,
        finals={0: 0.5, 2: 1.25},
        source=[1, 1, 2, 1, 0],
        target=[2, 0, 0, 2, 2],
        label=[7, 0, 0, 3, 9],
        cost=[0.25, 1.5, 2.0, 0.75, 3.0],
    )
    return path


def test_states_and_arcs_stand_where_the_format_wants_them(written: Path) -> None:
    data = written.read_bytes()
    assert data[4:13] == b"\5\0\0\0const" and data[17:25] == b"standard"
    start, states, arcs = struct.unpack_from("<qqq", data, 41)
    assert (start, states, arcs) == (1, 3, 5)
    assert len(data) == 65 + 3 * 20 + 5 * 16
    # State 1: no final cost, its arcs are the second to fourth, one of them an epsilon; sorted by label.
    assert struct.unpack_from("<fIIII", data, 65 + 20) == (float("inf"), 1, 3, 1, 1)
    first = [struct.unpack_from("<iifi", data, 65 + 60 + 16 * place) for place in (1, 2, 3)]
    assert first == [(0, 0, 1.5, 0), (3, 3, 0.75, 2), (7, 7, 0.25, 2)]


@pytest.mark.skipif(shutil.which("fstprint") is None, reason="OpenFst's tools are not installed")
def test_openfst_reads_the_same(written: Path) -> None:
    printed = subprocess.run(["fstprint", written], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[:3] == ["1\t0\t0\t0\t1.5", "1\t2\t3\t3\t0.75", "1\t2\t7\t7\t0.25"]
    assert {"0\t0.5", "2\t1.25"} <= set(printed.splitlines())
    # --test_properties recomputes each property and ends in an error where the file's header lied.
    checked = subprocess.run(
        ["fstinfo", "--fst_verify=true", "--test_properties=true", written],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "input label sorted                                y" in checked.stdout
