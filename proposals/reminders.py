"""Reminders of opinions that bodies owe and of questions that proponents owe an answer to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from core.deadlines import MEXICO
from core.outbox.reminders import step_of
from core.sockets import ReminderDue
from forum.calendars import Calendars
from proposals.models import Clarification, Referral

#: Working days before the due date on which a reminder is sent, and between reminders of what is late.
SOON, EVERY = 3, 5
#: Due dates further away than this, in days, ask for nothing yet.
AHEAD = 21
CLOSED = ("preparation", "closed")


def reminders_due(on: dt.date | None) -> list[ReminderDue]:
    return [*of_referrals(on), *of_questions(on)]


def horizon(on: dt.date | None) -> dt.date:
    return (on or timezone.now().date()) + dt.timedelta(days=AHEAD)


def of_referrals(on: dt.date | None) -> Iterator[ReminderDue]:
    """Opinions owed, by the working days of each body; none while the clock stands still. Two queries."""
    calendars = Calendars.load()
    rows = Referral.objects.filter(status__in=["pending", "acknowledged"], paused_on__isnull=True, due_on__lte=horizon(on))
    rows = rows.exclude(version__proposal__edition__stage__in=CLOSED)
    for row in rows.select_related("version__proposal__edition", "agency").order_by("pk"):
        today = on or row.event_edition.today()
        yield from due(row, row.due_on, today, calendars.of(row.agency))


def of_questions(on: dt.date | None) -> Iterator[ReminderDue]:
    rows = Clarification.objects.filter(
        answered_at__isnull=True, due_on__isnull=False, due_on__lte=horizon(on), referral__status="asked"
    )
    rows = rows.exclude(referral__version__proposal__edition__stage__in=CLOSED)
    for row in rows.select_related("referral__version__proposal__edition", "referral__agency").order_by("pk"):
        yield from due(row, row.due_on, on or row.event_edition.today(), MEXICO)


def due(record: Any, due_on: dt.date, today: dt.date, calendar: Any) -> Iterator[ReminderDue]:
    step = step_of(today, due_on, calendar, soon=SOON, every=EVERY)
    if step is not None:
        yield ReminderDue(record, *step, due_on, today)
