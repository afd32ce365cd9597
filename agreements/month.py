"""A month of work meetings and due dates as a calendar sheet: weeks from Monday to Sunday."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from agreements.models import Commitment, Meeting

#: A sheet holds at most this many of either kind; `Month.cut` says that there are more.
MOST_ROWS = 200
ASKED = re.compile(r"(\d{4})-(\d{2})")
#: No record is older or younger; a calendar without ends would be an endless row of empty pages for a crawler.
YEARS = range(1990, 2101)


@dataclass
class Day:
    """A square of the sheet; `inside` is False for the days of the months before and after that fill its weeks."""

    date: dt.date
    inside: bool
    is_today: bool
    meetings: list[Meeting] = field(default_factory=list)
    due: list[Commitment] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.meetings or self.due)


@dataclass
class Month:
    """`before` and `after` are the first days of the neighbours, None at the ends of `YEARS`."""

    first: dt.date
    weeks: list[list[Day]]
    before: dt.date | None
    after: dt.date | None
    cut: bool

    @property
    def is_empty(self) -> bool:
        return all(day.is_empty for week in self.weeks for day in week if day.inside)


def read_month(text: str, today: dt.date) -> dt.date:
    """`2026-11` → its first day; the month of `today` for anything else."""
    match = ASKED.fullmatch(text) if text.isascii() else None
    if match and int(match[1]) in YEARS and 1 <= int(match[2]) <= 12:
        return dt.date(int(match[1]), int(match[2]), 1)
    return today.replace(day=1)


def month_of(first: dt.date, user: Any, today: dt.date) -> Month:
    """The month that begins on `first`, with what `user` may read. Two queries.

    A meeting stands on the day on which it starts where it takes place. Due dates are those of commitments in force.
    """
    dates = calendar.Calendar(calendar.MONDAY).monthdatescalendar(first.year, first.month)
    last = dt.date(first.year, first.month, calendar.monthrange(first.year, first.month)[1])
    # Two days more on either side than the month has: what day it is depends on the zone of each meeting.
    start, end = (
        timezone.make_aware(dt.datetime.combine(day, dt.time()), dt.UTC)
        for day in (first - dt.timedelta(days=1), last + dt.timedelta(days=2))
    )
    held = list(
        Meeting.objects.visible_to(user)
        .filter(starts_at__gte=start, starts_at__lt=end)
        .exclude(status=Meeting.Status.PROPOSED)
        .order_by("starts_at", "folio")[: MOST_ROWS + 1]
    )
    due = list(
        Commitment.objects.visible_to(user)
        .in_force()
        .filter(due_on__gte=first, due_on__lte=last)
        .with_light(today)
        .select_related("agreement")
        .order_by("due_on", "folio")[: MOST_ROWS + 1]
    )
    meetings, commitments = defaultdict(list), defaultdict(list)
    for meeting in held[:MOST_ROWS]:
        meetings[meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()].append(meeting)
    for commitment in due[:MOST_ROWS]:
        commitments[commitment.due_on].append(commitment)
    weeks = [
        [
            Day(day, True, day == today, meetings[day], commitments[day]) if first <= day <= last else Day(day, False, False)
            for day in week
        ]
        for week in dates
    ]
    before, after = (first - dt.timedelta(days=1)).replace(day=1), last + dt.timedelta(days=1)
    return Month(
        first=first,
        weeks=weeks,
        before=before if before.year in YEARS else None,
        after=after if after.year in YEARS else None,
        cut=len(held) > MOST_ROWS or len(due) > MOST_ROWS,
    )
