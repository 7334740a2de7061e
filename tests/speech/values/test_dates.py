from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speech.values import Constraints, parse_value
from speech.values.speaking import speak_date, speak_number

TODAY = date(2026, 11, 23)
_DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天", "2026-11-23"),
        ("明天", "2026-11-24"),
        ("明儿", "2026-11-24"),
        ("后天", "2026-11-25"),
        ("大后天", "2026-11-26"),
        ("昨天", "2026-11-22"),
        ("大前天", "2026-11-20"),
        ("下周三", "2026-12-02"),
        ("下下周五", "2026-12-11"),
        ("这周五", "2026-11-27"),
        ("上周一", "2026-11-16"),
        ("周三", "2026-11-25"),
        ("礼拜天", "2026-11-29"),
        ("星期一", "2026-11-23"),
        ("月底", "2026-11-30"),
        ("下个月底", "2026-12-31"),
        ("年底", "2026-12-31"),
        ("明年年底", "2027-12-31"),
        ("二月底", "2026-02-28"),
        ("明年三月一号", "2027-03-01"),
        ("下个月十五号", "2026-12-15"),
        ("十五号", "2026-11-15"),
        ("廿三号", "2026-11-23"),
        ("元旦", "2026-01-01"),
        ("三天后", "2026-11-26"),
        ("过两周", "2026-12-07"),
        ("半个月后", "2026-12-08"),
        ("一个月以后", "2026-12-23"),
        ("2026.3.1", "2026-03-01"),
        ("2026-03-01", "2026-03-01"),
        ("2026/3/1", "2026-03-01"),
        ("20260301", "2026-03-01"),
        ("２０２６年３月１日", "2026-03-01"),
        ("二零二六年三月一日", "2026-03-01"),
        ("二〇二六年三月一日", "2026-03-01"),
        ("两千零二十六年三月一号", "2026-03-01"),
        ("二零二六零三零一", "2026-03-01"),
        ("二六年三月一号", "2026-03-01"),
        ("九零年五月六号", "1990-05-06"),
        ("三月三十一", "2026-03-31"),
        ("元月五号", "2026-01-05"),
        ("2028年2月29日", "2028-02-29"),
        ("我打算从明天开始", "2026-11-24"),
        ("三月一号，不对，三月二号", "2026-03-02"),
        ("不是三月一号，是三月二号", "2026-03-02"),
        ("即日起", "2026-11-23"),
        ("明天下午三点", "2026-11-24"),
    ],
)
def test_heard(text: str, expected: str, value_of: Callable[..., Any]) -> None:
    assert value_of("date", text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("二月三十号", "date_impossible"),
        ("十三月五号", "date_impossible"),
        ("2027年2月29日", "date_impossible"),
        ("三月零号", "date_impossible"),
        ("9999年1月1日", "date_impossible"),
        ("三月", "date_incomplete"),
        ("明年", "date_incomplete"),
        ("下周", "date_incomplete"),
        ("农历三月初一", "date_lunar"),
        ("三月一号或者三月五号", "value_more_than_one"),
        ("随便", "value_not_understood"),
    ],
)
def test_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("date", text) == code


def test_a_date_in_the_past_has_its_own_sentence(today: date) -> None:
    from speech.values.errors import DateInPast

    with pytest.raises(DateInPast) as caught:
        parse_value("date", "昨天", today=today, constraints=Constraints(not_before=today))
    assert caught.value.citizen == "日期已经过去了，请说一个今天以后的日期。"


def test_limits(code_of: Callable[..., str]) -> None:
    assert code_of("date", "明天", not_after=TODAY) == "date_in_future"
    assert code_of("date", "2027年1月1日", not_after=date(2026, 12, 31)) == "date_too_late"
    assert code_of("date", "明天", not_before=TODAY + timedelta(days=3)) == "date_too_early"


def test_a_date_without_a_year_is_meant_within_the_limits(
    value_of: Callable[..., Any], code_of: Callable[..., str]
) -> None:
    assert value_of("date", "三月一号", not_before=TODAY) == "2027-03-01"
    assert value_of("date", "十五号", not_before=TODAY) == "2026-12-15"
    assert value_of("date", "十二月一号", not_after=TODAY) == "2025-12-01"
    # Three days ago is a slip, not a wish for next year.
    assert code_of("date", "十一月二十号", not_before=TODAY) == "date_in_past"


@given(day=_DATES, style=st.integers(0, 6))
def test_every_date_survives_every_way_of_saying_it(day: date, style: int) -> None:
    said = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}号",
        speak_date(day),
        f"就{speak_date(day)[:-1]}号吧",
        f"{day.year}年{speak_number(day.month)}月份的{speak_number(day.day)}号",
    ][style]
    assert parse_value("date", said, today=TODAY).value == day.isoformat()


@given(day=_DATES, today=_DATES)
def test_weekdays_count_from_today(day: date, today: date) -> None:
    assume(today < date(2100, 12, 1))
    weekday = "一二三四五六日"[day.weekday()]
    bare = date.fromisoformat(parse_value("date", f"星期{weekday}", today=today).value)
    assert 0 <= (bare - today).days < 7 and bare.weekday() == day.weekday()
    following = date.fromisoformat(parse_value("date", f"下周{weekday}", today=today).value)
    monday = today - timedelta(days=today.weekday())
    assert 7 <= (following - monday).days < 14 and following.weekday() == day.weekday()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三月一号到五号", ["2026-03-01", "2026-03-05"]),
        ("从三月一号到三月五号", ["2026-03-01", "2026-03-05"]),
        ("明年三月一号到四月五号", ["2027-03-01", "2027-04-05"]),
        ("从明天到后天", ["2026-11-24", "2026-11-25"]),
        ("下周一到周五", ["2026-11-30", "2026-12-04"]),
        ("十二月三十号到一月五号", ["2026-12-30", "2027-01-05"]),
        ("三月一号起三天", ["2026-03-01", "2026-03-03"]),
        ("从十二月一号开始，一共十天", ["2026-12-01", "2026-12-10"]),
        ("明天开始一个月", ["2026-11-24", "2026-12-23"]),
        ("明天一天", ["2026-11-24", "2026-11-24"]),
        ("今天到月底", ["2026-11-23", "2026-11-30"]),
        ("下周", ["2026-11-30", "2026-12-06"]),
        ("下个月", ["2026-12-01", "2026-12-31"]),
        ("2026-12-01至2026-12-05", ["2026-12-01", "2026-12-05"]),
        ("2026.12.1-2026.12.5", ["2026-12-01", "2026-12-05"]),
        ("2026/12/01—2026/12/05", ["2026-12-01", "2026-12-05"]),
        ("12月1日-5日", ["2026-12-01", "2026-12-05"]),
        ("12.1-12.5", ["2026-12-01", "2026-12-05"]),
        ("明后两天", ["2026-11-24", "2026-11-25"]),
        ("20261201-20261205", ["2026-12-01", "2026-12-05"]),
    ],
)
def test_ranges(text: str, expected: list[str], value_of: Callable[..., Any]) -> None:
    assert value_of("date_range", text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("三月一号", "range_incomplete"),
        ("三天", "range_incomplete"),
        ("五号到三号", "range_reversed"),
        ("2026年12月5日到2026年12月1日", "range_reversed"),
        ("二月三十号到三月五号", "date_impossible"),
        ("三月一号到五号到八号", "value_more_than_one"),
        ("不知道", "value_not_understood"),
    ],
)
def test_ranges_refused(text: str, code: str, code_of: Callable[..., str]) -> None:
    assert code_of("date_range", text) == code


def test_range_limits(code_of: Callable[..., str], value_of: Callable[..., Any]) -> None:
    assert code_of("date_range", "明天起三十天", max_days=15) == "range_too_long"
    assert value_of("date_range", "明天起十五天", max_days=15)
    assert code_of("date_range", "昨天到明天", not_before=TODAY) == "date_in_past"


@given(start=_DATES, days=st.integers(0, 400), style=st.integers(0, 2))
def test_every_range_survives(start: date, days: int, style: int) -> None:
    end = start + timedelta(days=days)
    said = [
        f"{start.isoformat()}到{end.isoformat()}",
        f"从{speak_date(start)}到{speak_date(end)}",
        f"{start.year}年{start.month}月{start.day}日~{end.year}年{end.month}月{end.day}日",
    ][style]
    value = parse_value("date_range", said, today=TODAY)
    assert value.value == [start.isoformat(), end.isoformat()]
    assert value.read_back == f"{speak_date(start)}到{speak_date(end)}"
