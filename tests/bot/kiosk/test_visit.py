from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kiosk.visit import Moment, Visit, is_goodbye


def moments(visit: Visit, seconds: int) -> list[tuple[int, Moment]]:
    return [(at, moment) for at in range(1, seconds + 1) if (moment := visit.silent(1.0)) is not None]


def test_silence_is_asked_about_and_then_ends_the_visit() -> None:
    assert moments(Visit(90.0), 95) == [(70, Moment.SOON), (90, Moment.OVER)]


def test_a_short_limit_leaves_time_to_answer() -> None:
    assert moments(Visit(12.0), 12) == [(8, Moment.SOON), (12, Moment.OVER)]


def test_who_speaks_stays() -> None:
    visit = Visit(30.0)
    assert moments(visit, 25) == [(20, Moment.SOON)]
    visit.spoke()
    assert moments(visit, 29) == [(20, Moment.SOON)]


@given(st.floats(0.5, 600.0), st.lists(st.floats(0.01, 5.0), max_size=300))
def test_it_is_over_exactly_when_the_silence_is_long_enough(idle_s: float, pieces: list[float]) -> None:
    visit, silent = Visit(idle_s), 0.0
    for piece in pieces:
        silent += piece
        over = visit.silent(piece) is Moment.OVER
        assert over == (silent >= idle_s)
        if over:
            silent = 0.0


def test_a_limit_must_make_sense() -> None:
    with pytest.raises(ValueError, match="visit"):
        Visit(0.0)


@pytest.mark.parametrize(
    ("heard", "state", "goodbye"),
    [
        ("停止", "idle", True),
        ("先到这里吧。", "idle", True),
        ("谢谢，再见", "submitted", True),
        ("再见", "idle", True),
        ("停止", "collect", False),
        ("再见", "collect", False),
        ("重新开始", "idle", False),
        ("我要停水", "clarify", False),
        ("谢谢", "idle", False),
    ],
)
def test_which_words_end_a_visit(heard: str, state: str, goodbye: bool) -> None:
    assert is_goodbye({"heard": heard, "state": state}) is goodbye
