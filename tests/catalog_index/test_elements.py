from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_index import elements
from catalog_index.schema import Fee, LegalBasis

# What stands in a cell: no line breaks, no spaces at the ends, no word for "nothing".
WORDS = (
    st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30)
    .map(elements.plain)
    .filter(bool)
)


@given(
    st.one_of(
        st.builds(Fee, yuan=st.integers(0, 10**7).map(lambda cents: cents / 100), note=st.none() | WORDS),
        st.builds(Fee, yuan=st.none()),
    )
)
def test_fees_are_read_as_they_are_written(fee: Fee) -> None:
    assert elements.fee_of(elements.fee_text(fee)) == fee


@given(st.lists(WORDS, unique=True))
def test_entries_are_read_as_they_are_written(entries: list[str]) -> None:
    assert elements.many(elements.lines(entries)) == entries
    assert elements.many(entries) == entries


@given(st.text())
def test_nothing_of_a_long_text_is_lost(text: str) -> None:
    long = elements.plain(f"{text}。" * 200)
    assert "".join(elements.paragraphs([long])).replace(" ", "") == long.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("自然人;企业法人", ["个人", "企业"]),
        ("社会组织法人、行政机关", ["社会组织", "机关"]),
        ("法人", ["企业"]),
        ("其他组织", []),
        (["事业法人", "个体工商户", "外国人"], ["事业单位", "个体工商户", "外国人"]),
    ],
)
def test_audiences(text: object, kinds: list[str]) -> None:
    assert elements.audience_of(text) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("快递；现场领取", ["邮寄", "窗口领取"]),
        ("无需送达", ["无需送达"]),
        ("电子证照、短信通知、自助机", ["电子证照", "短信通知", "自助机"]),
        ("信鸽", []),
    ],
)
def test_deliveries(text: str, kinds: list[str]) -> None:
    assert elements.delivery_of(text) == kinds


@pytest.mark.parametrize(
    ("value", "days"), [("20(工作日)", 20), (20.0, 20), ("即办", None), ("无", None), ("9999天", 730)]
)
def test_days(value: object, days: int | None) -> None:
    assert elements.days_of(value) == days


@pytest.mark.parametrize(
    ("number", "form", "visits"),
    [("2", "全程网办", 2), ("", "全程网办", 0), ("", "窗口办理", None), ("8", "", 3), (0, "", 0)],
)
def test_visits(number: object, form: str, visits: int | None) -> None:
    assert elements.visits_of(number, form) == visits


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("否", Fee(yuan=0)),
        ("10元（工本费）", Fee(yuan=10, note="工本费")),
        ("12.5", Fee(yuan=12.5)),
        ("按面积计", Fee(yuan=None, note="按面积计")),
        ("无", None),
    ],
)
def test_fees(text: str, fee: Fee | None) -> None:
    assert elements.fee_of(text) == fee


def test_laws_and_articles() -> None:
    basis = [LegalBasis(law="居民身份证法", article="第十条"), LegalBasis(law="实施〈户口条例〉办法")]
    assert elements.basis_of(elements.basis_text(basis)) == basis
    assert elements.basis_of("市里的通知") == [LegalBasis(law="市里的通知")]
