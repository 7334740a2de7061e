from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.scale import Asked, Built, ask, build, main, markdown, measure_scale
from bench.search import QUERIES
from catalog_index.loader import load_catalog
from wenban.errors import SetupError
from wenban.settings import load_settings

BUILT = Built("x", 20_002, 44.0, 25.0, 526, 130.0)
ASKED = Asked("x", "candidates", 900, 1.5, 5.0, 9.0, 4.0, 8.0, 0.9, 0.95, 0.92, 300, 100)


def test_the_section_says_what_was_not_measured() -> None:
    text = markdown("dev", {20_000: (BUILT, ASKED), 1_000_000: "not built within 60 s"}, "somewhere")
    assert "--scale 20000,1000000" in text
    assert "| 20,002 | candidates | 5.0 / 9.0 | 4.0 / 8.0 | 0.900 | 0.950 | 0.920 | 1.5 | 300 + 100 |" in text
    assert "| 1,000,000 | not measured: not built within 60 s |" in text
    assert text.count("20,002") == 2


def test_an_unknown_task() -> None:
    with pytest.raises(SetupError, match="no task"):
        main(["rest", "1", ".", "dev", "."])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scale")


def test_a_size_is_built_asked_and_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAN_HOME", str(home))
    monkeypatch.setattr("catalog_index.engine.WIDE_FROM", 1)
    item = load_catalog(load_settings().catalog_dir).items[0]
    query = {"query": item.title, "kind": "plain", "item": item.id, "subject": None}
    (home / "dev.jsonl").write_text(json.dumps(query) + "\n", encoding="utf-8")
    build(40, home)
    made = (home / "build.json").stat().st_mtime_ns
    ask(40, home, "dev", home)
    asked = json.loads((home / "ask.json").read_text(encoding="utf-8"))
    assert asked["kind"].startswith("candidates over")
    assert asked["first"] == 1
    build(40, home)
    ask(40, home, "dev", home)
    assert (home / "build.json").stat().st_mtime_ns == made
    assert json.loads((home / "ask.json").read_text(encoding="utf-8")) == asked


def test_a_size_that_cannot_be_measured_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENBAN_CATALOG", str(tmp_path))
    found = measure_scale([10, 20], tmp_path, "dev", QUERIES, timeout_s=120, progress=lambda _: None)
    assert found == dict.fromkeys((10, 20), "the process ended with 1")
