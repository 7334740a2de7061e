from __future__ import annotations

import pytest

from catalog_index.places import mentions, side_of


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("我老婆户口在上海，想迁到我这里", "outside"),
        ("老公是佛堂的，我想和他迁到一起", "inside"),
        ("我是义乌人，老婆是江西的", "outside"),
        ("户口在义乌", "inside"),
        ("爱人户口在杭州，我们在义乌安家", "outside"),
        ("想把户口迁到义乌", None),
        ("我们在义乌安家", None),
        ("我不是上海的", None),
        ("在北京路开个店", None),
        ("外地户口", "outside"),
        ("迁户口", None),
    ],
)
def test_where_somebody_is(text: str, side: str | None) -> None:
    assert side_of(text) == side


def test_where_somebody_wants_to_go() -> None:
    assert side_of("想把户口迁到杭州去", destination=True) == "outside"
    assert side_of("想把户口迁到杭州去") is None
    assert side_of("户口从衢州迁到义乌", destination=True) == "inside"
    assert side_of("户口从衢州迁到义乌") == "outside"


def test_longer_names_win() -> None:
    assert [mention.name for mention in mentions("三门峡来的")] == ["三门峡"]
