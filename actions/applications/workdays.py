"""Working days of the Chinese calendar, and the dates promised by counting them.

Holidays and make-up days come from `chinesecalendar`, which carries the State Council's yearly notices. For
years without a notice, weekends and the statutory holidays with a fixed date are used (元旦, 5月1–2日,
10月1–3日), and `exact` says so. The Spring Festival, 清明, 端午 and 中秋 of those years are then missing.

Counting follows the Civil Code, article 201: the first day itself is not counted. What is handed in at night
or on a Sunday therefore counts from the next working day, as it does when handed in at noon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSING_TIME = time(17, 0)

# (month, day); 5月2日 is statutory since 2025.
_FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DueDate:
    """A date counted in working days; `exact` is False where it rests on a year whose notice is not known."""

    day: date
    exact: bool


@cache
def _known_days() -> tuple[date, date]:
    from chinese_calendar import constants

    first, last = min(constants.holidays).year, max(constants.holidays).year
    # The next notice may reach back over the turn of the year (29 December 2018 was a make-up day for 2019).
    return date(first, 1, 1), date(last, 12, 27)


def is_exact(day: date) -> bool:
    """Whether the government's notice for this day is known."""
    first, last = _known_days()
    return first <= day <= last


def is_workday(day: date) -> bool:
    """Whether offices work on this day; an estimate where `is_exact(day)` is False."""
    if is_exact(day):
        import chinese_calendar

        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS


def add_workdays(start: date, n: int) -> date:
    """The n-th working day after `start`, which is not counted; n = 0 gives `start` or the next working day.

    Raises:
        ValueError: n is negative.
    """
    return count_workdays(start, n).day


def count_workdays(start: date, n: int) -> DueDate:
    """As `add_workdays`, and whether every day that was looked at is known."""
    if n < 0:
        raise ValueError(f"cannot count {n} working days")
    day = start
    while n == 0 and not is_workday(day):
        day += _DAY
    for _ in range(n):
        day += _DAY
        while not is_workday(day):
            day += _DAY
    return DueDate(day, is_exact(start) and is_exact(day))


def due_date(received: datetime, days: int) -> DueDate:
    """When something received at this instant is due within `days` working days.

    With `days` 0 (即办, decided on the spot) it is due the same day while the offices are open, else on the
    next working day.

    Raises:
        ValueError: `received` has no time zone, or `days` is negative.
    """
    if received.tzinfo is None:
        raise ValueError("a time without a zone cannot be placed in the calendar")
    local = received.astimezone(SHANGHAI)
    if days == 0 and is_workday(local.date()) and local.time() >= CLOSING_TIME:
        return count_workdays(local.date(), 1)
    return count_workdays(local.date(), days)
