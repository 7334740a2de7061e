from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values import Option, parse_value
from speech.values.errors import ChoiceAmbiguous, ChoiceOutOfRange, ChoiceUnclear, NoneOfThese
from speech.values.speaking import speak_number
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)
OPTIONS = (
    Option("in", "配偶户口在市内", ("市内", "本市", "义乌")),
    Option("out", "配偶户口在市外", ("市外", "外地")),
    Option("new", "新办"),
    Option("renew", "延续"),
)


def _chosen(text: str, options: tuple[Option, ...] = OPTIONS) -> object:
    return parse_value("choice", text, today=TODAY, options=options).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一个", "in"),
        ("一", "in"),
        ("1", "in"),
        ("①", "in"),
        ("头一个", "in"),
        ("选三", "new"),
        ("第二个吧", "out"),
        ("二号", "out"),
        ("最后一个", "renew"),
        ("倒数第二个", "new"),
        ("配偶户口在市外", "out"),
        ("外地的", "out"),
        ("我老婆户口在外地", "out"),
        ("配偶戶口在市外", "out"),
        ("延续吧", "renew"),
        ("不是第一个，要第二个", "out"),
        ("不是市内，是市外", "out"),
        ("配偶户口在十外", "out"),
        ("新班", "new"),
        ("言续", "renew"),
    ],
)
def test_heard(text: str, expected: str) -> None:
    assert _chosen(text) == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("都不是", NoneOfThese),
        ("这几个都不是", NoneOfThese),
        ("没有我要的", NoneOfThese),
        ("第九个", ChoiceOutOfRange),
        ("第一个和第三个", ChoiceAmbiguous),
        ("配偶户口", ChoiceAmbiguous),
        ("什么", ChoiceUnclear),
        ("今天天气不错", ChoiceUnclear),
        ("上海市黄浦区人民路1号", ChoiceUnclear),
        ("我是第一次来", ChoiceUnclear),
    ],
)
def test_refused(text: str, error: type[ValueInvalid]) -> None:
    with pytest.raises(error):
        _chosen(text)


def test_a_longer_name_beats_the_one_it_contains() -> None:
    options = (Option("a", "变更"), Option("b", "变更延续"))
    assert _chosen("我要变更延续", options) == "b"
    assert _chosen("变更", options) == "a"


def test_a_lone_option_is_taken_by_yes() -> None:
    assert _chosen("对", (Option("a", "变更"),)) == "a"


def test_no_options_is_an_error_of_the_answer_not_a_crash() -> None:
    with pytest.raises(ValueInvalid):
        _chosen("第一个", ())


@given(count=st.integers(2, 30), data=st.data())
def test_every_ordinal_and_every_label_is_found(count: int, data: st.DataObject) -> None:
    labels = data.draw(
        st.lists(
            st.text("甲乙丙丁戊己庚辛壬癸", min_size=2, max_size=5),
            min_size=count,
            max_size=count,
            unique=True,
        )
    )
    options = tuple(Option(f"v{i}", label) for i, label in enumerate(labels))
    index = data.draw(st.integers(0, count - 1))
    assert _chosen(f"第{speak_number(index + 1)}个", options) == f"v{index}"
    assert _chosen(labels[index], options) == f"v{index}"
