"""`/calendar.ics`: public work meetings and due dates, all of them or those of a body, an organization, a state, a topic."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Event

from agreements.calendar import due_events, meeting_events
from config.scope import BadScope, read_scope
from core import sockets
from core.ics import calendar_of, calendar_response
from core.identifiers import calendar_uid, plain_text
from core.models import MailSettings
from core.sockets import WaitingItem

LONGEST_KEY = 64


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Takes `agency`, `organization`, `state`, `topic` and `lang` like the feeds."""
    try:
        scope = read_scope(request)
    except BadScope as error:
        return error.response()
    with translation.override(scope.language):
        address = request.build_absolute_uri
        events = [*meeting_events(scope.meetings(), address), *due_events(scope.commitments(), address)]
        name = pgettext("title of a calendar", "Acuerda: meetings and due dates") + (f" · {scope.words}" if scope.words else "")
        return calendar_response(calendar_of(name, events, address(request.get_full_path())), "acuerda")


@never_cache
@require_safe
def my_calendar(request: HttpRequest, key: str) -> HttpResponse:
    """What waits for one person, by date, at the secret address that they made for it; gone once they take it away."""
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise Http404
    kept = MailSettings.objects.select_related("user").filter(calendar_key=key, user__is_active=True).first()
    if kept is None:
        raise Http404
    with translation.override(kept.user.language):
        today = timezone.localdate()
        found = [item for items in sockets.waiting.collect(user=kept.user, today=today) for item in items]
        events = [waiting_event(item, request) for item in sorted(found, key=lambda item: item.order) if item.due_on]
        name = pgettext("title of a calendar", "Acuerda: what waits for me")
        response = calendar_response(calendar_of(name, events, request.build_absolute_uri(request.path)), "acuerda")
    response["X-Robots-Tag"] = "noindex"
    return response


def waiting_event(item: WaitingItem, request: HttpRequest) -> Event:
    """A due date as a whole day that leaves people free."""
    event = Event()
    event.add("uid", calendar_uid(f"{item.kind}-{item.record}"))
    event.add("dtstamp", timezone.now())
    event.add("dtstart", item.due_on)
    event.add("dtend", item.due_on + dt.timedelta(days=1) if item.due_on else None)
    event.add("transp", "TRANSPARENT")
    event.add("summary", plain_text(f"{item.record} · {item.what}".replace("\n", " ")))
    event.add("description", plain_text(item.title))
    event.add("url", request.build_absolute_uri(item.url))
    return event
