from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.errors import NothingHeard
from speech.transcript import Hypothesis, rank, transcript_of

RAW = st.sampled_from(["", "[unk]", "我 要", "我要", "我 [unk] 要", "迁 户口", "转 人工", "对"])
SCORED = st.lists(st.tuples(RAW, st.floats(-1e4, 1e4)), max_size=12)


def test_log_likelihoods_become_probabilities() -> None:
    ranked = rank([("我 要", 200.0), ("我 药", 200.0 - math.log(3))])
    assert [found.text for found in ranked] == ["我要", "我药"]
    assert ranked[0].confidence == pytest.approx(0.75)
    assert ranked[1].confidence == pytest.approx(0.25)


def test_what_is_the_same_once_cleaned_is_counted_together() -> None:
    ranked = rank([("对", 0.0), ("转 人工", -0.1), ("[unk] 转 人工", -0.1)])
    assert [found.text for found in ranked] == ["转人工", "对"]


def test_an_empty_best_means_nothing_was_said() -> None:
    assert rank([("[unk]", 5.0), ("对", 1.0)]) == []


def test_a_less_likely_empty_one_is_left_out() -> None:
    assert rank([("对", 5.0), ("", 1.0)]) == [Hypothesis("对", 1.0)]


@given(SCORED)
def test_an_n_best_list_is_ordered_distinct_and_sums_to_one(scored: list[tuple[str, float]]) -> None:
    ranked = rank(scored)
    texts = [found.text for found in ranked]
    confidences = [found.confidence for found in ranked]
    assert len(set(texts)) == len(texts)
    assert all(texts)
    assert confidences == sorted(confidences, reverse=True)
    if ranked:
        assert sum(confidences) == pytest.approx(1.0)


def test_a_transcript_knows_whether_anything_was_heard() -> None:
    heard = transcript_of([Hypothesis("对", 1.0)])
    assert heard.heard() is heard
    with pytest.raises(NothingHeard):
        transcript_of([]).heard()
