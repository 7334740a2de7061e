from __future__ import annotations

from catalog_index.loader import Catalog
from catalog_index.schema import Commitment, Material
from catalog_index.stats import described, statistics, to_bring


def test_counts(toy_catalog: Catalog) -> None:
    first, *rest = statistics(toy_catalog)
    assert first["items"] == 6
    assert first["coarse"] == 4  # three leaves of 户口迁移 were one item
    materials = [first[name] for name in ("no_material", "one_material", "two_materials", "more_materials")]
    assert materials == [3, 2, 1, 0], "a material that only some need is not counted"
    assert first["without_visit"] == 3
    by_type = {record["name"]: record["items"] for record in rest if record["by"] == "type"}
    assert by_type == {"行政确认": 3, "行政许可": 2, "公共服务": 1}


def test_an_item_in_plain_lines(toy_catalog: Catalog) -> None:
    text = "\n".join(described(toy_catalog.item("plate-lost")))
    for part in ("机动车号牌补领", "承诺 3 个工作日", "100 元（一副）", "邮寄", "未核实"):
        assert part in text


def test_only_what_everybody_brings_counts(toy_catalog: Catalog) -> None:
    item = toy_catalog.item("plate-lost").model_copy(
        update={
            "materials": (
                Material(name="申请表"),
                Material(name="身份证", shared=True),
                Material(name="委托书", when={"agent": "yes"}),
                Material(name="遗失声明"),
            ),
            "commitments": (Commitment(id="c", title="承诺", text="属实", replaces=("遗失声明",)),),
        }
    )
    assert to_bring(item) == 1
