from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index import cli

Run = Callable[..., tuple[int, list[dict[str, object]]]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    write_catalog: Callable[..., Path],
) -> Run:
    """Runs a command with --json over the toy catalog; gives its exit code and records."""
    monkeypatch.setenv("WENBAN_CATALOG", str(write_catalog()))
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path / "home"))
    parser = argparse.ArgumentParser()
    cli.register(parser.add_subparsers())

    def call(*words: str, stdin: str = "", plain: bool = False) -> tuple[int, list[dict[str, object]]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        args = parser.parse_args([*words] if plain else [*words, "--json"])
        code = args.run(args)
        lines = capsys.readouterr().out.splitlines()
        return code, [{"line": line} for line in lines] if plain else [json.loads(line) for line in lines]

    return call
