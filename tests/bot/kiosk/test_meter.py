from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.kiosk.floor import Holder
from bot.kiosk.meter import bar, status_line


def test_the_line_of_a_wide_terminal() -> None:
    line = status_line(Holder.CITIZEN, -30.0, -20.0, "我要迁户口", width=79)
    assert line == f"正在听 [{bar(-30.0, -20.0, 23)}] 我要迁户口"


def test_push_to_talk_says_what_to_press() -> None:
    assert "按回车键" in status_line(Holder.NOBODY, -90.0, -90.0, "", width=79, push=True)
    assert "按回车键" not in status_line(Holder.CITIZEN, -90.0, -90.0, "", width=79, push=True)


def test_louder_is_longer() -> None:
    lengths = [bar(float(db), -90.0, 30).count("=") for db in range(-90, 1, 5)]
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (0, 30)


@given(
    st.sampled_from(Holder), st.floats(-120, 10), st.floats(-120, 10), st.text(max_size=80),
    st.integers(0, 200), st.booleans(),
)  # fmt: skip
def test_it_always_fits(
    holder: Holder, level: float, peak: float, partial: str, width: int, push: bool
) -> None:
    assert cell_len(status_line(holder, level, peak, partial, width=width, push=push)) <= width


def test_the_end_of_a_long_sentence_is_shown() -> None:
    line = status_line(Holder.CITIZEN, -30.0, -30.0, "甲" * 100 + "乙", width=60)
    assert line.endswith("甲乙")
    assert 58 <= cell_len(line) <= 60
