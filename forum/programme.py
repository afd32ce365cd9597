"""The programme of an edition: its sessions by day, and as a calendar (RFC 5545) of what anybody may read."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Event

from core.gate import get_for
from core.ics import Address, calendar_of, calendar_response, event_of, marked
from core.identifiers import plain_text
from core.pages import to_permanent
from forum.models import Edition, Session

#: A page and a calendar hold at most this many sessions.
MOST_SESSIONS = 200


def sessions_of(edition: Edition, user: Any) -> list[Session]:
    """The sessions in their order, as `user` may read them. One query."""
    rows = Session.objects.visible_to(user).filter(edition=edition).select_related("table")
    return list(rows.order_by("starts_at", "key")[:MOST_SESSIONS])


def by_day(sessions: Sequence[Session], time_zone: str) -> list[tuple[dt.date, list[Session]]]:
    """(day, sessions) on the calendar of the place where the edition is held."""
    zone = ZoneInfo(time_zone)
    days = itertools.groupby(sessions, lambda session: session.starts_at.astimezone(zone).date())
    return [(day, list(rows)) for day, rows in days]


def clashes(sessions: Sequence[Session]) -> list[tuple[Session, Session]]:
    """Pairs that are in one room, or at one table, at the same time."""
    return [
        (first, second)
        for first, second in itertools.combinations(sessions, 2)
        if first.starts_at < second.ends_at
        and second.starts_at < first.ends_at
        and ((first.room and first.room == second.room) or (first.table_id and first.table_id == second.table_id))
    ]


def session_event(session: Session, edition: Edition, address: Address) -> Event:
    """A session on the wall clock of its edition. `revision` moves with every change, and so does SEQUENCE."""
    zone = ZoneInfo(edition.time_zone)
    event = event_of(session, marked(session, str(session)), address, page=edition.get_absolute_url())
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("sequence", session.revision)
    event.add("status", "CONFIRMED")
    places = [session.room, edition.venue, edition.city]
    if any(places):
        event.add("location", plain_text(", ".join(place for place in places if place)))
    lines = [edition.name, *([_("Table %(table)s") % {"table": session.table}] if session.table is not None else [])]
    event.add("description", plain_text("\n".join(lines)))
    return event


@require_safe
def edition_ics(request: HttpRequest, key: str) -> HttpResponse:
    """The programme of a forum, for a calendar."""
    edition = get_for(None, Edition, key)
    if elsewhere := to_permanent(request, edition, key, reverse("edition_ics", args=[edition.slug])):
        return elsewhere
    address = request.build_absolute_uri
    events = [session_event(session, edition, address) for session in sessions_of(edition, None)]
    name = _("Programme: %(edition)s") % {"edition": edition.name}
    return calendar_response(calendar_of(name, events, address(request.path)), edition.slug)
