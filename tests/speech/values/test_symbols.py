from __future__ import annotations

import pytest

from speech.values.sound import best_window, distance, sounds_like, syllables
from speech.values.symbols import joined, runs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幺三八", ["138"]),
        ("138 0000,1234", ["13800001234"]),
        ("洞两拐勾", ["0279"]),
        ("三个零双八", ["00088"]),
        ("一个零", ["0"]),
        ("后四位是一二", ["12"]),
        ("一共十一位", []),
        ("再说一遍五六", ["56"]),
    ],
)
def test_runs(text: str, expected: list[str]) -> None:
    assert [joined(run) for run in runs(text)] == expected


def test_letters_count_only_where_asked_for() -> None:
    assert [joined(run) for run in runs("鸡一X")] == ["1"]
    assert [joined(run) for run in runs("一叉", letters="X")] == ["1X"]
    assert [joined(run) for run in runs("鸡弟一艾克斯", letters="GDX")] == ["GD1X"]


def test_sound_folds_the_regions_confusions() -> None:
    assert syllables("诗") == syllables("丝")
    assert syllables("南京") == syllables("兰金")
    assert sounds_like("福", "湖")
    assert not sounds_like("福", "溪")
    # Positions stay those of the text, whatever has no reading.
    assert len(syllables("义乌A1，😀市")) == 7


def test_distances() -> None:
    assert distance("abc", "abd") == 1
    assert distance("", "ab") == 2
    assert best_window("bc", "aabca") == 0
    assert best_window("bxc", "aabca") == 1
