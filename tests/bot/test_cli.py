"""The one program: help that is instant and teaches, exit codes, errors as JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import build_parser, main

COMMANDS = (
    "run",
    "setup",
    "search",
    "transcribe",
    "value",
    "talk",
    "kiosk",
    "catalog",
    "models",
    "applications",
    "bench",
)
HEAVY = ("torch", "sentence_transformers", "vosk", "faiss", "jieba", "sqlalchemy", "fastapi", "av", "numpy")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^    {command}\b", shown, re.MULTILINE), command
    assert "examples:" in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        build_parser().parse_args([command, "--help"])
    assert command in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, bot.cli; bot.cli.build_parser(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_command_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "usage: wenban" in capsys.readouterr().err


def test_an_error_of_the_tree_is_told_and_not_traced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENBAN_CATALOG", str(tmp_path / "nowhere"))
    assert main(["catalog", "show", "no-such-item"]) != 0
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert captured.err


def test_an_error_is_json_where_json_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENBAN_INDEX", str(tmp_path / "nowhere"))
    assert main(["search", "补身份证", "--json"]) == 1
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert told["stage"] == "search"
    assert told["message"]
