from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.applications.workdays import (
    SHANGHAI,
    DueDate,
    add_workdays,
    count_workdays,
    due_date,
    is_exact,
    is_workday,
)

known = st.dates(date(2005, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday, made up for the Spring Festival
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 23), False),  # its last day, a Monday
        (date(2026, 3, 3), True),
        (date(2026, 3, 7), False),
        (date(2025, 9, 28), True),  # Sunday, made up for the National Day
        (date(2025, 10, 8), False),
    ],
)
def test_days_of_the_governments_notices(day: date, works: bool) -> None:
    assert is_exact(day) and is_workday(day) is works


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 3, 4), 3, date(2026, 3, 9)),  # over a weekend
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # from a Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a make-up Saturday counts
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over the Spring Festival
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 3, 4), 0, date(2026, 3, 4)),
        (date(2026, 3, 7), 0, date(2026, 3, 9)),
    ],
)
def test_counting(start: date, n: int, end: date) -> None:
    assert add_workdays(start, n) == end


@given(known, st.integers(1, 60))
def test_there_are_exactly_n_working_days_after_the_start(start: date, n: int) -> None:
    end = add_workdays(start, n)
    after = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert sum(is_workday(day) for day in after) == n and is_workday(end)


@given(known, st.integers(0, 30), st.integers(1, 30))
def test_counting_in_two_steps_is_the_same(start: date, first: int, second: int) -> None:
    if first or is_workday(start):
        assert add_workdays(add_workdays(start, first), second) == add_workdays(start, first + second)


def test_years_without_a_notice_are_estimated_and_say_so() -> None:
    assert not is_exact(date(2035, 3, 1))
    assert not is_workday(date(2035, 5, 1)) and not is_workday(date(2035, 10, 3))
    assert not is_workday(date(2035, 3, 3)) and is_workday(date(2035, 3, 5))
    # 1 and 2 May 2035 are a Tuesday and a Wednesday.
    assert count_workdays(date(2035, 4, 30), 1) == DueDate(date(2035, 5, 3), exact=False)


def test_a_count_that_runs_into_an_unknown_year_says_so() -> None:
    assert count_workdays(date(2026, 3, 4), 5).exact
    assert not count_workdays(date(2040, 1, 4), 0).exact
    assert not count_workdays(date(1999, 12, 31), 5).exact


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        add_workdays(date(2026, 3, 4), -1)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        (at(4, 10), 3, 9),
        (at(4, 23), 3, 9),  # at night counts as the same day
        (at(7, 10), 3, 11),  # Saturday: Monday is the first day
        (at(4, 10), 0, 4),  # decided on the spot
        (at(4, 17), 0, 5),  # after closing
        (at(7, 12), 0, 9),
        (datetime(2026, 3, 4, 20, tzinfo=UTC), 1, 6),  # in Shanghai it is the 5th already
    ],
)
def test_due_dates(received: datetime, days: int, due: int) -> None:
    assert due_date(received, days) == DueDate(date(2026, 3, due), exact=True)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        due_date(datetime(2026, 3, 4), 1)
