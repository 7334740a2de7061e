"""Dates and date ranges against a given today."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from speech.values.coded import marks
from speech.values.day_words import Day, add_months, scan, small_number
from speech.values.errors import (
    DateImpossible,
    DateIncomplete,
    DateInFuture,
    DateInPast,
    DateLunar,
    DateTooEarly,
    DateTooLate,
    MoreThanOne,
    NotUnderstood,
    RangeIncomplete,
    RangeReversed,
    RangeTooLong,
)
from speech.values.folding import plain
from speech.values.model import Ask, Constraints, Value
from speech.values.speaking import speak_date

#: A bare 三月一号 that has passed means next year only where that is not nearly a year away.
_ROLL_AHEAD = timedelta(days=270)
#: No citizen's date lies outside; what is heard so was heard wrong.
_FIRST_YEAR, _LAST_YEAR = 1850, 2200
_LUNAR = re.compile(
    r"农历|阴历|旧历|正月|腊月|冬月|闰[一二三四五六七八九十]|初[一二三四五六七八九十]|除夕|春节|中秋|端午|清明"
)
_PARTIAL = re.compile(r"年|月|周|星期|礼拜|\d|[一二三四五六七八九十]")
_JOINERS = re.compile(r"到|至|~|—|–|-|为止|截止")


def _build(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise DateImpossible("no such day") from None


def _in_bounds(day: date, limits: Constraints) -> bool:
    return (limits.not_before is None or day >= limits.not_before) and (
        limits.not_after is None or day <= limits.not_after
    )


def _day_number(said: Day, year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1] if said.day is None else said.day


def _year_meant(month: int, said: Day, today: date, limits: Constraints) -> date:
    def in_year(year: int) -> date:
        return _build(year, month, _day_number(said, year, month))

    if not 1 <= month <= 12:
        raise DateImpossible("no such month")
    candidates: list[date] = []
    for year in (today.year, today.year + 1, today.year - 1):
        try:
            candidates.append(in_year(year))
        except DateImpossible:
            # 29 February: only some years have it.
            if month != 2 or said.day != 29:
                raise
    if not candidates:
        raise DateImpossible("not in these years")
    for candidate in candidates:
        if _in_bounds(candidate, limits) and candidate - today <= _ROLL_AHEAD:
            return candidate
    return candidates[0]


def resolve(said: Day, today: date, limits: Constraints, *, after: date | None = None) -> date:
    """The day meant. `after`: the start of a range, whose year, month or week its end inherits.

    Raises:
        DateImpossible: 二月三十号.
    """
    if said.fixed is not None:
        return said.fixed
    if said.weekday is not None:
        base = after or today
        return base + timedelta(days=(said.weekday - base.weekday()) % 7)
    if said.year is not None and said.month is not None:
        if not 1 <= said.month <= 12 or not _FIRST_YEAR <= said.year <= _LAST_YEAR:
            raise DateImpossible("no such month or year")
        return _build(said.year, said.month, _day_number(said, said.year, said.month))
    if said.month is not None:
        if after is None:
            return _year_meant(said.month, said, today, limits)
        here = Day(0, 0, after.year, said.month, said.day, said.month_end)
        resolved = resolve(here, today, limits)
        return resolved if resolved >= after else resolve(_next_year(here), today, limits)
    day = said.day or 0
    base = after or today
    here_date = _build(base.year, base.month, day)
    if after is None and limits.not_before is not None and here_date < limits.not_before <= today:
        following = add_months(base.replace(day=1), 1)
        return _build(following.year, following.month, day)
    return here_date


def _next_year(said: Day) -> Day:
    return Day(said.start, said.end, (said.year or 0) + 1, said.month, said.day, said.month_end)


def check_date(day: date, ask: Ask) -> None:
    """Raises where a day lies outside the field's limits."""
    limits = ask.constraints
    if limits.not_before is not None and day < limits.not_before:
        raise DateInPast("in the past") if day < ask.today else DateTooEarly("before the limit")
    if limits.not_after is not None and day > limits.not_after:
        raise (
            DateInFuture("in the future")
            if day > ask.today >= limits.not_after
            else DateTooLate("after the limit")
        )


def date_value(text: str, day: date, *, repaired: bool = False) -> Value:
    iso = day.isoformat()
    display = f"{day.year}年{day.month}月{day.day}日"
    return Value("date", text, iso, display, speak_date(day), repaired)


def range_value(text: str, start: date, end: date) -> Value:
    display = f"{date_value('', start).display}至{date_value('', end).display}"
    return Value(
        "date_range",
        text,
        [start.isoformat(), end.isoformat()],
        display,
        f"{speak_date(start)}到{speak_date(end)}",
    )


def _days(text: str, ask: Ask) -> list[Day]:
    found = list(scan(text, ask.today))
    last = max(marks(text), default=0)
    return [day for day in found if day.start >= last] or found


def _nothing(text: str) -> Exception:
    if _LUNAR.search(text):
        return DateLunar("lunar")
    if _PARTIAL.search(text):
        return DateIncomplete("no day")
    return NotUnderstood("no date", citizen="没有听到日期，请说比如三月一号、下周三或者明天。")


def parse_date(text: str, ask: Ask) -> Value:
    folded = plain(text)
    found = _days(folded, ask)
    if not found or _LUNAR.search(folded):
        raise _nothing(folded)
    days = {resolve(said, ask.today, ask.constraints) for said in found}
    if len(days) > 1:
        raise MoreThanOne("several dates", citizen="我听到了不止一个日期，请只说一个。")
    day = days.pop()
    check_date(day, ask)
    return date_value(text, day)


_LENGTH = re.compile(
    r"(?P<n>[0-9]{1,3}|[一二两三四五六七八九十廿]{1,3}|半)个?(?P<u>天|日(?!到|至)|周|星期|礼拜|月(?!\d|[一二三四五六七八九十])|年(?!\d|[一二三四五六七八九十]))"
)


def _end_after(start: date, text: str) -> date | None:
    """End of a range said as a length (三天, 一个月), counting its first day; None where there is none."""
    found = _LENGTH.search(text)
    if found is None:
        return None
    count = 0.5 if found["n"] == "半" else _count(found["n"])
    if not count:
        return None
    unit = found["u"]
    if unit in ("天", "日"):
        return start + timedelta(days=int(count) - 1)
    if unit in ("周", "星期", "礼拜"):
        return start + timedelta(days=int(count * 7) - 1)
    if unit == "月" and count == 0.5:
        return start + timedelta(days=14)
    return add_months(start, int(count * (12 if unit == "年" else 1))) - timedelta(days=1)


def _count(said: str) -> int | None:
    return int(said) if said.isascii() else small_number(said)


_WHOLE = re.compile(
    r"(?P<week>(?P<ws>下下|上|下|本|这)个?(?:整?周|星期|礼拜)(?![一二三四五六日天末1-7]))|(?P<month>(?P<ms>下下|上|下|本|这)个?月(?!\d|[一二三四五六七八九十底末初]))"
)
_SHIFT = {"上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}


def _whole(text: str, today: date) -> tuple[date, date] | None:
    """下周, 这个月: all of it."""
    found = _WHOLE.search(text)
    if found is None:
        return None
    if found["week"]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_SHIFT[found["ws"]])
        return monday, monday + timedelta(days=6)
    first = add_months(today.replace(day=1), _SHIFT[found["ms"]])
    return first, add_months(first, 1) - timedelta(days=1)


def _split_short(folded: str) -> str:
    """ "3月1日-5日", "12.1-12.5" and 明后两天 get a 到 between the two dates."""
    folded = re.sub(r"明后[两二]天", "明天到后天", folded)
    folded = re.sub(r"(?<![\d.])(\d{1,2}[./]\d{1,2})-(?=\d{1,2}[./]\d{1,2}(?![\d.]))", r"\1到", folded)
    return re.sub(r"(?<=[日号])\s*[-~—–]+\s*|\s*(?:~|—|–|--)+\s*|(?<=\d)\s+-\s+(?=\d)", "到", folded)


def parse_date_range(text: str, ask: Ask) -> Value:
    start, end = _range(_split_short(plain(text)), ask)
    if end < start:
        raise RangeReversed("end before start")
    check_date(start, ask)
    check_date(end, ask)
    if ask.constraints.max_days is not None and (end - start).days + 1 > ask.constraints.max_days:
        raise RangeTooLong(
            "longer than allowed",
            citizen=f"时间太长了，最多{ask.constraints.max_days}天，请再说一遍起止日期。",
        )
    return range_value(text, start, end)


def _range(folded: str, ask: Ask) -> tuple[date, date]:
    if _LUNAR.search(folded):
        raise DateLunar("lunar")
    found = _days(folded, ask)
    if len(found) == 1 or (len(found) > 2 and found[1].fixed and not _JOINERS.search(folded)):
        start = resolve(found[0], ask.today, ask.constraints)
        rest = folded[: found[0].start] + " " + folded[found[0].end :]
        end = _end_after(start, rest)
        if end is None:
            raise RangeIncomplete("no end")
        return start, end
    if not found:
        whole = _whole(folded, ask.today)
        if whole is not None:
            return whole
        error = _nothing(folded)
        raise RangeIncomplete("no days") if isinstance(error, DateIncomplete) else error
    if len(found) > 2:
        raise MoreThanOne("more than two dates", citizen="我听到了好几个日期，请只说从哪天到哪天。")
    start = resolve(found[0], ask.today, ask.constraints)
    return start, resolve(found[1], ask.today, ask.constraints, after=start)
