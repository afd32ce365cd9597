"""The matrix "proposal → answer": a row for each proposal of an edition, a column for each body, gaps shown. For everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forum.calendars import Calendars
from forum.models import Agency
from proposals.models import Opinion, Proposal, Referral


@dataclass(frozen=True)
class Cell:
    """What one body said of one proposal. `code` is a verdict, or: withheld, onward, paused, late, waiting, not_sent
    (addressed and never asked), '' (not asked)."""

    code: str
    words: str
    url: str = ""

    @property
    def is_gap(self) -> bool:
        return self.code in ("late", "not_sent")


EMPTY = Cell("", "")


def bodies_of(rows: Any) -> list[Agency]:
    """Every body that some of these proposals was sent or addressed to, by acronym."""
    asked = Referral.objects.filter(version__proposal__in=rows.order_by().values("pk")).exclude(status="recalled")
    addressed = Proposal.addressees.through.objects.filter(proposal__in=rows.order_by().values("pk"))
    found = Agency.objects.filter(pk__in=asked.values("agency")) | Agency.objects.filter(pk__in=addressed.values("agency"))
    return list(found.distinct().order_by("acronym", "key"))


def cells_of(
    proposals: Sequence[Proposal], bodies: Sequence[Agency], user: Any, at: dt.datetime
) -> list[tuple[Proposal, list[Cell]]]:
    """The rows of the matrix for these proposals (with `addressees` prefetched). Four queries."""
    calendars = Calendars.load()
    in_force = Opinion.objects.visible_to(user).current()
    rows = (
        Referral.objects.visible_to(user)
        .filter(version__proposal__in=[each.pk for each in proposals], version__number=F("version__proposal__version_number"))
        .exclude(status="recalled")
        .select_related("version__proposal__edition", "agency")
        .prefetch_related(Prefetch("opinions", in_force, to_attr="given"))
    )
    found = {(row.proposal.pk, row.agency_id): row for row in rows}
    table = []
    for proposal in proposals:
        addressed = {agency.pk for agency in proposal.addressees.all()}
        cells = []
        for body in bodies:
            referral = found.get((proposal.pk, body.pk))
            if referral is not None:
                cells.append(cell_of(referral, calendars.of(body), at))
            else:
                cells.append(Cell("not_sent", _("not asked yet")) if body.pk in addressed else EMPTY)
        table.append((proposal, cells))
    return table


def cell_of(referral: Any, calendar: Any, at: dt.datetime) -> Cell:
    url = f"{referral.proposal.get_absolute_url()}#body-{referral.agency.key.lower()}"
    if referral.status == "referred_onward":
        return Cell("onward", _("referred onward"), url)
    if referral.given:
        return Cell(referral.given[0].verdict, referral.given[0].get_verdict_display(), url)
    if referral.status == "answered":
        return Cell("withheld", _("answered, not released yet"), url)
    today = at.astimezone(referral.zone).date()
    if late := referral.working_days_late(today, calendar):
        words = ngettext("no answer, %(n)s working day late", "no answer, %(n)s working days late", late) % {"n": late}
        return Cell("late", words, url)
    if referral.paused_on is not None:
        return Cell("paused", _("waits for the proponents"), url)
    return Cell("waiting", _("until %(date)s") % {"date": referral.due_on.isoformat()}, url)
