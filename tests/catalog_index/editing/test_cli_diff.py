from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, list[dict[str, object]]]]
Write = Callable[..., Path]


@pytest.fixture
def versions(write_catalog: Write, tmp_path: Path) -> tuple[str, str]:
    old = tmp_path / "old"
    shutil.copytree(write_catalog(), old)
    new = tmp_path / "new"
    shutil.copytree(
        write_catalog(("yuan: 100, note", "yuan: 80, note"), ("车牌是丢了还是坏了", "是丢了还是坏了")), new
    )
    return str(old), str(new)


def test_what_changes(run: Run, versions: tuple[str, str]) -> None:
    code, records = run("catalog", "diff", *versions)
    assert code == 1
    assert [record.get("id", record.get("subject")) for record in records[:-1]] == [
        "plate-lost", "plate-broken", "plate",
    ]  # fmt: skip
    assert records[-1]["changed"] == 2
    _, lines = run("catalog", "diff", *versions, plain=True)
    assert lines[0]["line"] == "有变化  机动车号牌补领（plate-lost）"


def test_nothing_changes(run: Run, versions: tuple[str, str]) -> None:
    assert run("catalog", "diff", versions[0], versions[0])[0] == 0


def test_with_utterances(run: Run, versions: tuple[str, str], tmp_path: Path) -> None:
    said = tmp_path / "said.jsonl"
    said.write_text('{"query": "给狗上户口"}\n', encoding="utf-8")
    code, (summary,) = run("catalog", "diff", versions[0], versions[0], "--queries", str(said))
    assert (code, summary["elsewhere"]) == (0, 0)
