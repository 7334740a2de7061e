from __future__ import annotations

from pathlib import Path

import jieba

from catalog_index.documents import all_phrases, catalog_words, item_fields, spoken_texts, write_dictionary
from catalog_index.lexical import FIELD_WEIGHTS
from catalog_index.loader import Catalog


def test_every_phrase_has_its_owner(toy_catalog: Catalog) -> None:
    items, subjects = all_phrases(toy_catalog)
    assert [phrase.owner for phrase in items] == sorted(phrase.owner for phrase in items)
    by_text = {phrase.text: toy_catalog.items[phrase.owner].id for phrase in items}
    assert by_text["老婆户口在佛堂想和我迁到一起"] == "move-spouse-inside"
    assert {phrase.text for phrase in subjects if phrase.owner == 1} == {
        "机动车号牌",
        "车牌丢了坏了补换",
        "车牌",
    }


def test_fields_carry_the_answers_that_set_the_item_apart(toy_catalog: Catalog) -> None:
    fields = item_fields(toy_catalog.subject("plate"), toy_catalog.item("plate-broken"))
    assert set(fields) == set(FIELD_WEIGHTS)
    assert "掉漆" in fields["facets"]
    assert "不见了" not in fields["facets"]


def test_the_dictionary_is_what_jieba_reads(toy_catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "jieba" / "catalog.txt"
    count = write_dictionary(toy_catalog, path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == count == len(catalog_words(toy_catalog))
    assert "养犬登记证 1000 n" in lines
    tokenizer = jieba.Tokenizer()
    tokenizer.load_userdict(str(path))
    assert "养犬登记证" in tokenizer.lcut("我要养犬登记证")


def test_what_may_be_said_is_names_phrases_answers_and_papers(toy_catalog: Catalog) -> None:
    texts = spoken_texts(toy_catalog)
    assert len(texts) == len(set(texts))
    assert {"老婆户口在佛堂想和我迁到一起", "车牌丢了坏了补换", "掉漆", "养犬登记证"} <= set(texts)
    item = toy_catalog.items[0]
    assert {item.title, item.department.short, *(field.label for field in item.fields)} <= set(texts)
