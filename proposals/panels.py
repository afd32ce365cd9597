"""What the pages of organizations, public bodies and editions show of proposals (see `core.sockets.record_panels`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from core import tally
from forum.api import Link, day, moment
from forum.calendars import calendar_of
from forum.models import Agency, Edition, Organization
from proposals import api
from proposals.kept import answer_on
from proposals.models import Opinion, Proposal, Referral
from proposals.models.referrals import ReferralStatus

#: A panel names at most this many records; the list, filtered by the same record, has them all.
MOST_ROWS = 12
OPEN = [status.value for status in (ReferralStatus.PENDING, ReferralStatus.ACKNOWLEDGED, ReferralStatus.ASKED)]

Panel = dict[str, Any]


def panel_of(record: Any, user: Any) -> Panel | None:
    """The panel for the page of `record`; None for a kind of record that proposals say nothing of."""
    if isinstance(record, Organization):
        return of_organization(record, user)
    if isinstance(record, Agency):
        return of_agency(record, user)
    if isinstance(record, Edition):
        return of_edition(record, user)
    return None


def of_organization(organization: Organization, user: Any) -> Panel | None:
    """What the organization brings in; None when it brings in nothing."""
    rows = Proposal.objects.visible_to(user).of_organizations([organization.pk]).order_by("folio")
    panel = proposals_panel(rows, f"?organization={organization.key}")
    return panel if panel["proposals"] else None


def of_edition(edition: Edition, user: Any) -> Panel:
    """How many proposals the edition has, and how they stand."""
    rows = Proposal.objects.visible_to(user).filter(edition=edition)
    counts = dict(tally.sums("readings", "code", edition=edition.pk))
    address = reverse("proposals")
    readings = [
        {"code": code, "label": label, "number": counts[code], "url": f"{address}?edition={edition.slug}&reading={code}"}
        for code, label in Proposal.Reading.choices
        if code and code in counts
    ]
    panel = proposals_panel(rows.order_by("folio"), f"?edition={edition.slug}")
    return {**panel, "template": "proposals/public/panels/edition.html", "readings": readings, "total": sum(counts.values())}


def proposals_panel(rows: QuerySet[Any], query: str) -> Panel:
    """A list of proposals, cut, with the address of the rest."""
    found = list(rows.select_related("edition")[: MOST_ROWS + 1])
    return {
        "name": "proposals",
        "template": "proposals/public/panels/proposals.html",
        "proposals": found[:MOST_ROWS],
        "more": len(found) > MOST_ROWS,
        "url": reverse("proposals") + query,
        "data": lambda link: [api.proposal_brief(each, link) for each in found[:MOST_ROWS]],
    }


def of_agency(agency: Agency, user: Any, on: dt.date | None = None) -> Panel | None:
    """What the body was asked in the versions in force: how much it answered, in time or late, and what it owes.

    None when it was asked nothing.
    """
    on = on or timezone.localdate()
    rows = (
        Referral.objects.visible_to(user)
        .filter(agency=agency, version__number=F("version__proposal__version_number"))
        .exclude(status=ReferralStatus.RECALLED)
    )
    in_force = Opinion.objects.visible_to(user).current()
    prepared = rows.select_related("version__proposal__edition").prefetch_related(
        Prefetch("opinions", in_force, to_attr="visible_opinions")
    )
    # Two queries, each along an index: one that puts what is open first would sort all that the body was ever asked.
    parts = (prepared.filter(status__in=OPEN), prepared.exclude(status__in=OPEN))
    found = [each for part in parts for each in part.order_by("due_on", "folio")[: MOST_ROWS + 1]][: MOST_ROWS + 1]
    if not found:
        return None
    calendar = calendar_of(agency)
    for referral in found:
        referral.agency = agency
        referral.opinion = referral.visible_opinions[0] if referral.visible_opinions else None
        referral.late = referral.working_days_late(on, calendar)
    counts = answer_counts(agency, on)
    return {
        "name": "referrals",
        "template": "proposals/public/panels/referrals.html",
        "agency": agency,
        "on": on,
        "counts": counts,
        "referrals": found[:MOST_ROWS],
        "more": len(found) > MOST_ROWS,
        "url": f"{reverse('proposals')}?agency={agency.key}",
        "data": lambda link: {**counts, "as_of": on.isoformat(), "rows": [row_data(each, link) for each in found[:MOST_ROWS]]},
    }


def answer_counts(agency: Agency, on: dt.date) -> dict[str, int]:
    """`asked`, `in_time`, `answered_late`, `waiting`, `late` of the public referrals of a body. One query.

    Those referred onward are not asked any more. A paused clock is not late.
    """
    counts = {"asked": 0, "in_time": 0, "answered_late": 0, "waiting": 0, "late": 0}
    names = {"in_time": "in_time", "late": "answered_late", "waiting": "waiting", "silent": "late"}
    for code, due_on, number in tally.sums("answers", "code", "day", body=agency.pk):
        if code != "onward":
            counts["asked"] += number
            counts[names[answer_on(code, due_on, on)]] += number
    return counts


def row_data(referral: Referral, link: Link) -> dict[str, Any]:
    return {
        "folio": referral.folio,
        "proposal": api.proposal_brief(referral.proposal, link),
        "sent_on": day(referral.sent_on),
        "due_on": day(referral.due_on),
        "status": referral.status,
        "answered_at": moment(referral.answered_at),
        "working_days_late": referral.late,
        "verdict": referral.opinion.verdict if referral.opinion else None,
    }
