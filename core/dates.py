"""Partly known dates, and days of a place (promise 24)."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext, pgettext_lazy


class Precision(models.TextChoices):
    """How much of a date is known. The date column then holds the first day of the period."""

    DAY = "day", pgettext_lazy("precision of a date", "day")
    MONTH = "month", pgettext_lazy("precision of a date", "month")
    YEAR = "year", pgettext_lazy("precision of a date", "year")
    INFERRED = "inferred", pgettext_lazy("precision of a date", "inferred")


ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def parse_partial(value: str) -> tuple[dt.date, str]:
    """`2010-11-08`, `2010-11` or `2010` → (first day of the period, precision). Raises ValueError."""
    match = ISO.fullmatch(value.strip())
    if not match:
        raise ValueError(value)
    year, month, day = match.groups()
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return dt.date(int(year), int(month or 1), int(day or 1)), str(precision)


def iso_partial(date: dt.date | None, precision: str) -> str:
    """The inverse of `parse_partial`; '' for no date."""
    if date is None:
        return ""
    return date.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]


def show_partial(date: dt.date | None, precision: str) -> str:
    """A date as a person reads it, no more exact than it is known."""
    if date is None:
        return ""
    if precision == Precision.YEAR:
        return str(date.year)
    if precision == Precision.MONTH:
        return formats.date_format(date, "YEAR_MONTH_FORMAT")
    shown = formats.date_format(date, "DATE_FORMAT")
    if precision == Precision.INFERRED:
        return gettext("%(date)s (inferred)") % {"date": shown}
    return shown


def today_in(zone: str) -> dt.date:
    """Today's date on the wall calendar of `zone` (IANA name)."""
    return timezone.now().astimezone(ZoneInfo(zone)).date()


def end_of_day(date: dt.date, zone: str) -> dt.datetime:
    """The last instant of `date` in `zone`: a deadline is the end of the local day."""
    following = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return following.astimezone(dt.UTC) - dt.timedelta(microseconds=1)
