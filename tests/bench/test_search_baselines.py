from __future__ import annotations

import sys

import pytest

from bench.search_baselines import BASELINES, MOST, Baseline, chosen, item_text
from bench.search_engines import SqliteFts5, Words
from catalog_index.encoder import Encoder
from catalog_index.loader import Catalog
from catalog_index.text import clean
from wenban.errors import SetupError


@pytest.fixture(scope="module", params=BASELINES)
def baseline(request: pytest.FixtureRequest, few: Catalog, encoder: Encoder) -> Baseline:
    return BASELINES[request.param].make(few, encoder)


def test_an_item_is_found_by_its_title_and_by_an_utterance(baseline: Baseline, few: Catalog) -> None:
    asked = [(text, item.id) for item in few.items for text in (item.title, item.utterances[0])]
    ranked = baseline.rank([text for text, _ in asked])
    first = [own[0] == wanted for own, (_, wanted) in zip(ranked, asked, strict=True)]
    assert sum(first) > 0.9 * len(first)


def test_a_ranking_has_each_item_once_and_not_too_many(baseline: Baseline, few: Catalog) -> None:
    (ranked,) = baseline.rank(["我要办证，需要什么材料"])
    assert 0 < len(ranked) == len(set(ranked)) <= MOST
    assert set(ranked) <= {item.id for item in few.items}


def test_queries_are_ranked_one_by_one(baseline: Baseline, few: Catalog) -> None:
    asked = [few.items[3].title, few.items[0].title]
    assert baseline.rank(asked) == [baseline.rank([text])[0] for text in asked]


@pytest.mark.parametrize("text", ['"', "办 AND (", "NEAR(证 OR *", "统计:^", "？！", "😀", "-证"])
def test_what_an_engine_may_take_for_an_operator_is_text(baseline: Baseline, text: str) -> None:
    assert len(baseline.rank([text])) == 1


@pytest.mark.parametrize("name", ["bm25", "tfidf", "fts5", "tantivy"])
def test_unknown_words_find_nothing(name: str, few: Catalog, encoder: Encoder) -> None:
    assert BASELINES[name].make(few, encoder).rank(["zzz"]) == [[]]


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    words = Words([("a", ["办", "车"]), ("b", ["办", "房"]), ("c", ["办", "船"])], lambda text: text.split())
    assert SqliteFts5(words, 2).rank(["办 房"]) == [["b", "a"]]


def test_all_see_what_the_search_sees(few: Catalog) -> None:
    item = next(item for item in few.items if item.materials)
    text = item_text(item)
    seen = (item.title, *item.utterances, *item.situations, item.materials[0].name, item.result)
    assert [said for said in seen if clean(said) not in text] == []


def test_baselines_are_chosen_by_name() -> None:
    assert chosen("all") == list(BASELINES)
    assert chosen("none") == []
    assert chosen("tantivy, bm25,tantivy") == ["tantivy", "bm25"]
    with pytest.raises(SetupError, match=r"bm52.*there are: bm25"):
        chosen("bm52")
    with pytest.raises(SetupError, match="there are"):
        chosen(",")


def test_a_missing_package_is_named(few: Catalog, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tantivy", None)
    with pytest.raises(SetupError, match=r"tantivy is not installed.*--baselines"):
        BASELINES["tantivy"].make(few, encoder)
