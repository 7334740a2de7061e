from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Run = Callable[..., tuple[int, list[dict[str, object]]]]


def test_import_reports(run: Run, tmp_path: Path) -> None:
    export = tmp_path / "city.jsonl"
    export.write_text('{"事项名称": "某事", "实施主体": "某局"}\n', encoding="utf-8")
    code, records = run("catalog", "import", str(export), "--output", str(tmp_path / "out"))
    assert code == 0
    assert {"missing": "收费", "items": 1} in records
    assert records[-1] == {"items": 1, "files": 1, "shortened": 0}
    _, lines = run("catalog", "import", str(export), "--output", str(tmp_path / "again"), plain=True)
    assert {"line": "missing 收费: 1 of 1 items (100%)"} in lines


def test_export_then_import(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "table.xlsx"
    assert run("catalog", "export", str(target)) == (0, [{"written": str(target), "items": 6}])
    code, records = run("catalog", "import", str(target), "--output", str(tmp_path / "out"))
    assert (code, records[-1]["items"]) == (0, 6)
    assert run("catalog", "export", str(tmp_path / "t.csv"), plain=True)[0] == 0
