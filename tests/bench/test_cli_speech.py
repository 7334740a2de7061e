from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import cli_speech
from speech.models import BUNDLED_MODEL
from wenban.errors import SetupError

Call = Callable[..., int]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs `speech` with these arguments, its state in a folder of its own, the report left alone."""
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    parser = argparse.ArgumentParser()
    cli_speech.register(parser.add_subparsers())

    def run(*words: str) -> int:
        args = parser.parse_args(["speech", "--no-write", *words])
        code: int = args.run(args)
        return code

    return run


def test_the_table_as_json_lines(call: Call, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["--table", "--set", "domain", "--condition", "clean", "--limit", "2", "--pace", "0", "--json"]
    assert call(*words) == 0
    errors, cost = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (errors["bench"], errors["set"], errors["condition"]) == ("speech-table", "domain", "clean")
    assert errors["model"] == cost["model"] == BUNDLED_MODEL.name
    assert errors["utterances"] == 2
    assert cost["released_p50_ms"] is None
    assert len(list((tmp_path / "bench" / "audio").iterdir())) == 2


def test_wrong_names_are_told_before_any_work(call: Call, tmp_path: Path) -> None:
    for words, said in (
        (["--table", "--set", "songs"], "songs"),
        (["--search", "--condition", "rain"], "rain"),
        (["--table", "--models", str(tmp_path)], "not a Vosk model"),
        (["--table", "--networks", "a.pt", "b.pt"], "--networks"),
        (["--table", "--set", "human_dev"], "--corpora"),
        (["--table", "--models", str(BUNDLED_MODEL), str(BUNDLED_MODEL)], "same name"),
    ):
        with pytest.raises(SetupError, match=said):
            call(*words)


def test_counts_are_counts(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--limit", "0"], ["--soak", "-1"], ["--pace", "-1"]):
        with pytest.raises(SystemExit):
            call(*words)
    assert "must" in capsys.readouterr().err
