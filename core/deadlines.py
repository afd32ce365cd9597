"""Terms in working days (días hábiles): Monday to Friday without the days off of a calendar.

The days off are those that the `holidays` package knows for a country or one of its subdivisions (for Mexico the statutory
rest days of article 74 of the Ley Federal del Trabajo), and the closures that organizers enter. A term of n days that
begins on a date ends on the n-th working day after it; the deadline is the end of that day where the forum is
(`core.dates.end_of_day`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import holidays
from django.conf import settings

#: The calendar of a body that names no other one: ISO 3166 codes, of a country or of a subdivision (`US-CA`).
HOME = "MX"


def is_known(code: str) -> bool:
    """Whether the library has a calendar for an ISO 3166 code."""
    return code in known_codes()


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    """Every country and subdivision for which the library has a calendar."""
    found: set[str] = set()
    for country, parts in holidays.list_supported_countries(include_aliases=False).items():
        found.add(country)
        found |= {f"{country}-{part}" for part in parts if part.isascii() and part.isalnum() and len(part) <= 3}
    return frozenset(found)


@lru_cache(maxsize=1024)
def named_rest_days(code: str, year: int, language: str = "") -> dict[dt.date, str]:
    """The days off of a year with their names, in `language` (es, en) where the library has it."""
    country, _dash, part = code.partition("-")
    words = {"en": "en_US"}.get(language, language)
    kind = type(holidays.country_holidays(country, years=()))
    chosen = words if words in (getattr(kind, "supported_languages", None) or ()) else None
    return dict(holidays.country_holidays(country, subdiv=part or None, years=year, language=chosen))


@lru_cache(maxsize=1024)
def rest_days(year: int, code: str = HOME) -> frozenset[dt.date]:
    """The days off of a year that fall on a weekday."""
    return frozenset(day for day in named_rest_days(code, year) if day.weekday() < 5)


@dataclass(frozen=True)
class DayOff:
    """A weekday that does not count, and why."""

    date: dt.date
    name: str


@dataclass(frozen=True)
class Calendar:
    """Which days count for a body. `closures`: further days off, each with its name."""

    code: str = HOME
    closures: Mapping[dt.date, str] = field(default_factory=dict)

    def is_working_day(self, date: dt.date) -> bool:
        return date.weekday() < 5 and date not in self.closures and date not in rest_days(date.year, self.code)

    def add(self, start: dt.date, days: int) -> dt.date:
        """The date `days` working days after `start`; `start` itself does not count. `days` ≥ 0."""
        date = start
        while days > 0:
            date += dt.timedelta(days=1)
            if self.is_working_day(date):
                days -= 1
        return date

    def between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        days = (end - start).days
        if days <= 0:
            return 0
        weeks, rest = divmod(days, 7)
        weekdays = weeks * 5 + sum(1 for n in range(1, rest + 1) if (start.weekday() + n) % 7 < 5)
        return weekdays - len(self.dates_off(start, end))

    def dates_off(self, start: dt.date, end: dt.date) -> set[dt.date]:
        """The weekdays after `start` up to and including `end` that do not count."""
        found = {day for year in range(start.year, end.year + 1) for day in rest_days(year, self.code) if start < day <= end}
        return found | {day for day in self.closures if start < day <= end and day.weekday() < 5}

    def days_off(self, start: dt.date, end: dt.date, language: str = "") -> list[DayOff]:
        """The same with their names, in order."""
        return [DayOff(day, self.name_of(day, language)) for day in sorted(self.dates_off(start, end))]

    def name_of(self, date: dt.date, language: str = "") -> str:
        return self.closures.get(date) or named_rest_days(self.code, date.year, language).get(date, "")


MEXICO = Calendar()


def is_working_day(date: dt.date) -> bool:
    return MEXICO.is_working_day(date)


def add_working_days(start: dt.date, days: int) -> dt.date:
    """As `Calendar.add`, by the statutory rest days of Mexico alone."""
    return MEXICO.add(start, days)


def working_days_between(start: dt.date, end: dt.date) -> int:
    """As `Calendar.between`, by the statutory rest days of Mexico alone."""
    return MEXICO.between(start, end)


@lru_cache(maxsize=256)
def days_before(on: dt.date, days: int) -> dt.date:
    """The first date whose term of `days` working days (Mexico's rest days alone) has not ended before `on`.

    What is due before it is so much late; with 0 days it is `on` itself.
    """
    date = on
    while days > 0 and MEXICO.add(date - dt.timedelta(days=1), days) >= on:
        date -= dt.timedelta(days=1)
    return date


def public_day(on: dt.date) -> dt.date:
    """What is due before this date reads "late" in public on date `on` (`LATE_PUBLIC_AFTER`, docs/decisions/0160)."""
    return days_before(on, settings.LATE_PUBLIC_AFTER)


def public_from(due_on: dt.date) -> dt.date:
    """The first date on which what is due on `due_on` reads "late" in public."""
    return MEXICO.add(due_on, settings.LATE_PUBLIC_AFTER) + dt.timedelta(days=1)
