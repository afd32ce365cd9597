"""What the pages of organizations, public bodies and editions show of proposals (see `core.sockets.record_panels`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from core import tally
from forum.api import Link, day, moment
from forum.calendars import calendar_of
from forum.models import Agency, Edition, Organization
from proposals import api
from proposals.answers import ANSWERS, OPEN, asked_in_force
from proposals.kept import answer_on
from proposals.listing import READINGS, count_readings
from proposals.models import Opinion, Proposal, Referral

#: A panel names at most this many records; the list, filtered by the same record, has them all.
MOST_ROWS = 12

#: How a body answered, as words under a number.
FIGURES = [
    ("asked", pgettext_lazy("figure", "asked")),
    ("in_time", pgettext_lazy("figure", "answered in time")),
    ("answered_late", pgettext_lazy("figure", "answered late")),
    ("onward", pgettext_lazy("figure", "passed on")),
    ("waiting", pgettext_lazy("figure", "waiting")),
    ("late", pgettext_lazy("figure", "no answer, late")),
]

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
    query = f"?organization={organization.key}"
    panel = proposals_panel(rows, query)
    if not panel["proposals"]:
        return None
    return {**panel, **readings_panel(count_readings(rows), query)}


def of_edition(edition: Edition, user: Any) -> Panel:
    """How many proposals the edition has, and how they stand."""
    rows = Proposal.objects.visible_to(user).filter(edition=edition)
    query = f"?edition={edition.slug}"
    panel = proposals_panel(rows.order_by("folio"), query)
    counts = {reading or "none": number for reading, number in tally.sums("readings", "code", edition=edition.pk, body=0)}
    return {**panel, "template": "proposals/public/panels/edition.html", **readings_panel(counts, query)}


def readings_panel(counts: dict[str, int], query: str) -> Panel:
    """How the proposals of a record (`?edition=…`) stand, by reading: rows of bars, each with the list behind it."""
    address = reverse("proposals") + query
    readings = [
        {"code": code, "label": label, "number": counts[code], "url": f"{address}&reading={code}"}
        for code, label in READINGS
        if code in counts
    ]
    return {"readings": readings, "total": sum(counts.values())}


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
    rows = asked_in_force(Referral.objects.visible_to(user).filter(agency=agency))
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
    address = f"{reverse('proposals')}?agency={agency.key}"
    return {
        "name": "referrals",
        "template": "proposals/public/panels/referrals.html",
        "agency": agency,
        "on": on,
        "counts": counts,
        "figures": [
            {"code": code if code != "asked" else "", "label": words, "number": counts[code], "url": f"{address}&answer={code}"}
            for code, words in FIGURES
            if counts[code] or code not in ("onward", "waiting")
        ],
        "referrals": found[:MOST_ROWS],
        "more": len(found) > MOST_ROWS,
        "url": f"{address}&answer=asked",
        "data": lambda link: {**counts, "as_of": on.isoformat(), "rows": [row_data(each, link) for each in found[:MOST_ROWS]]},
    }


def answer_counts(agency: Agency, on: dt.date) -> dict[str, int]:
    """Code of `proposals.answers` → how many of what the body was asked in public. One query."""
    counts = dict.fromkeys(dict(ANSWERS), 0)
    names = {"in_time": "in_time", "late": "answered_late", "onward": "onward", "waiting": "waiting", "silent": "late"}
    for code, due_on, number in tally.sums("answers", "code", "day", body=agency.pk):
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
