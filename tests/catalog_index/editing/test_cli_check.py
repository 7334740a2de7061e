from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, list[dict[str, object]]]]
Write = Callable[..., Path]


def test_a_sound_catalog(run: Run) -> None:
    summary = {"faults": 0, "warnings": 0, "summary": "6 items in 3 subjects"}
    assert run("catalog", "check") == (0, [summary])
    assert run("catalog", "check", plain=True) == (
        0,
        [{"line": "sound; 0 warning(s); 6 items in 3 subjects"}],
    )


def test_a_fault_says_where_and_what_to_do(run: Run, write_catalog: Write) -> None:
    write_catalog(("when: {problem: broken}", "when: {problem: lost}"))
    code, (fault, *_) = run("catalog", "check")
    assert code == 1
    assert "same facet values" in str(fault["fault"])
    assert fault["file"] == "toy.yaml"
    assert isinstance(fault["line"], int)
    assert "add a facet" in str(fault["mend"])
    _, (line, *_) = run("catalog", "check", plain=True)
    assert str(line["line"]).startswith(f"toy.yaml:{fault['line']}: ")


def test_what_does_not_load_is_a_fault(run: Run, write_catalog: Write) -> None:
    write_catalog(("title: 户口迁移", "titel: 户口迁移"))
    code, records = run("catalog", "check")
    assert code == 1
    assert records[-1]["summary"] == "not loadable"


def test_warnings_fail_only_when_asked_to(run: Run, write_catalog: Write) -> None:
    write_catalog(("says: [换车牌]", "says: [车牌丢了换一块]"))
    code, (warning, summary) = run("catalog", "check")
    assert (code, summary["warnings"]) == (0, 1)
    assert "丢失" in str(warning["warning"])
    assert run("catalog", "check", "--strict")[0] == 1
