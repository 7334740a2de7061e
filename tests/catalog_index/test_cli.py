from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index import cli
from catalog_index.engine import SearchEngine
from catalog_index.loader import Catalog
from wenban.lock import is_taken
from wenban.settings import Settings

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

    def call(*words: str, stdin: str = "") -> tuple[int, list[dict[str, object]]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        args = parser.parse_args([*words, "--json"])
        code = args.run(args)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return call


def test_build_then_search(run: Run, tmp_path: Path) -> None:
    code, (built,) = run("catalog", "build")
    assert code == 0
    assert built["items"] == 6
    assert (tmp_path / "home" / "jieba" / "catalog.txt").exists()
    code, (found,) = run("search", "车牌", "丢了", "--top", "2")
    assert code == 0
    assert set(found) == {"query", "decision", "question", "options", "results", "ms"}
    results = found["results"]
    assert isinstance(results, list)
    assert len(results) == 2
    assert set(results[0]) == {"id", "title", "subject", "department", "probability"}
    assert results[0]["id"] == "plate-lost"


def test_only_one_builds_at_a_time(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From reading the catalog to the last file made of it."""
    lock, taken = tmp_path / "home" / "build.lock", []
    read, build = cli._catalog, SearchEngine.build

    def watched_read() -> Catalog:
        taken.append(is_taken(lock))
        return read()

    def watched_build(catalog: Catalog, settings: Settings) -> SearchEngine:
        taken.append(is_taken(lock))
        return build(catalog, settings)

    monkeypatch.setattr(cli, "_catalog", watched_read)
    monkeypatch.setattr(SearchEngine, "build", watched_build)
    run("catalog", "build")
    assert taken == [True, True]
    assert not is_taken(lock)


def test_bad_lines_do_not_stop_the_others(run: Run) -> None:
    run("catalog", "build")
    code, records = run("search", stdin="车牌丢了\n\n" + "长" * 501 + "\n😀\n给狗上户口\n")
    assert code == 0
    assert ["error" in record for record in records] == [False, True, True, True, False]
    error = records[2]["error"]
    assert isinstance(error, dict)
    assert error["code"] == "query_invalid"
    assert "太长" in error["message"]


def test_stats_list_show(run: Run) -> None:
    assert run("catalog", "stats")[1][0]["items"] == 6
    assert len(run("catalog", "list")[1]) == 6
    assert run("catalog", "show", "plate-lost")[1][0]["title"] == "机动车号牌补领"


def test_import(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "city.jsonl"
    export.write_text('{"事项名称": "某事", "实施主体": "某局"}\n', encoding="utf-8")
    code, records = run("catalog", "import", str(export), "--output", str(tmp_path / "out"))
    assert code == 0
    assert records[-1] == {"items": 1, "files": 1, "shortened": 0}
