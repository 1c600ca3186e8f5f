"""Deadlines over weekends, holidays and years that nobody knows yet."""

from __future__ import annotations

from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from terminal.cases import deadlines
from terminal.cases.catalogue import HandleType, TermUnit
from terminal.cases.deadlines import CalendarError, Deadline, parse_calendar
from tests.support.case_bench import CATALOGUE, ELDER

CALENDAR = deadlines.calendar()
WORK, NATURAL, HOUR = TermUnit.WORKING_DAY, TermUnit.NATURAL_DAY, TermUnit.HOUR


@pytest.mark.parametrize(
    ("start", "count", "unit", "until"),
    [
        ("2026-11-24", 5, WORK, "2026-12-01"),
        ("2026-11-27", 1, WORK, "2026-11-30"),
        ("2026-09-30", 5, WORK, "2026-10-13"),  # 国庆, then a worked Saturday
        ("2026-02-13", 1, WORK, "2026-02-14"),  # a worked Saturday before 春节
        ("2026-02-14", 1, WORK, "2026-02-24"),
        ("2026-11-24", 15, NATURAL, "2026-12-09"),
        ("2026-11-24", 4, NATURAL, "2026-11-30"),  # a Saturday moves to Monday
        ("2026-09-20", 11, NATURAL, "2026-10-08"),  # ends in 国庆
        ("2026-11-24", 24, HOUR, "2026-11-25"),
        ("2026-11-24", 25, HOUR, "2026-11-26"),
        ("2026-11-28", 0, WORK, "2026-11-28"),
    ],
)
def test_terms(start: str, count: int, unit: TermUnit, until: str) -> None:
    assert CALENDAR.after(date.fromisoformat(start), count, unit).until == date.fromisoformat(until)


def test_a_year_without_a_table_is_monday_to_friday_and_provisional() -> None:
    assert CALENDAR.after(date(2027, 2, 5), 1, WORK) == Deadline(date(2027, 2, 8), provisional=True)
    assert CALENDAR.after(date(2026, 12, 30), 2, WORK) == Deadline(date(2027, 1, 1), provisional=True)
    assert not CALENDAR.after(date(2026, 12, 28), 2, WORK).provisional


def test_the_table_of_2026_has_the_days_of_the_notice() -> None:
    in_year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert len(CALENDAR.off) == 33
    assert len(CALENDAR.work) == 6
    assert all(day.weekday() >= 5 for day in CALENDAR.work)
    assert sum(CALENDAR.is_working(day) for day in in_year) == 248  # 365 less 104 weekend days, 19 weekdays off, plus 6


def test_immediate_items_end_today_and_promised_ones_in_their_days() -> None:
    today = date(2026, 11, 24)
    social = CATALOGUE.search("sbk", 1)[0]
    assert social.handle_type is HandleType.IMMEDIATE
    assert deadlines.promised_until(social, today) == today
    assert deadlines.promised_until(ELDER, today) == date(2026, 12, 1)
    assert deadlines.promised_until(replace(ELDER, promise_unit=NATURAL, promise_days=7), today) == date(2026, 12, 1)


def test_what_is_missing_is_told_within_five_working_days() -> None:
    assert deadlines.tell_until(date(2026, 11, 24)) == Deadline(date(2026, 12, 1), provisional=False)


@settings(deadline=None)
@given(st.dates(date(2025, 12, 1), date(2027, 2, 1)), st.integers(1, 60))
def test_a_term_of_working_days_ends_on_one_and_has_exactly_so_many(start: date, count: int) -> None:
    until = CALENDAR.after(start, count, WORK).until
    days = [start + timedelta(days=n) for n in range(1, (until - start).days + 1)]
    assert CALENDAR.is_working(until)
    assert sum(CALENDAR.is_working(day) for day in days) == count


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[2026]\nsource = "x"\noff = []', "version"),
        ('version = 1\n[2026]\nsource = "x"\noff = [[2026-01-03, 2026-01-01]]', "颠倒"),
        ('version = 1\n[2026]\nsource = "x"\noff = [[2027-01-01, 2027-01-01]]', "不属于"),
        ('version = 1\n[2026]\nsource = "x"\noff = [[2026-01-01, 2026-01-01]]\nwork = [2026-01-01]', "既放假又上班"),
        ("version = ", "有误"),
        ('version = 1\n[next]\nsource = "x"\noff = []', "有误"),
    ],
)
def test_a_wrong_table_is_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        parse_calendar(text)
