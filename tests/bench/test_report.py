from __future__ import annotations

from pathlib import Path

import pytest

from bench.report import machine, write_section


def test_a_section_is_created_then_replaced_and_the_others_stay(tmp_path: Path) -> None:
    report = tmp_path / "docs" / "benchmarks.md"
    write_section("speech", "## Speech\nold", report=report)
    write_section("search", "## Search\nkept", report=report)
    write_section("speech", "## Speech\nnew", report=report)
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks")
    assert "old" not in text
    assert "<!-- bench:speech -->\n## Speech\nnew\n<!-- /bench:speech -->" in text
    assert "<!-- bench:search -->\n## Search\nkept\n<!-- /bench:search -->" in text


def test_a_section_named_like_the_beginning_of_another_is_not_mixed_up(tmp_path: Path) -> None:
    report = tmp_path / "benchmarks.md"
    write_section("turn", "one", report=report)
    write_section("turn-warm", "two", report=report)
    write_section("turn", "three", report=report)
    text = report.read_text(encoding="utf-8")
    assert "two" in text
    assert "one" not in text


def test_a_name_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name"):
        write_section("a --> b", "x", report=tmp_path / "benchmarks.md")


def test_the_machine_is_described_without_its_name() -> None:
    assert "cores" in machine()
