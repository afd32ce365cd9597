"""Reminders of commitments that fall due, of reports that wait for the other side, and of meetings to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from agreements.models import Commitment, Meeting, ProgressReport, Validation
from core.deadlines import MEXICO
from core.outbox.reminders import step_of
from core.sockets import ReminderDue

#: Working days before the due date of a commitment, and between reminders of what is late.
SOON, EVERY = 10, 20
#: Working days after which a report should have its answer.
ANSWER_WITHIN = 10
AHEAD = 30
#: Working days before a meeting.
BEFORE_MEETING = 2


def reminders_due(on: dt.date | None) -> list[ReminderDue]:
    return [*of_commitments(on), *of_reports(on), *of_meetings(on)]


def of_commitments(on: dt.date | None) -> Iterator[ReminderDue]:
    """Commitments in force that are not reported as fulfilled. One query."""
    horizon = (on or timezone.now().date()) + dt.timedelta(days=AHEAD)
    rows = Commitment.objects.in_force().filter(agreement__status="signed", cancelled_at__isnull=True, due_on__lte=horizon)
    rows = rows.exclude(reported_status="fulfilled").select_related("agreement__edition")
    for row in rows.order_by("pk"):
        today = on or row.agreement.edition.today()
        step = step_of(today, row.due_on, MEXICO, soon=SOON, every=EVERY)
        if step is not None:
            yield ReminderDue(row, *step, row.due_on, today)


def of_reports(on: dt.date | None) -> Iterator[ReminderDue]:
    """Newest reports that nobody of the other side has answered within the term. One query."""
    newest = ProgressReport.objects.filter(commitment=OuterRef("commitment")).order_by("-cut_off", "-number").values("pk")[:1]
    rows = ProgressReport.objects.filter(
        ~Exists(Validation.objects.filter(report=OuterRef("pk"))),
        pk=Subquery(newest),
        commitment__cancelled_at__isnull=True,
        commitment__agreement__status="signed",
    )
    for row in rows.select_related("commitment__agreement__edition").order_by("pk"):
        edition = row.event_edition
        today = on or edition.today()
        due_on = MEXICO.add(row.reported_at.astimezone(ZoneInfo(edition.time_zone)).date(), ANSWER_WITHIN)
        step = step_of(today, due_on, MEXICO, soon=0, every=ANSWER_WITHIN)
        if step is not None:
            yield ReminderDue(row, *step, due_on, today)


def of_meetings(on: dt.date | None) -> Iterator[ReminderDue]:
    """Scheduled meetings: some days before, and on the day, by the calendar of the place where each is. One query."""
    now = timezone.now()
    start = timezone.make_aware(dt.datetime.combine(on, dt.time()), dt.UTC) if on is not None else now
    near = {"starts_at__gt": start - dt.timedelta(days=2), "starts_at__lt": start + dt.timedelta(days=AHEAD)}
    rows = Meeting.objects.filter(status=Meeting.Status.SCHEDULED, **near).select_related("edition").order_by("pk")
    for row in rows:
        zone = ZoneInfo(row.time_zone)
        day, today = row.starts_at.astimezone(zone).date(), on or now.astimezone(zone).date()
        step = step_of(today, day, MEXICO, soon=BEFORE_MEETING, every=1)
        if today <= day and step is not None and (on is not None or row.ends_at > now):
            yield ReminderDue(row, *step, day, today)
