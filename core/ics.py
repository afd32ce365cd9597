"""Records as entries of a calendar (RFC 5545): what every file of ours has in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import pgettext
from icalendar import Calendar, Event

from core.identifiers import authority, calendar_uid, plain_text
from core.pages import language

LONGEST_SUMMARY = 160
Address = Callable[[str], str]


def marked(record: Any, text: str) -> str:
    """`text` with the mark of an invented record, in one line and not endless."""
    text = plain_text(text.replace("\n", " "))
    text = text if len(text) <= LONGEST_SUMMARY else f"{text[:LONGEST_SUMMARY].rstrip()}…"
    return f"[{pgettext('source of a record', 'sample')}] {text}" if record.is_sample else text


def event_of(record: Any, summary: str, address: Address, *, page: str = "") -> Event:
    """What every entry has. DTSTAMP is the last change of the record, so that an unchanged calendar is the same file.

    `page` is the path that the entry leads to, by default the record's own.
    """
    event = Event()
    event.add("uid", calendar_uid(record.public_key))
    event.add("dtstamp", record.updated_at)
    event.add("last-modified", record.updated_at)
    event.add("created", record.created_at)
    event.add("summary", summary)
    event.add("url", address(page or record.get_absolute_url()))
    return event


def blank(method: str) -> Calendar:
    """A calendar without entries. `method` as RFC 5546 has it: PUBLISH, REQUEST, CANCEL."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Acuerda//{authority()}//{language().upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def calendar_of(name: str, events: list[Event], source: str) -> Calendar:
    """The whole file that programs subscribe to, with the definition of every time zone in it."""
    calendar = blank("PUBLISH")
    calendar.add("name", plain_text(name))
    calendar.add("x-wr-calname", plain_text(name))
    calendar.add("source", source, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", dt.timedelta(hours=12), parameters={"VALUE": "DURATION"})
    return filled(calendar, events)


def filled(calendar: Calendar, events: list[Event]) -> Calendar:
    """The entries, and the definition of every time zone that they name."""
    for event in events:
        calendar.add_component(event)
    years = [event["dtstart"].dt.year for event in events]
    if years:
        calendar.add_missing_timezones(dt.date(min(years) - 1, 1, 1), dt.date(max(years) + 2, 1, 1))
    return calendar


def calendar_response(calendar: Calendar, file_name: str) -> HttpResponse:
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{file_name}.ics"'
    response["Content-Language"] = language()
    return response
