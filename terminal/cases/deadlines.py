"""Until when something has to be done, counted in working days, natural days or hours.

The day on which a term begins does not count, and a term of natural days that ends on a holiday ends on the next
working day (民法典 §§ 201, 203). Working days follow a table of one year each; a year without a table means Monday
to Friday, and what was counted with it is provisional.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from terminal.cases.catalogue import HandleType, Item, TermUnit

# 行政许可法 § 32: what is missing is told at once or within five days; § 82: these are working days.
TELL_WITHIN_DAYS = 5
_DAY = timedelta(days=1)
_HOURS_A_DAY = 24


class CalendarError(Exception):
    """The holiday table cannot be used. The message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term. `provisional`: a year without a holiday table was counted."""

    until: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Holidays and worked weekends of the known years."""

    version: int
    years: frozenset[int] = frozenset()
    off: frozenset[date] = field(default_factory=frozenset[date])
    work: frozenset[date] = field(default_factory=frozenset[date])

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def after(self, start: date, count: int, unit: TermUnit) -> Deadline:
        """The last day of a term of `count` units that begins on `start`; zero ends on `start` itself."""
        if count <= 0:
            return self._deadline(start, start)
        match unit:
            case TermUnit.WORKING_DAY:
                until = self._working_days_after(start, count)
            case TermUnit.NATURAL_DAY:
                until = self._next_working(start + count * _DAY)
            case TermUnit.HOUR:
                until = start + math.ceil(count / _HOURS_A_DAY) * _DAY
        return self._deadline(start, until)

    def _working_days_after(self, start: date, count: int) -> date:
        day = start
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day

    def _next_working(self, day: date) -> date:
        while not self.is_working(day):
            day += _DAY
        return day

    def _deadline(self, start: date, until: date) -> Deadline:
        return Deadline(until, provisional=not set(range(start.year, until.year + 1)) <= self.years)


class _Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    off: tuple[tuple[date, date], ...]  # first and last day
    work: tuple[date, ...] = ()


def parse_calendar(text: str) -> WorkCalendar:
    """The calendar of a holiday table (TOML); `CalendarError` says what to mend."""
    try:
        table = msgspec.toml.decode(text, type=dict[str, _Year | int])
        years = {int(name): year for name, year in table.items() if isinstance(year, _Year)}
        version = table["version"]
        if not isinstance(version, int):
            raise CalendarError("节假日表缺少版本号 version。")
        off = frozenset(day for year in years.values() for day in _days(year.off))
        work = frozenset(day for year in years.values() for day in year.work)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise CalendarError(f"节假日表有误：{error}。") from error
    if astray := sorted(day for day in off | work if day.year not in years):
        raise CalendarError(f"节假日表中 {astray[0].isoformat()} 不属于所列年份。")
    if doubled := sorted(off & work):
        raise CalendarError(f"节假日表中 {doubled[0].isoformat()} 既放假又上班。")
    return WorkCalendar(version, frozenset(years), off, work)


@cache
def calendar() -> WorkCalendar:
    """The delivered calendar."""
    return parse_calendar(resources.files("terminal.cases").joinpath("holidays.toml").read_text("utf-8"))


def promise(item: Item, today: date) -> Deadline:
    """When `item`, accepted on `today`, will be decided; today for 即办件."""
    if item.handle_type is HandleType.IMMEDIATE:
        return calendar().after(today, 0, item.promise_unit)
    return calendar().after(today, item.promise_days, item.promise_unit)


def promised_until(item: Item, today: date) -> date:
    """The day of `promise`."""
    return promise(item, today).until


def tell_until(received: date) -> Deadline:
    """Until when everything that is missing must have been told; after that the application counts as accepted."""
    return calendar().after(received, TELL_WITHIN_DAYS, TermUnit.WORKING_DAY)


def _days(spans: Iterable[tuple[date, date]]) -> Iterator[date]:
    for day, last in spans:
        if last < day:
            raise ValueError(f"{day}—{last} 的起止日期颠倒")
        for number in range((last - day).days + 1):
            yield day + number * _DAY
