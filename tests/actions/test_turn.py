from __future__ import annotations

from datetime import datetime

import pytest

from actions.turn import Turn, yes_or_no

NOW = datetime(2026, 11, 23, 9, 0)


def turn(text: str, act: str = "nlu_fallback", confidence: float = 0.3) -> Turn:
    return Turn(act=act, confidence=confidence, text=text, now=NOW)


@pytest.mark.parametrize("text", ["是", "对的", "好的好的", "没错", "没有问题", "要办", "確定", "就是这个"])
def test_agreeing(text: str) -> None:
    assert yes_or_no(turn(text)) is True


@pytest.mark.parametrize("text", ["不是", "不对", "没有", "不要", "错了"])
def test_refusing(text: str) -> None:
    assert yes_or_no(turn(text)) is False


@pytest.mark.parametrize(
    "text", ["有人打架", "有点事情想问", "需要带什么东西", "没有结婚证怎么办", "浙G12345"]
)
def test_telling_something_is_neither(text: str) -> None:
    assert yes_or_no(turn(text)) is None


def test_the_classifier_helps_where_it_is_sure() -> None:
    assert yes_or_no(turn("麻烦你帮我弄吧", "affirm", 0.8)) is True
    assert yes_or_no(turn("麻烦你帮我弄吧", "affirm", 0.4)) is None


def test_hypotheses_count_only_where_it_was_heard() -> None:
    heard = (("对", 0.6), ("退", 0.4))
    assert Turn(act="affirm", confidence=1, text="对", now=NOW, alternatives=heard, spoken=True).heard == (
        "对",
        "退",
    )
    assert Turn(act="affirm", confidence=1, text="对", now=NOW, alternatives=heard).heard == ()
