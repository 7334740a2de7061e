"""The trigram: probabilities add up, back-off works, the automaton says the same."""

from __future__ import annotations

import math

import pytest

from speech.language_model.ngram import END, START, Ngram, Segmenter, automaton, estimate

SENTENCES = [["我", "想", "办", "居住证"], ["我", "要", "办", "身份证"], ["转人工"]]
GENERAL = {word: 1.0 for words in SENTENCES for word in words} | {"户口": 2.0}


@pytest.fixture(scope="module")
def model() -> Ngram:
    return estimate(SENTENCES, GENERAL)


@pytest.mark.parametrize("context", [(START,), ("我",), ("我", "想"), ("户口",), ("办",)])
def test_probabilities_of_a_context_add_up_to_one(model: Ngram, context: tuple[str, ...]) -> None:
    total = sum(model.probability(context, word) for word in {*GENERAL, END})
    assert total == pytest.approx(1.0, abs=0.02)


def test_seen_words_are_likelier_than_unseen_ones(model: Ngram) -> None:
    assert model.probability(("我", "想"), "办") > 10 * model.probability(("我", "想"), "户口") > 0
    assert model.probability((), "没有的词") == 0.0


def test_automaton_gives_the_models_probabilities(model: Ngram) -> None:
    arcs, finals, start = automaton(model)
    state, cost = start, 0.0
    for word in SENTENCES[0]:
        arc = next(arc for arc in arcs if arc.source == state and arc.word == word)
        state, cost = arc.target, cost + arc.cost
    cost += finals[state]
    wanted = 1.0
    words = [START, *SENTENCES[0], END]
    for at in range(1, len(words)):
        wanted *= model.probability(tuple(words[max(0, at - 2) : at]), words[at])
    assert cost == pytest.approx(-math.log(wanted), abs=1e-6)


def test_segmenter_keeps_catalog_words_whole_and_digits_apart() -> None:
    segmenter = Segmenter(["我", "想", "办", "居住证", "签注", *"一二三四五六七八九零百", "居", "住", "证"])
    assert segmenter.cut("我想办居住证签注！一百二十三") == [
        ["我", "想", "办", "居住证", "签注"],
        ["一", "百", "二", "三"],
    ]
    assert segmenter.cut("abc，") == [] or all(segmenter.cut("abc，"))


def test_a_frequent_word_of_one_context_does_not_crowd_out_others() -> None:
    digits = [["三", "九"]] * 500
    varied = [[first, "就"] for first in ("我", "想", "办", "你", "他")]
    model = estimate([*digits, *varied], {word: 1.0 for words in (*digits, *varied) for word in words})
    assert model.probability((START, "三"), "九") > 0.9
    assert model.probability((), "就") > model.probability((), "九")


def test_a_comma_parts_words_but_no_sentences() -> None:
    segmenter = Segmenter(["户口", "在", "上海", "上", "想", "迁"])
    assert segmenter.cut("户口在上，海想迁。户口") == [["户口", "在", "上", "想", "迁"], ["户口"]]
