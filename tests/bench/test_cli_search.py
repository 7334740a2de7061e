from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from bench import cli_search, cli_search_parts
from bench.report import write_section
from catalog_index.loader import Catalog
from wenban.errors import SetupError


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_items: Path, few: Catalog) -> Path:
    """The report that is written; the catalog is a small one and every title is a query."""
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WENBAN_CATALOG", str(few_items))
    monkeypatch.setattr(cli_search_parts, "REPORT", tmp_path / "docs" / "benchmarks.md")
    asked = [{"query": item.title, "kind": "plain", "item": item.id, "subject": None} for item in few.items]
    asked.append({"query": "今天天气怎么样", "kind": "outside", "item": None, "subject": None})
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
    (tmp_path / "dev.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path / "docs" / "benchmarks.md"


def _run(report: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli_search.register(parser.add_subparsers())
    args = parser.parse_args(["search", *arguments, "--queries", str(report.parent.parent)])
    return int(args.run(args))


def test_systems_are_measured_and_written_with_the_diagram(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(report, "--json", "--baselines", "bm25,fts5") == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["system"] for one in records] == ["Wenban", "jieba + BM25", "SQLite FTS5"]
    assert all(one["top1"] > 0.8 for one in records)
    assert sum(one["count"] for one in records[0]["reliability"]) == records[0]["queries"] + 1
    text = report.read_text(encoding="utf-8")
    assert "<!-- bench:search -->" in text
    assert "(reliability-dev.svg)" in text
    assert "were fitted on these queries" in text
    assert "Reliability, dev queries" in report.with_name("reliability-dev.svg").read_text(encoding="utf-8")


def test_nothing_is_written_where_nothing_may_be(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(report, "--baselines", "none", "--no-write") == 0
    assert "| | Wenban |" in capsys.readouterr().out
    assert not report.parent.exists()


def test_diet_has_its_own_section_which_the_fast_measurements_keep(
    report: Path, few: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trained: list[int] = []

    def rank(catalog: Catalog, queries: list[str], *_: object, **__: object) -> list[list[str]]:
        trained.append(len(catalog.items))
        title = {item.title: item.id for item in catalog.items}
        return [[title[query]] for query in queries]

    monkeypatch.setattr("bench.diet.compare.rank", rank)
    write_section("search", "## Search\nfast", report=report)
    assert _run(report, "--baselines", "none", "--diet", "--diet-epochs", "3", "--diet-items", "5") == 0
    assert 5 <= trained[0] < len(few.items)
    text = report.read_text(encoding="utf-8")
    assert "## Search\nfast" in text
    assert "<!-- bench:search-diet-5 -->" in text
    assert "| | Wenban | DIET, 3 epochs |" in text
    assert f"Only the catalog's first {trained[0]} items" in text
    assert _run(report, "--baselines", "none", "--diet") == 0
    assert trained[1] == len(few.items)
    assert "<!-- bench:search-diet -->" in report.read_text(encoding="utf-8")
    assert _run(report, "--baselines", "none") == 0
    assert "| | Wenban | DIET, 3 epochs |" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ablation", "--split", "test"), "--split dev"),
        (("--ablation", "--folds", "1"), "2 or more"),
        (("--diet-items", "5"), "goes with --diet"),
        (("--diet", "--diet-items", "0"), "1 or more"),
        (("--baselines", "lucene"), "lucene"),
    ],
)
def test_what_cannot_be_measured_is_said(report: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(SetupError, match=said):
        _run(report, *arguments)
