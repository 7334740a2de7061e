"""Finding days in plain text: 2026.3.1, 明年三月一号, 下周三, 大后天, 月底, 三天后.

The scanner only reads; which year a bare 三月一号 means is decided in `dates`, where the limits are known.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from speech.values.symbols import DIGITS


@dataclass(frozen=True)
class Day:
    """A day as said, plain text [start, end).

    `year` and `month` are None where they were not said; then the day is resolved later. `month_end` asks for
    the last day of the month. `weekday` (0 Monday) is a bare 周三. `fixed` is a day that is already known.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    month_end: bool = False
    weekday: int | None = None
    fixed: date | None = None


_N = r"(?:[0-9]{1,2}|[零一二两三四五六七八九十廿卅]{1,4})"
_YEAR_NUMBER = (
    r"(?:[0-9]{4}|[0-9]{2}|[零一二三四五六七八九幺]{4}|[零一二三四五六七八九]{2}"
    r"|[二两]千零?[一二三四五六七八九十]{1,3})"
)
_YEAR_WORDS = {
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
    "后年": 2,
    "大后年": 3,
    "去年": -1,
    "前年": -2,
    "大前年": -3,
}
_YEAR = rf"(?:(?P<yw>大后年|大前年|今年|本年|当年|明年|后年|去年|前年)|(?P<yn>{_YEAR_NUMBER})年)"
_GAP = r"[ ,、的]{0,2}"
_DAY = rf"(?P<d>{_N})[日号]?"
_DAY_WORDS = {
    "大大后天": 4,
    "大后天": 3,
    "后天": 2,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "即日": 0,
    "当天": 0,
    "现在": 0,
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
}
_WEEKDAYS = (
    {c: i for i, c in enumerate("一二三四五六日")} | {str(i + 1): i for i in range(7)} | {"天": 6, "末": 5}
)
_WEEK_SHIFT = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1, "下下": 2}
_MONTH_SHIFT = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2}
_FESTIVALS = {"元旦": (1, 1), "劳动节": (5, 1), "国庆": (10, 1)}


def small_number(said: str) -> int | None:
    """0 to 99, Arabic or Chinese, 廿 and digit by digit (二五) too; None where it is none.

    >>> small_number("二十三"), small_number("廿三"), small_number("三二一")
    (23, 23, None)
    """
    if said.isdigit() and said.isascii():
        return int(said)
    said = said.replace("廿", "二十").replace("卅", "三十").replace("两", "二")
    if "十" in said:
        tens, _, ones = said.partition("十")
        if len(tens) > 1 or len(ones) > 1 or "十" in ones:
            return None
        high = 1 if not tens else int(DIGITS.get(tens, "0"))
        return high * 10 + int(DIGITS.get(ones, "0")) if high else None
    return int("".join(DIGITS[c] for c in said)) if 1 <= len(said) <= 2 else None


def year_number(said: str, today: date) -> int | None:
    """二零二六, 2026, 26, 九零, 两千零二十六."""
    if said[0] in "二两" and said[1:2] == "千":
        rest = small_number(said[2:].lstrip("零"))
        return None if rest is None else 2000 + rest
    year = int("".join(DIGITS[c] for c in said))
    if len(said) == 2:
        year += 2000 if 2000 + year <= today.year + 20 else 1900
    return year


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


Match = re.Match[str]
Reader = Callable[[Match, date], "Day | None"]


def _year_of(match: Match, today: date) -> int | None:
    if match["yw"]:
        return today.year + _YEAR_WORDS[match["yw"]]
    return year_number(match["yn"], today) if match["yn"] else None


def _year_month_day(match: Match, today: date) -> Day | None:
    month, edge = small_number(match["m"].replace("元", "1")), match["edge"]
    day = 1 if edge == "初" else None if edge else small_number(match["d"])
    if month is None or (day is None and not edge):
        return None
    return Day(*match.span(), _year_of(match, today), month, day, month_end=edge in ("底", "末"))


def _numbers(match: Match, _today: date) -> Day:
    year = int(match["y"]) if "y" in match.re.groupindex else None
    return Day(*match.span(), year, int(match["m"]), int(match["d"]))


def _compact(match: Match, _today: date) -> Day | None:
    digits = "".join(DIGITS[c] for c in match[0])
    if not 1850 <= int(digits[:4]) <= 2200:
        return None
    return Day(*match.span(), int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _relative_month(match: Match, today: date) -> Day | None:
    first = add_months(today.replace(day=1), _MONTH_SHIFT[match["shift"]])
    edge = match["edge"]
    day = 1 if edge == "初" else None if edge else small_number(match["d"])
    if day is None and not edge:
        return None
    return Day(*match.span(), first.year, first.month, day, month_end=edge in ("底", "末"))


def _month_edge(match: Match, today: date) -> Day:
    return Day(
        *match.span(), today.year, today.month, 1 if match["edge"] == "初" else None, match["edge"] != "初"
    )


def _year_edge(match: Match, today: date) -> Day:
    year = _year_of(match, today) or today.year
    return Day(*match.span(), year, *((1, 1) if match["edge"] == "初" else (12, 31)))


def _word(match: Match, today: date) -> Day:
    return Day(*match.span(), fixed=today + timedelta(days=_DAY_WORDS[match[0]]))


def _week(match: Match, today: date) -> Day:
    weekday = _WEEKDAYS[match["w"]]
    if not match["shift"]:
        return Day(*match.span(), weekday=weekday)
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEK_SHIFT[match["shift"]])
    return Day(*match.span(), fixed=monday + timedelta(days=weekday))


def _offset(match: Match, today: date) -> Day | None:
    count = 0.5 if match["n"] == "半" else small_number(match["n"])
    if count is None or not (match["over"] or match["side"]):
        return None
    sign = -1 if match["side"] and match["side"].endswith("前") else 1
    unit = match["u"]
    if unit in ("天", "日"):
        return Day(*match.span(), fixed=today + timedelta(days=sign * int(count)))
    if unit in ("周", "星期", "礼拜"):
        return Day(*match.span(), fixed=today + timedelta(days=sign * int(count * 7)))
    if unit == "月" and count == 0.5:
        return Day(*match.span(), fixed=today + timedelta(days=sign * 15))
    months = count * (12 if unit == "年" else 1)
    return Day(*match.span(), fixed=add_months(today, sign * int(months)))


def _bare_day(match: Match, _today: date) -> Day | None:
    day = small_number(match["d"])
    return None if day is None else Day(*match.span(), day=day)


def _festival(match: Match, today: date) -> Day:
    return Day(*match.span(), _year_of(match, today), *_FESTIVALS[match["f"]])


_EDGE = r"(?P<edge>[底末初])"
#: In order of preference where several begin at the same place.
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(rf"(?:{_YEAR}{_GAP})?(?P<m>{_N}|元)月份?{_GAP}(?:{_EDGE}|{_DAY})"), _year_month_day),
    (re.compile(r"(?<!\d)(?P<y>\d{4})[-./年 ](?P<m>\d{1,2})[-./ ](?P<d>\d{1,2})(?!\d)日?"), _numbers),
    (re.compile(r"(?<![0-9])[12][0-9]{7}(?![0-9])"), _compact),
    (re.compile(r"[一二][零一二三四五六七八九幺]{7}(?![零一二三四五六七八九幺])"), _compact),
    (
        re.compile(rf"(?P<shift>上上|下下|上|下|本|这|当)个?月(?:份)?{_GAP}(?:{_EDGE}|{_DAY})"),
        _relative_month,
    ),
    (re.compile(rf"(?:{_YEAR}{_GAP}年?|(?<!半)年){_EDGE}"), _year_edge),
    (re.compile(rf"月{_EDGE}"), _month_edge),
    (re.compile("|".join(sorted(_DAY_WORDS, key=len, reverse=True))), _word),
    (
        re.compile(r"(?P<shift>上上|下下|上|下|本|这)?个?(?:周|星期|礼拜)(?P<w>[一二三四五六日天末1-7])"),
        _week,
    ),
    (
        re.compile(
            rf"(?P<over>再?过)?(?P<n>{_N}|半)个?(?P<u>天|日|周|星期|礼拜|月|年)(?:的?时间)?(?P<side>之后|以后|后|之前|以前|前)?"
        ),
        _offset,
    ),
    (re.compile(rf"(?:{_YEAR}{_GAP})?(?P<f>元旦|劳动节|国庆)节?"), _festival),
    (re.compile(rf"(?<!第)(?P<d>{_N})[日号](?![楼幢栋院])"), _bare_day),
)
#: Months and days without a year, with a dot or a slash: only where a date is expected.
_SHORT = (re.compile(r"(?<![\d./-])(?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?![\d./-])"), _numbers)


def scan(text: str, today: date, *, short: bool = True) -> Iterator[Day]:
    """Days in plain text, left to right; `short`: 3.1 is a day too."""
    readers = (*_READERS, _SHORT) if short else _READERS
    at = 0
    while at < len(text):
        best: Day | None = None
        for pattern, read in readers:
            for match in pattern.finditer(text, at):
                if best is not None and match.start() >= best.start:
                    break
                try:
                    day = read(match, today)
                except (ValueError, OverflowError):
                    day = None
                if day is not None:
                    best = day
                    break
        if best is None:
            return
        yield best
        at = best.end
