from __future__ import annotations

from catalog_index.loader import Catalog
from catalog_index.stats import described, statistics


def test_counts(toy_catalog: Catalog) -> None:
    first, *rest = statistics(toy_catalog)
    assert first["items"] == 6
    assert first["coarse"] == 4  # three leaves of 户口迁移 were one item
    assert first["without_material"] == 3
    assert first["without_visit"] == 3
    by_type = {record["name"]: record["items"] for record in rest if record["by"] == "type"}
    assert by_type == {"行政确认": 3, "行政许可": 2, "公共服务": 1}


def test_an_item_in_plain_lines(toy_catalog: Catalog) -> None:
    text = "\n".join(described(toy_catalog.item("plate-lost")))
    for part in ("机动车号牌补领", "承诺 3 个工作日", "100 元（一副）", "邮寄", "未核实"):
        assert part in text
