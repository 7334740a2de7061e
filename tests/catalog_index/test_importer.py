from __future__ import annotations

import csv
import json
import lzma
from pathlib import Path

import pytest

from catalog_index.checks import check_catalog
from catalog_index.errors import CatalogInvalid
from catalog_index.importer import import_file
from catalog_index.loader import load_catalog

FULL = {
    "事项名称": "犬只登记",
    "主项名称": "养犬",
    "基本编码": "000109",
    "实施编码": "1133",
    "事项类型": "行政许可",
    "实施主体": "甲市公安局",
    "服务对象": "自然人;企业法人",
    "法定办结时限": "20个工作日",
    "承诺办结时限": "5",
    "受理条件": "犬只已免疫",
    "申请材料": "申请表；免疫证明",
    "收费": "不收费",
    "办理形式": "窗口办理",
    "设定依据": "《动物防疫法》第三十条",
    "到办事现场次数": "1",
    "结果名称": "养犬登记证",
    "送达方式": "快递",
    "办理地点": "二号窗口",
    "办理时间": "工作日",
    "咨询方式": "0579-1",
    "监督投诉方式": "12345",
}


def write_lines(path: Path, *records: object) -> Path:
    path.write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8"
    )
    return path


def test_all_elements_are_taken_over(tmp_path: Path) -> None:
    report = import_file(write_lines(tmp_path / "city.jsonl", FULL), tmp_path / "out")
    catalog = load_catalog(tmp_path / "out")
    item = catalog.items[0]
    assert (item.title, item.subject, item.type, item.result) == (
        "犬只登记",
        "养犬",
        "行政许可",
        "养犬登记证",
    )
    assert (item.legal_days, item.promised_days, item.visits, item.fee.yuan) == (20, 5, 1, 0)
    assert [material.name for material in item.materials] == ["申请表", "免疫证明"]
    assert (item.audience, item.delivery) == (("个人", "企业"), ("邮寄",))
    assert (item.basic_code, item.implementation_code, item.place) == ("000109", "1133", "二号窗口")
    assert item.verified is False
    assert not report.missing
    assert report.skipped == {}


def test_what_is_missing_is_told_and_never_made_up(tmp_path: Path) -> None:
    bare = {"事项名称": "某许可", "实施主体": "乙局", "法定办结时限": None, "收费": "无"}
    report = import_file(
        write_lines(tmp_path / "city.jsonl", FULL, bare, FULL, {"事项名称": "x"}), tmp_path / "out"
    )
    assert report.missing["法定办结时限"] == report.missing["收费"] == 1
    assert set(report.skipped) == {"city.jsonl:3", "city.jsonl:4"}
    assert "实施主体" in report.skipped["city.jsonl:4"]
    item = next(item for item in load_catalog(tmp_path / "out").items if item.title == "某许可")
    assert (item.fee.yuan, item.legal_days, item.says) == (None, None, ())


def test_what_is_not_said_is_never_promised(tmp_path: Path) -> None:
    bare = {"事项名称": "某许可", "实施主体": "乙局"}
    odd = {"事项类型": "许可", "服务对象": "大家", "送达方式": "信鸽", "到办事现场次数": "一"}
    legal = {"法定办结时限": "7个工作日", "办理形式": "全程网办"}
    report = import_file(
        write_lines(tmp_path / "city.jsonl", bare | odd, bare | legal | {"事项名称": "另一许可"}),
        tmp_path / "out",
    )
    first, second = load_catalog(tmp_path / "out").items
    assert (first.promised_days, first.visits, first.legal_days) == (20, 1, None)
    assert (second.promised_days, second.visits, second.legal_days) == (7, 0, 7)
    assert report.unclear == dict.fromkeys(odd, 1)
    assert "not understood 服务对象: 1 of 2 items (50%)" in report.lines()
    assert {"unclear": "送达方式", "items": 1} in list(report.records())


def test_long_conditions_are_cut_between_sentences_and_nothing_is_lost(tmp_path: Path) -> None:
    long = "申请人应当具备下列条件之一；" * 60
    report = import_file(write_lines(tmp_path / "city.jsonl", {**FULL, "受理条件": long}), tmp_path / "out")
    (item,) = load_catalog(tmp_path / "out").items
    assert "".join(item.conditions) == long
    assert report.shortened == 0


def test_an_item_with_a_phone_of_its_own_keeps_it(tmp_path: Path) -> None:
    rows = [{**FULL, "事项名称": f"事项{number}", "咨询方式": phone} for number, phone in enumerate("121")]
    import_file(write_lines(tmp_path / "city.jsonl", *rows), tmp_path / "out")
    items = load_catalog(tmp_path / "out").items
    assert {item.department.phone for item in items} == {"1"}, "the department's is what most have"
    assert [item.notes for item in items] == [(), ("咨询方式：2",), ()]


def test_one_name_twice_at_one_counter_is_two_items(tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "city.jsonl", FULL, {**FULL, "实施编码": "2"}), tmp_path / "out")
    assert [item.title for item in load_catalog(tmp_path / "out").items] == ["犬只登记", "犬只登记（2）"]


def test_siblings_are_told_apart_until_an_editor_writes_facets(tmp_path: Path) -> None:
    other = {**FULL, "事项名称": "犬证补发"}
    import_file(write_lines(tmp_path / "city.jsonl", FULL, other), tmp_path / "out")
    faults = check_catalog(load_catalog(tmp_path / "out"))
    assert [fault for fault in faults if "no everyday phrases" not in fault] == []


def test_the_same_item_at_two_counters_has_two_names(tmp_path: Path) -> None:
    import_file(write_lines(tmp_path / "city.jsonl", FULL, {**FULL, "实施主体": "丙局"}), tmp_path / "out")
    titles = {item.title for item in load_catalog(tmp_path / "out").items}
    assert titles == {"犬只登记（甲市公安局）", "犬只登记（丙局）"}


def test_csv_with_other_names_and_compression(tmp_path: Path) -> None:
    plain = tmp_path / "city.csv"
    with plain.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, ["name", "office"])
        writer.writeheader()
        writer.writerow({"name": "某事", "office": "某局"})
    packed = tmp_path / "city.csv.xz"
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    names = tmp_path / "names.json"
    names.write_text('{"事项名称": "name", "实施主体": "office"}', encoding="utf-8")
    for number, source in enumerate((plain, packed)):
        report = import_file(source, tmp_path / f"out{number}", names)
        assert sum(report.written.values()) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("city.txt", b"", "expected .jsonl, .csv"),
        ("city.jsonl", b"{\n", "city.jsonl:1"),
        ("city.jsonl", b"[]\n", "must be a JSON object"),
        ("city.jsonl", b"{}\n", "--map"),
        ("city.jsonl", b"\xff\xfe", "cannot be read"),
        ("city.jsonl.xz", b"no xz", "cannot be read"),
        ("city.jsonl.xz", lzma.compress(b"{}\n" * 999)[:-9], "cannot be read"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    with pytest.raises(CatalogInvalid, match=said):
        import_file(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_mapping_and_folder_are_checked(tmp_path: Path) -> None:
    source, mapping = write_lines(tmp_path / "city.jsonl", FULL), tmp_path / "map.json"
    for text, said in (
        ("[", "not readable"),
        ("[]", "must be an object"),
        ('{"名": "x"}', "no such element"),
    ):
        mapping.write_text(text, encoding="utf-8")
        with pytest.raises(CatalogInvalid, match=said):
            import_file(source, tmp_path / "out", mapping)
    import_file(source, tmp_path / "out")
    with pytest.raises(CatalogInvalid, match="empty folder"):
        import_file(source, tmp_path / "out")
