from __future__ import annotations

import numpy as np
import pytest

from bench.search import Quality, Query, Steps
from bench.search_ablation import (
    CHANNELS,
    INDEXED,
    VARIANTS,
    Remembered,
    Row,
    Variant,
    difference,
    folds,
    measure_ablation,
)
from bench.search_ablation_report import ablation_section
from catalog_index.documents import all_phrases
from catalog_index.encoder import Encoder
from catalog_index.features import CONTEXT, FEATURES
from catalog_index.loader import Catalog
from catalog_index.training.fusion import build_channels

# Of the query alone, whatever is indexed.
LENGTH = {"bias", "brevity", "terse"}


def _queries(catalog: Catalog) -> list[Query]:
    asked = [Query(item.says[0] if item.says else item.title, "say", item.id, None) for item in catalog.items]
    asked += [Query(subject.title, "vague", None, subject.id) for subject in catalog.subjects]
    return asked + [
        Query(text, "outside", None, None) for text in ("今天天气怎么样", "给我讲个笑话", "唱首歌", "你好笨")
    ]


def test_every_feature_belongs_to_a_channel() -> None:
    """A new feature must be put into `CHANNELS`, or leaving a channel out would leave a part of it in."""
    assert set().union(*CHANNELS.values()) == {*FEATURES, *CONTEXT} - LENGTH
    assert {variant.index for variant in VARIANTS} == set(INDEXED)
    assert VARIANTS[0] == Variant("everything")


def test_a_subjects_queries_are_in_one_fold(few: Catalog) -> None:
    asked = _queries(few)
    made = folds(few, asked, 3)
    assert sorted(place for own in made for place in own) == list(range(len(asked)))
    subjects = [
        {asked[place].subject or few.item(asked[place].item or "").subject_id for place in own if
         asked[place].subject or asked[place].item}
        for own in made
    ]  # fmt: skip
    assert all(subjects)
    assert sum(map(len, subjects)) == len(set().union(*subjects))


def test_left_out_phrases_are_not_indexed(few: Catalog) -> None:
    kinds = {name: {phrase.kind for phrase in all_phrases(make(few))[0]} for name, make in INDEXED.items()}
    assert kinds == {
        "whole": {"title", "say", "situation", "utterance"},
        "no utterances": {"title", "say", "situation"},
        "names only": {"title", "say"},
    }
    assert not INDEXED["no utterances"](few).subjects[0].utterances
    assert few.subjects[0].utterances


def test_a_silent_channel_says_nothing_and_the_others_what_they_said(few: Catalog, encoder: Encoder) -> None:
    whole = build_channels(few, encoder)
    text = few.items[0].title
    features, facts = whole.features(text)
    own, own_facts = Remembered(whole, {}, frozenset({"asked", "unknown"})).features(text)
    loud = [name != "asked" for name in FEATURES]
    assert features[:, FEATURES.index("asked")].any()
    assert not own[:, FEATURES.index("asked")].any()
    assert own_facts[CONTEXT.index("unknown")] == 0
    assert np.array_equal(own[:, loud], features[:, loud])
    assert own_facts[CONTEXT.index("asked_gap")] == facts[CONTEXT.index("asked_gap")]


def _row(*right: bool, none: tuple[tuple[float, bool], ...] = ()) -> Row:
    quality = Quality(queries=len(right), first=sum(right))
    steps = Steps(items=len(right), sure=[(0.5, one) for one in right])
    return Row(Variant("some"), {"all": quality, "plain": quality}, steps, list(none))


def test_a_difference_is_of_the_same_queries() -> None:
    points, error = difference(_row(True, True, True, False), _row(True, False, False, True))
    assert points == -25
    assert error == pytest.approx(100 * 3**0.5 / 4)
    assert difference(_row(True, False), _row(True, False)) == (0, 0)


def test_refusals_are_compared_where_few_in_scope_are_refused() -> None:
    inside = tuple((share / 100, False) for share in range(100))
    # Two of the hundred (0.98 and 0.99) may lie above the limit.
    row = _row(True, none=(*inside, (0.5, True), (0.975, True), (0.985, True), (0.999, True)))
    assert row.refused() == 0.5


def test_a_channel_left_out_is_fitted_and_measured_without(
    few: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    meaning = Variant(
        "without all but meaning", frozenset({*FEATURES, *CONTEXT} - CHANNELS["meaning"] - LENGTH)
    )
    deaf = Variant("without all", frozenset({*FEATURES, *CONTEXT} - LENGTH))
    monkeypatch.setattr("bench.search_ablation.VARIANTS", (VARIANTS[0], meaning, deaf, VARIANTS[-1]))
    told: list[int] = []
    asked = _queries(few)
    rows = measure_ablation(few, asked, None, 2, told.append)
    assert sum(told) == 8
    first = {row.variant.title: row.record()["top1"] for row in rows}
    assert first["everything"] > 0.8
    assert first["without all but meaning"] > 0.5
    assert first["without all"] < 0.2
    assert rows[0].steps.items == len(few.items)
    assert rows[0].steps.outside == 4
    assert len(rows[0].none) == len(asked)
    section = ablation_section(rows, 2, "here")
    assert f"{len(asked)} development queries in 2 parts" in section
    assert f"| everything | {first['everything']:.3f} |  |" in section
    assert section.count("| without all |") == 2
    assert f"| | say ({len(few.items)}) |" in section
