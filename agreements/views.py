"""Public pages of agreements and work meetings. Nothing here asks who reads in any other way than `core.pages.reader`."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from agreements import api
from agreements import queries as read
from agreements.listing import AGREEMENT_ORDERS, MEETING_ORDERS, agreement_filters, meeting_filters
from agreements.meetings import page_of as meeting_page_of
from agreements.meetings import trace_of as meeting_trace_of
from agreements.models import Agreement, AgreementVersion, Evidence, Meeting, SignedPaper
from agreements.month import month_of, read_month
from agreements.permissions import is_organizer_of
from agreements.public_tables import AGREEMENTS, MEETINGS
from agreements.record import LIGHT_ORDER, AgreementPage, page_of
from agreements.steps import trace_of
from agreements.versions import changes_between, fixed_commitments
from core.downloads import hand_out
from core.gate import get_by, get_for
from core.listing import Listing, Narrowed
from core.pages import json_page, reader, to_permanent
from proposals.views import link_of

#: Any Monday and the six days after it, for the names of the days.
WEEK = [dt.date(2024, 1, day) for day in range(1, 8)]


def agreements_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of agreements and its file have in common."""
    return {
        "request": request,
        "queryset": Agreement.objects.visible_to(user),
        "filters": agreement_filters(user),
        "orders": AGREEMENT_ORDERS,
        "folded": True,
        "facet": "light",
        "nouns": ngettext_lazy("%(n)s agreement", "%(n)s agreements", "n"),
    }


@require_safe
def agreements_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of agreements as a file."""
    user = reader(request)
    return AGREEMENTS.response(request, Narrowed(**agreements_asked(request, user)), user)


@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """The list of agreements: q, edition, agency, organization, state, topic, status, light, order, after."""
    user = reader(request)
    listing = Listing(**agreements_asked(request, user), prepare=for_entries, fetch=lambda ids: read.entries.of(user, ids))
    show_standing(listing.page.records, user)
    return render(request, "agreements/public/agreements.html", {"listing": listing, "today": timezone.localdate()})


def for_entries(rows: Any) -> Any:
    """Only what an entry of a list shows and what a list is ordered by."""
    return rows.only(*read.ENTRY_FIELDS)


def show_standing(agreements: list[Agreement], user: Any) -> None:
    """Give each agreement of one page those who sign by side, its lights and its next due date. Two queries."""
    keys = [agreement.pk for agreement in agreements]
    parties = defaultdict(list)
    for party in read.signing.of(user, keys):
        parties[party.agreement_id].append(party)
    today = timezone.localdate()
    commitments = defaultdict(list)
    for commitment in read.standing.of(user, keys, fixed=(today,)):
        commitments[commitment.agreement_id].append(commitment)
    for agreement in agreements:
        of_it = commitments[agreement.pk]
        counts = Counter(commitment.light for commitment in of_it)
        agreement.organizations = [party.body for party in parties[agreement.pk] if party.organization_id]
        agreement.agencies = [party.body for party in parties[agreement.pk] if party.agency_id]
        agreement.in_effect = agreement.status in (Agreement.Status.SIGNED, Agreement.Status.CONCLUDED)
        agreement.lights = [(light, counts[light]) for light in LIGHT_ORDER if counts[light]] if agreement.in_effect else []
        agreement.count = len(of_it)
        agreement.disputes = sum(1 for commitment in of_it if commitment.disputed)
        dates = [each.due_on for each in of_it if each.due_on and each.light not in ("fulfilled", "cancelled")]
        agreement.next_due = min(dates, default=None)


def found_agreement(request: HttpRequest, key: str) -> Agreement:
    rows = Agreement.objects.select_related("edition")
    agreement: Agreement = get_by(reader(request), read.by_folio, rows, key)
    return agreement


@require_safe
def agreement(request: HttpRequest, key: str) -> HttpResponse:
    record = found_agreement(request, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    page = page_of(record, reader(request))
    return render(request, "agreements/public/agreement.html", context_of(page))


def context_of(page: AgreementPage) -> dict[str, Any]:
    return {
        "page": page,
        "agreement": page.agreement,
        "record": page.agreement,
        "trace": trace_of(page),
        "organizes": is_organizer_of(page.agreement, page.user),
    }


@require_safe
def agreement_json(request: HttpRequest, key: str) -> HttpResponse:
    record = found_agreement(request, key)
    if elsewhere := to_permanent(request, record, key, reverse("agreement_json", args=[record.folio])):
        return elsewhere
    return json_page(api.agreement_data(page_of(record, reader(request)), link_of(request)))


def version_in(page: AgreementPage, number: int) -> AgreementVersion:
    version = next((each for each in page.versions if each.number == number), None)
    if version is None:
        raise Http404
    return version


@require_safe
def agreement_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A version at its own permanent address: its text, who accepted it, its fingerprint, and what it changed.

    It says nothing of later versions, so that a signed version's page stays byte for byte what it was.
    """
    record = found_agreement(request, key)
    if elsewhere := to_permanent(request, record, key, reverse("agreement_version", args=[record.folio, number])):
        return elsewhere
    page = page_of(record, reader(request))
    version = version_in(page, number)
    before = next((each for each in reversed(page.versions) if each.number < number), None)
    context = {
        **context_of(page),
        "version": version,
        "commitments": fixed_commitments(version),
        "before": before,
        "changes": changes_between(before, version) if before is not None else None,
        "parties": page.parties_of(version),
    }
    return render(request, "agreements/public/agreement_version.html", context)


@require_safe
def agreement_version_json(request: HttpRequest, key: str, number: int) -> HttpResponse:
    record = found_agreement(request, key)
    address = reverse("agreement_version_json", args=[record.folio, number])
    if elsewhere := to_permanent(request, record, key, address):
        return elsewhere
    page = page_of(record, reader(request))
    version = version_in(page, number)
    parties = page.parties_of(version)
    return json_page({**api.version_data(version), "parties": [api.party_data(row, link_of(request)) for row in parties]})


@require_safe
def evidence(request: HttpRequest, key: str) -> HttpResponse:
    """A piece of evidence that is a file; a link is not handed out by us."""
    user = reader(request)
    return hand_out(get_for(user, Evidence, key), user)


@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """A scan of the signed paper: its public version to anybody, the reserved original to the organizers."""
    user = reader(request)
    return hand_out(get_for(user, SignedPaper, key), user)


def meetings_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of meetings and its file have in common."""
    return {
        "request": request,
        "queryset": Meeting.objects.visible_to(user),
        "filters": meeting_filters(user),
        "orders": MEETING_ORDERS,
        "folded": True,
        "facet": "status",
        "nouns": ngettext_lazy("%(n)s meeting", "%(n)s meetings", "n"),
    }


@require_safe
def meetings_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of meetings as a file."""
    user = reader(request)
    return MEETINGS.response(request, Narrowed(**meetings_asked(request, user)), user)


@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The list of work meetings: q, edition, agency, organization, status, agreement, order, after."""
    user = reader(request)
    listing = Listing(**meetings_asked(request, user), prepare=lambda rows: rows.select_related("edition"))
    show_follows(listing.page.records, user)
    coming = Meeting.objects.visible_to(user).coming(timezone.now()).order_by("starts_at", "folio").first()
    return render(request, "agreements/public/meetings.html", {"listing": listing, "coming": coming})


@require_safe
def meetings_calendar(request: HttpRequest) -> HttpResponse:
    """A month of meetings and due dates: `month` (2026-11), else the one of today."""
    today = timezone.localdate()
    first = read_month(request.GET.get("month", ""), today)
    return render(
        request,
        "agreements/public/calendar.html",
        {"month": month_of(first, reader(request), today), "today": today, "days": WEEK},
    )


def show_follows(meetings: list[Meeting], user: Any) -> None:
    """Give each meeting of one page the agreements that it follows. One query."""
    through = Meeting.agreements.through.objects.filter(
        meeting__in=[meeting.pk for meeting in meetings], agreement__in=Agreement.objects.visible_to(user).values("pk")
    )
    follows = defaultdict(list)
    for row in through.select_related("agreement").order_by("agreement__folio"):
        follows[row.meeting_id].append(row.agreement)
    for meeting in meetings:
        meeting.follows = follows[meeting.pk]


def found_meeting(request: HttpRequest, key: str) -> Meeting:
    rows = Meeting.objects.select_related("edition", "convening_organization", "convening_agency")
    meeting: Meeting = get_for(reader(request), rows, key)
    return meeting


@require_safe
def meeting(request: HttpRequest, key: str) -> HttpResponse:
    record = found_meeting(request, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    page = meeting_page_of(record, reader(request))
    context = {
        "page": page,
        "meeting": record,
        "record": record,
        "trace": meeting_trace_of(page),
        "organizes": is_organizer_of(record, page.user),
    }
    return render(request, "agreements/public/meeting.html", context)


@require_safe
def meeting_json(request: HttpRequest, key: str) -> HttpResponse:
    record = found_meeting(request, key)
    if elsewhere := to_permanent(request, record, key, reverse("meeting_json", args=[record.folio])):
        return elsewhere
    return json_page(api.meeting_data(meeting_page_of(record, reader(request)), link_of(request)))
