"""`/calendar.ics`: public work meetings and due dates, all of them or those of a body, an organization, a state, a topic."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from agreements.calendar import calendar_of, calendar_response, due_events, meeting_events
from config.scope import BadScope, read_scope


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
