"""The light (semáforo) of a commitment: derived from dates and reports, never typed.

The same rule stands in SQL in `CommitmentQuerySet.with_light`, so that lists filter by it; a test holds both together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from agreements.models import Commitment
from agreements.querysets import DUE_SOON_DAYS
from core.deadlines import public_day, public_from

Light = Commitment.Light


def light_of(commitment: Commitment, on: dt.date, *, at_once: bool = False) -> str:
    """The light on date `on`, which is today's date in the zone of the edition (`edition.today()`).

    `at_once` is for the parties and the organizers: everybody else reads *late* some working days later.
    """
    late_before = on if at_once else public_day(on)
    if commitment.cancelled_at is not None:
        return Light.CANCELLED.value
    if commitment.reported_status == "fulfilled":
        return Light.FULFILLED.value
    if commitment.due_on is not None and commitment.due_on < late_before:
        return Light.LATE.value
    if _owes_report(commitment, on):
        return Light.NO_REPORT.value
    if commitment.due_on is not None and commitment.due_on <= on + dt.timedelta(days=DUE_SOON_DAYS):
        return Light.DUE_SOON.value
    return Light.ON_TIME.value


def _owes_report(commitment: Commitment, on: dt.date) -> bool:
    """The last cut-off date of the edition has come and no report reaches it, though the commitment had started."""
    cut_off = commitment.agreement.edition.report_cut_off
    if cut_off is None or cut_off > on or (commitment.starts_on is not None and commitment.starts_on > cut_off):
        return False
    return commitment.reported_cut_off is None or commitment.reported_cut_off < cut_off


def tell_quiet(commitments: Iterable[Commitment], on: dt.date) -> None:
    """Give each its `quiet_until`: the date from which everybody reads that it is late, None where nothing is held back."""
    for each in commitments:
        held = each.days_late(on, at_once=True) and not each.days_late(on)
        each.quiet_until = public_from(each.due_on) if held and each.due_on is not None else None
