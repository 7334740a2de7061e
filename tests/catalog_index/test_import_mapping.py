from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_index.errors import CatalogInvalid
from catalog_index.import_mapping import load_mapping


def written(path: Path, mapping: object) -> Path:
    path.write_text(json.dumps(mapping), encoding="utf-8")
    return path


def test_without_a_file_elements_have_their_own_names() -> None:
    assert load_mapping(None)["事项名称"].read({"事项名称": "狗证"}) == "狗证"


def test_the_first_filled_column_and_translated_words(tmp_path: Path) -> None:
    sources = load_mapping(
        written(
            tmp_path / "m.json",
            {
                "事项名称": ["sub", "name"],
                "实施主体": "office",
                "送达方式": {"from": "courier", "values": {"是": "邮寄"}},
                "服务对象": {"from": ["who", "whom"]},
            },
        )
    )
    row = {"sub": "无", "name": "狗证", "office": "甲局", "courier": "是", "whom": ["个人"]}
    assert sources["事项名称"].read(row) == "狗证"
    assert sources["送达方式"].read(row) == "邮寄"
    assert sources["送达方式"].read({"courier": "不清楚"}) == "不清楚"
    assert sources["服务对象"].read(row) == ["个人"]
    assert sources["收费"].read(row) is None


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ([], "must be an object"),
        ({"名": "x"}, "no such element: 名"),
        ({"事项名称": 3}, "事项名称: must be"),
        ({"事项名称": {"form": "x"}}, '"values"'),
        ({"事项名称": {"from": "x", "values": ["y"]}}, '"values"'),
    ],
)
def test_what_is_no_mapping(tmp_path: Path, mapping: object, said: str) -> None:
    with pytest.raises(CatalogInvalid, match=said):
        load_mapping(written(tmp_path / "m.json", mapping))
    with pytest.raises(CatalogInvalid, match="not readable"):
        load_mapping(tmp_path / "nowhere.json")
