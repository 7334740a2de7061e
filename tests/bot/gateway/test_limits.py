"""The bounds as pure classes; time is what the test says it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.limits import Counted, Pace, RateLimiter


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.floats(0.1, 2))
def test_a_rate_is_never_exceeded_over_any_stretch(gaps: list[float], burst: int, per_s: float) -> None:
    limiter = RateLimiter(burst=burst, per_s=per_s)
    now = 0.0
    allowed = 0
    for gap in gaps:
        now += gap
        allowed += limiter.allow("a", now)
    assert allowed <= burst + now * per_s + 1e-6


def test_a_rate_comes_back_with_time() -> None:
    limiter = RateLimiter(burst=2, per_s=0.5)
    assert [limiter.allow("a", 0.0) for _ in range(3)] == [True, True, False]
    assert not limiter.allow("a", 1.0)
    assert limiter.allow("a", 2.5)


def test_addresses_do_not_share_a_rate() -> None:
    limiter = RateLimiter(burst=1, per_s=0.1)
    assert limiter.allow("a", 0.0)
    assert limiter.allow("b", 0.0)


def test_the_number_of_remembered_addresses_is_bounded() -> None:
    limiter = RateLimiter(burst=1, per_s=0.001, keys=2)
    assert limiter.allow("a", 0.0)
    assert limiter.allow("b", 0.0)
    assert limiter.allow("c", 0.0)
    assert not limiter.allow("c", 0.0)
    assert limiter.allow("a", 0.0), "the longest unused was forgotten"


def test_sound_that_stalled_may_catch_up_but_not_run_ahead() -> None:
    pace = Pace(bytes_per_s=100, burst_s=1.0, factor=2.0, started=0.0)
    assert pace.allow(100, 0.0)
    assert not pace.allow(1, 0.0)
    assert pace.allow(2000, 10.0)
    assert not pace.allow(1, 10.0)


@given(st.lists(st.sampled_from("abc"), max_size=40))
def test_a_count_stays_within_both_bounds(entries: list[str]) -> None:
    counted = Counted(total=4, per_key=2)
    inside = [key for key in entries if counted.enter(key)]
    assert counted.count == len(inside) <= 4
    assert all(inside.count(key) <= 2 for key in inside)
    for key in inside:
        counted.leave(key)
    assert counted.count == 0
    assert counted.enter("a")
