from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_index.editing.cli_split import asked_facets
from catalog_index.errors import CatalogInvalid

Run = Callable[..., tuple[int, list[dict[str, object]]]]
STATE = "state:情况:是第一次办还是补办？:first=第一次,again=补办"


def test_leaves_and_their_questions(run: Run) -> None:
    code, records = run("catalog", "split", "dog", "--facet", STATE)
    assert code == 0
    assert records[0] == {"leaf": "dog-register-first", "title": "养犬登记（第一次）", "questions": 1}
    assert str(records[-1]["replaces"]).startswith("toy.yaml:")
    assert "id: dog-register-again" in str(records[-1]["yaml"])


def test_written_to_a_file_with_what_is_ambiguous(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "dog.yaml"
    code, lines = run(
        "catalog", "split", "dog-register", "--facet", STATE, "--without", "state=again",
        "--write", str(target), plain=True,
    )  # fmt: skip
    assert (code, lines) == (1, [])
    assert "dog-register-first" in target.read_text(encoding="utf-8")
    assert run("catalog", "split", "dog", "--facet", STATE, plain=True)[1][0]["line"] == "  - id: dog"


def test_without_a_facet_and_without_a_terminal(run: Run) -> None:
    with pytest.raises(CatalogInvalid, match="no facet"):
        run("catalog", "split", "dog")
    with pytest.raises(CatalogInvalid, match="--without"):
        run("catalog", "split", "dog", "--facet", STATE, "--without", "first")


def test_facets_by_questions_and_answers(capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter(
        ["bad", "坏", "问？", "a=甲", "", "state", "情况", "哪种？", "first = 第一次", "again=补办", "", ""]
    )
    (facet,) = asked_facets(lambda _: next(answers))
    assert (facet.id, facet.ask) == ("state", "哪种？")
    assert [(value.id, value.label) for value in facet.values] == [("first", "第一次"), ("again", "补办")]
    assert "at least 2" in capsys.readouterr().err
