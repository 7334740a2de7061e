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
