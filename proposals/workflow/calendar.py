"""What new non-working days do to open referrals: their due dates move, and every one of them says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from core.deadlines import Calendar
from core.workflow import changing
from forum.calendars import Calendars
from forum.models import Closure
from proposals.clock import expected_due
from proposals.models import Referral
from proposals.models.referrals import DueDateChangeKind
from proposals.workflow.shared import day_of, holding, move_due_date


def recount(*, closure: Closure, actor: Any, at: dt.datetime) -> int:
    """Move the due dates of open referrals that these days change; how many moved. The closure is entered (or taken back)
    already, in the same transaction.

    Days that are taken back leave a date alone that has passed, and move none before today.
    """
    standing = [each for each in Closure.objects.in_force() if each.pk != closure.pk]
    without, with_it = Calendars(standing), Calendars([*standing, closure])
    before, after = (without, with_it) if closure.withdrawn_at is None else (with_it, without)
    rows = touched_by(closure)
    moved = 0
    with holding(*rows.values_list("version__proposal", flat=True)):
        for referral in rows.select_related("agency", "version__proposal__edition").prefetch_related("due_date_changes"):
            today = day_of(at, referral.event_edition)
            was, will = before.of(referral.agency), after.of(referral.agency)
            to_on = moved_due(referral, was, will, today)
            if to_on == referral.due_on:
                continue
            earlier, later = sorted((referral.due_on, to_on))
            days = was.between(earlier, later)
            with changing(referral, "recount", actor=actor, reason=closure.name_es, at=at) as change:
                move_due_date(change, DueDateChangeKind.CLOSURE, to_on, days=days, reason=closure.name_es, closure=closure)
            moved += 1
    return moved


def touched_by(closure: Closure) -> Any:
    """Open referrals of the bodies concerned whose term may hold these days."""
    rows = Referral.objects.filter(status__in=Referral.OPEN, sent_on__lt=closure.ends_on)
    rows = rows.filter(Q(due_on__gte=closure.starts_on) | Q(paused_on__isnull=False))
    if closure.agency_id:
        rows = rows.filter(agency=closure.agency_id)
    elif closure.state_id:
        rows = rows.filter(agency__state=closure.state_id)
    return rows.order_by("pk")


def moved_due(referral: Referral, before: Calendar, after: Calendar, today: dt.date) -> dt.date:
    """Where the due date goes when the calendar turns from `before` into `after`; the same date when it stays."""
    old, new = expected_due(referral, before), expected_due(referral, after)
    if new > old:
        # A date that came from elsewhere (an import) follows from no sum: it moves by as many days.
        return new if referral.due_on == old else after.add(referral.due_on, before.between(old, new))
    if new < old and referral.due_on > today:
        return min(max(new, today), referral.due_on)
    return referral.due_on
