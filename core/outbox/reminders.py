"""Reminders: due soon, due, late, by the calendar; and the nudge of an organizer.

An app plugs `sockets.reminders_due`: what is open, until when, which step has come on a date of its forum. Each step is sent
once for each due date (the database holds that), so that the command may run at any hour and any number of times. The mail
itself is a notice of the event `remind` on the record, like any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sockets
from core.deadlines import Calendar
from core.events import SYSTEM, record_event
from core.models import Reminder
from core.models.outbox import ReminderKind
from core.outbox.notices import Notice, called_for
from core.sockets import ReminderDue
from core.workflow import StepRefused

#: Between two reminders of which the second is a person's: days.
NUDGE_AFTER = 3
#: After so many reminders of a date that has passed, the calendar is silent.
MOST_LATE = 6


def step_of(today: dt.date, due_on: dt.date, calendar: Calendar, *, soon: int, every: int) -> tuple[str, int] | None:
    """Which reminder a due date asks for on `today`: (kind, step), None for none.

    *Soon* within `soon` working days before the date, *due* on the day, *late* from the first working day after it and then
    every `every` working days, `MOST_LATE` times at most.
    """
    if today > due_on:
        days = calendar.between(due_on, today)
        return (ReminderKind.LATE.value, min((days - 1) // every + 1, MOST_LATE)) if days else None
    if today == due_on:
        return ReminderKind.DUE.value, 1
    return (ReminderKind.SOON.value, 1) if calendar.between(today, due_on) <= soon else None


def send_reminders(on: dt.date | None = None) -> int:
    """Write every reminder that has come due (on date `on`, by default today where each forum is); how many."""
    found = [due for rows in sockets.reminders_due.collect(on=on) for due in rows]
    known = already_sent(found)
    return sum(remind(due) for due in found if place_of(due) not in known)


def place_of(due: ReminderDue) -> tuple[Any, ...]:
    """What makes a step of a date one: it is sent once."""
    return (due.record._meta.label_lower, due.record.pk, str(due.kind), due.due_on, due.step)


def already_sent(found: list[ReminderDue]) -> set[tuple[Any, ...]]:
    """The steps that were sent before. One query."""
    dates = {due.due_on for due in found}
    rows = Reminder.objects.filter(due_on__in=dates).exclude(kind=ReminderKind.NUDGE) if dates else Reminder.objects.none()
    return set(rows.values_list("model", "record_id", "kind", "due_on", "step"))


def rows_of(record: Any) -> list[Notice]:
    """The notices of a reminder about this record."""
    return [row for row in called_for(record._meta.label_lower, "remind") if isinstance(row, Notice)]


def addressees_of(record: Any) -> list[Any]:
    """The accounts, and the people without one, that a reminder about this record goes to."""
    rows = rows_of(record)
    accounts = {user.pk: user for row in rows for user in row.to(record) if user.is_active}
    guests = {each.key: each for row in rows for each in row.guests(record)}
    return [*accounts.values(), *guests.values()]


def remind(due: ReminderDue) -> bool:
    """One reminder by the calendar. False when another worker was faster, or when nobody could get it: then none was sent."""
    record = due.record
    people = [user for user in addressees_of(record) if not user.is_demo]
    if not people:
        return False
    try:
        with transaction.atomic():
            write(record, due.kind, due.on, people=len(people), actor=SYSTEM, due_on=due.due_on, step=due.step)
    except IntegrityError:
        return False
    return True


def nudge(record: Any, *, actor: Any, on: dt.date, due_on: dt.date | None = None) -> Reminder:
    """An organizer reminds by hand. Raises `StepRefused` when it is too early or when there is nobody to remind."""
    since = timezone.now() - dt.timedelta(days=NUDGE_AFTER)
    with transaction.atomic():
        # The row of the record serializes two who nudge at once.
        type(record)._base_manager.select_for_update().filter(pk=record.pk).first()
        last = reminders_of([record]).order_by("-at").first()
        if last is not None and last.at > since:
            raise StepRefused(
                _("The last reminder was sent on %(date)s: the next one can go out %(days)s days later.")
                % {"date": last.on.isoformat(), "days": NUDGE_AFTER},
                code="too_early",
            )
        if not any(row.applies(record) for row in rows_of(record)):
            raise StepRefused(_("Nothing is owed here any more: there is nothing to remind of."), code="nothing")
        people = addressees_of(record)
        if not people:
            raise StepRefused(_("Nobody has an account there: a reminder would reach no one."), code="nobody")
        return write(record, ReminderKind.NUDGE, on, people=len(people), actor=actor, due_on=due_on, step=1)


def write(record: Any, kind: str, on: dt.date, *, people: int, actor: Any, due_on: dt.date | None, step: int) -> Reminder:
    """The row, and the event that owes the mails. The row comes first: it is what keeps a step from being sent twice."""
    now = timezone.now()
    made = Reminder(
        model=record._meta.label_lower,
        record_id=record.pk,
        record_key=record.public_key,
        kind=kind,
        step=step,
        due_on=due_on,
        on=on,
        at=now,
        addressees=people,
    )
    made.full_clean(exclude=["event"], validate_unique=False, validate_constraints=False)
    made.save()
    made.event = record_event(
        record, "remind", actor=actor, changes={"reminder": [None, kind], "addressees": [None, people]}, at=now
    )
    made.save(update_fields=["event"])
    return made


def reminders_of(records: Iterable[Any]) -> Any:
    """The reminders about these records, all of one model."""
    rows = list(records)
    if not rows:
        return Reminder.objects.none()
    return Reminder.objects.filter(model=rows[0]._meta.label_lower, record_id__in=[row.pk for row in rows])


def counts_of(records: Iterable[Any]) -> dict[int, int] | None:
    """How many reminders left about each of these records: a number for each, also none. One query."""
    rows = list(records)
    if not rows or not called_for(rows[0]._meta.label_lower, "remind"):
        return None
    counted = dict.fromkeys((row.pk for row in rows), 0)
    for pk in reminders_of(rows).filter(sent_at__isnull=False).values_list("record_id", flat=True):
        counted[pk] += 1
    return counted
