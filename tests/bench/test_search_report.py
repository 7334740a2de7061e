from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.search import Quality, Steps
from bench.search_report import Record, diet_section, record, search_section


def _quality(*ranked: Sequence[str]) -> Quality:
    quality = Quality()
    for one in ranked:
        quality.add(one, "a")
    return quality


@pytest.fixture
def records() -> list[Record]:
    steps = Steps(items=2, settled=1, led=2, questions=1, outside=1, refused=1)
    steps.sure = [(0.9, True), (0.7, False), (0.1, False)]
    first, second = _quality("a", "ba"), _quality("a")
    return [
        record("dev", "Wenban", {"all": first, "plain": second}, steps),
        record("dev", "other", {"all": second, "twin": second}),
    ]


def test_a_record_holds_bins_where_a_system_states_probabilities(records: list[Record]) -> None:
    assert [one["count"] for one in records[0]["reliability"]] == [1, 1, 1]
    assert records[0]["decision_accuracy"] == 1
    assert "reliability" not in records[1]
    assert records[0]["kinds"] == {"plain": {"queries": 1, "top1": 1.0, "top3": 1.0, "mrr": 1.0}}


def test_systems_stand_beside_each_other(records: list[Record]) -> None:
    section = search_section("dev", records, "here", ["Facts."], "picture.svg")
    assert "## Search, dev queries" in section
    assert "`wenban bench search --split dev`, here. Facts." in section
    assert "| right item first | 0.500 | 1.000 |" in section
    assert "| first, plain (1) | 1.000 | – |" in section
    assert "| first, twin (1) | – | 1.000 |" in section
    assert "| out of scope, refused | 1 |" in section
    assert "![Reliability diagram](picture.svg)" in section
    assert "| 0.7 to 0.8 | 1 | 0.700 | 0.000 |" in section


def test_nothing_is_said_of_refusals_where_nothing_is_out_of_scope() -> None:
    alone = [record("train", "Wenban", {"all": _quality("a")}, Steps(items=1, led=1, sure=[(0.9, True)]))]
    assert "out_of_scope_refused" not in alone[0]
    assert "out of scope, refused" not in search_section("train", alone, "here", [])


def test_no_picture_is_shown_where_there_is_none(records: list[Record]) -> None:
    assert "![" not in search_section("dev", records, "here", [])


def test_the_comparison_with_diet_is_a_section_of_its_own(records: list[Record]) -> None:
    section = diet_section("dev", records, "here", ["Facts."], epochs=20, items=300)
    assert "DIET, dev queries, 300 items" in section
    assert (
        "`wenban bench search --split dev --diet --diet-epochs 20 --diet-items 300`, here. Facts." in section
    )
    assert "| in the top three | 1.000 | 1.000 |" in section
    assert "Wenban's decisions" not in section
