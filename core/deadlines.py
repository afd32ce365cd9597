"""Terms in working days (días hábiles): Monday to Friday without the statutory rest days of Mexico.

The rest days are those of article 74 of the Ley Federal del Trabajo, as the `holidays` package computes them.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def rest_days(year: int) -> frozenset[dt.date]:
    """Mexico's statutory rest days of a year."""
    return frozenset(holidays.country_holidays("MX", years=year))


def is_working_day(date: dt.date) -> bool:
    return date.weekday() < 5 and date not in rest_days(date.year)


def add_working_days(start: dt.date, days: int) -> dt.date:
    """The date `days` working days after `start`; `start` itself does not count. `days` ≥ 0."""
    date = start
    while days > 0:
        date += dt.timedelta(days=1)
        if is_working_day(date):
            days -= 1
    return date


def working_days_between(start: dt.date, end: dt.date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    days = (end - start).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    count = weeks * 5 + sum(1 for n in range(1, rest + 1) if (start.weekday() + n) % 7 < 5)
    free = sum(
        1 for year in range(start.year, end.year + 1) for day in rest_days(year) if start < day <= end and day.weekday() < 5
    )
    return count - free
