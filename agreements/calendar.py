"""Work meetings and due dates as calendars (RFC 5545): only what anybody may read, never the link for the invited.

Programs that subscribe recognise an entry by its UID, which is made of the folio, and take over a change when SEQUENCE is
higher: that of a meeting moves with every change of its time, that of a due date with every extension.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Event

from agreements.models import Agreement, Commitment, Meeting
from core.gate import get_for
from core.ics import Address, calendar_of, calendar_response, event_of, marked
from core.identifiers import plain_text
from core.pages import to_permanent

#: Entries of each kind before and after now; a calendar beyond them is a matter for the data downloads.
MOST = 500


def meeting_event(meeting: Meeting, agreements: Iterable[Agreement], address: Address, *, page: str = "") -> Event:
    """A meeting on the wall clock of its own time zone. `agreements`: those that it follows and that the reader may read.

    `page`: the path that the entry leads to, by default the public page.
    """
    zone = ZoneInfo(meeting.time_zone)
    event = event_of(meeting, marked(meeting, f"{meeting.folio} · {meeting.title}"), address, page=page)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.status == Meeting.Status.CANCELLED else "CONFIRMED")
    if meeting.place:
        event.add("location", plain_text(meeting.place))
    lines = [f"{agreement.folio} · {agreement.title}" for agreement in agreements]
    if lines:
        event.add("description", plain_text("\n".join([_("Follows up:"), *lines])))
    return event


def due_event(commitment: Commitment, address: Address) -> Event:
    """The due date of a commitment as a whole day that leaves people free. `extensions` counts the accepted ones."""
    party = commitment.lead.body.short if commitment.lead is not None else ""
    words = _("Due: %(folio)s (%(party)s)") if party else _("Due: %(folio)s")
    summary = f"{words % {'folio': commitment.folio, 'party': party}} · {commitment.text}"
    event = event_of(commitment, marked(commitment, summary), address)
    event.add("dtstart", commitment.due_on)
    event.add("dtend", commitment.due_on + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("sequence", commitment.extensions_accepted)
    event.add("description", plain_text(f"{commitment.agreement.folio} · {commitment.agreement.title}\n\n{commitment.text}"))
    return event


# --- what goes in -----------------------------------------------------------------------------------------------------


def meeting_events(rows: QuerySet[Any], address: Address) -> list[Event]:
    """The next `MOST` meetings and the last ones. Four queries."""
    now = timezone.now()
    coming = list(rows.filter(ends_at__gte=now).order_by("starts_at", "folio")[:MOST])
    past = list(rows.filter(ends_at__lt=now).order_by("-starts_at", "folio")[:MOST])
    meetings = sorted([*coming, *past], key=lambda meeting: (meeting.starts_at, meeting.folio))
    follows: dict[int, list[Agreement]] = {}
    visible = Agreement.objects.visible_to(None).values("pk")
    through = Meeting.agreements.through.objects.filter(meeting__in=[meeting.pk for meeting in meetings], agreement__in=visible)
    for row in through.select_related("agreement").order_by("agreement__folio"):
        follows.setdefault(row.meeting_id, []).append(row.agreement)
    return [meeting_event(meeting, follows.get(meeting.pk, ()), address) for meeting in meetings]


def due_events(rows: QuerySet[Any], address: Address) -> list[Event]:
    """The next `MOST` due dates and the last ones, without what was cancelled. Two queries."""
    today = timezone.localdate()
    rows = rows.filter(cancelled_at__isnull=True, due_on__isnull=False).select_related(
        "agreement", "lead__organization", "lead__agency"
    )
    rows = rows.annotate(extensions_accepted=Count("extensions", filter=Q(extensions__accepted_at__isnull=False)))
    coming = list(rows.filter(due_on__gte=today).order_by("due_on", "folio")[:MOST])
    past = list(rows.filter(due_on__lt=today).order_by(F("due_on").desc(), "folio")[:MOST])
    found = sorted([*coming, *past], key=lambda commitment: (commitment.due_on, commitment.folio))
    return [due_event(commitment, address) for commitment in found]


# --- of one record ----------------------------------------------------------------------------------------------------


@require_safe
def meeting_ics(request: HttpRequest, key: str) -> HttpResponse:
    """One meeting, for a calendar."""
    meeting = get_for(None, Meeting, key)
    if elsewhere := to_permanent(request, meeting, key, reverse("meeting_ics", args=[meeting.folio])):
        return elsewhere
    events = meeting_events(Meeting.objects.visible_to(None).filter(pk=meeting.pk), request.build_absolute_uri)
    calendar = calendar_of(f"{meeting.folio} · {meeting.title}", events, request.build_absolute_uri(request.path))
    return calendar_response(calendar, meeting.folio)


@require_safe
def agreement_ics(request: HttpRequest, key: str) -> HttpResponse:
    """The due dates of an agreement and the meetings that follow it, for a calendar."""
    agreement = get_for(None, Agreement, key)
    if elsewhere := to_permanent(request, agreement, key, reverse("agreement_ics", args=[agreement.folio])):
        return elsewhere
    meetings = Meeting.objects.visible_to(None).filter(agreements=agreement)
    commitments = Commitment.objects.visible_to(None).in_force().filter(agreement=agreement)
    address = request.build_absolute_uri
    events = [*due_events(commitments, address), *meeting_events(meetings, address)]
    calendar = calendar_of(f"{agreement.folio} · {agreement.title}", events, address(request.path))
    return calendar_response(calendar, agreement.folio)
