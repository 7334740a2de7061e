"""The recipe's command line: it teaches, and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech.training.cli import main, parser
from speech.training.corpora import read_tar
from speech.training.stages import NAMES, Recipe, run
from wenban.errors import SetupError


def test_help_names_the_stages_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert "examples:" in shown and "--corpora" in shown
    assert parser().parse_args(["all"]).stages == list(NAMES)


def test_missing_corpora_end_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "corpus", "--corpora", str(tmp_path), "--work", str(tmp_path / "work")]
    assert main(arguments) == 2
    assert "manifest.tsv" in capsys.readouterr().err
    with pytest.raises(SetupError):
        next(read_tar(tmp_path, "human_dev"))


def test_a_stage_whose_result_is_there_is_not_repeated(tmp_path: Path) -> None:
    recipe = Recipe(tmp_path, None, tmp_path / "model")
    recipe.network("bootstrap").touch()
    run(recipe, ["corpus", "bootstrap", "align", "warm", "realign"])
    assert recipe.network("bootstrap").stat().st_size == 0
