"""The catalog in numbers and an item in plain lines, for people who keep the catalog."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from catalog_index.loader import Catalog
from catalog_index.schema import Item


def to_bring(item: Item) -> int:
    """How many documents every applicant has to hand in.

    What the government fetches itself (`shared`), what only some need (`when`) and what a commitment may
    replace does not count.
    """
    replaced = {name for commitment in item.commitments for name in commitment.replaces}
    return sum(
        not material.shared and not material.when and material.name not in replaced
        for material in item.materials
    )


def _count(by: str, name: str, items: Iterable[Item]) -> dict[str, object]:
    own = list(items)
    brought = Counter(min(to_bring(item), 3) for item in own)
    return {
        "by": by,
        "name": name,
        "items": len(own),
        "coarse": len({(item.department.id, item.coarse) for item in own}),
        "no_material": brought[0],
        "one_material": brought[1],
        "two_materials": brought[2],
        "more_materials": brought[3],
        "without_visit": sum(item.visits == 0 for item in own),
        "verified": sum(item.verified for item in own),
    }


def statistics(catalog: Catalog) -> list[dict[str, object]]:
    """Counts of leaves and of the coarse items they were split from: in all, by department, by type.

    Materials are those that everybody who applies has to bring (`to_bring`).
    """
    departments: dict[str, list[Item]] = defaultdict(list)
    types: dict[str, list[Item]] = defaultdict(list)
    for item in catalog.items:
        departments[item.department.name].append(item)
        types[item.type].append(item)
    return [
        _count("all", "全部", catalog.items),
        *(_count("department", name, items) for name, items in departments.items()),
        *(_count("type", name, items) for name, items in types.items()),
    ]


def described(item: Item) -> Iterator[str]:
    """The item as a clerk would read it."""
    fee = "看情况" if item.fee.yuan is None else "不收费" if item.fee.yuan == 0 else f"{item.fee.yuan:g} 元"
    yield f"{item.title}（{item.id}）"
    yield f"  主项：{item.subject}　部门：{item.department.name}　类型：{item.type}"
    yield f"  对象：{'、'.join(item.audience)}　地点：{item.place}"
    legal = f"，法定 {item.legal_days}" if item.legal_days is not None else ""
    yield f"  时限：承诺 {item.promised_days} 个工作日{legal}　跑动：{item.visits} 次"
    yield f"  费用：{fee}{f'（{item.fee.note}）' if item.fee.note else ''}　结果：{item.result}"
    yield f"  送达：{'、'.join(item.delivery)}"
    for name, lines in (
        ("条件", item.conditions),
        ("材料", [material.name for material in item.materials]),
        ("承诺", [commitment.title for commitment in item.commitments]),
        ("要填", [field.label for field in item.fields]),
        ("依据", [f"《{basis.law}》{basis.article or ''}" for basis in item.legal_basis]),
        ("提示", item.notes),
    ):
        if lines:
            yield f"  {name}：" + "；".join(lines)
    yield "  已核实" if item.verified else "  未核实：须由本市部门核对"
