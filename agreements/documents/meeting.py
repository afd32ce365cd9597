"""The minutes of a work meeting, and the sheet on which those who come sign."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.meetings import BodyAttendance, MeetingPage, attendance_in
from agreements.models import Meeting, MinutesVersion
from agreements.models.minutes import MinutesVersionStatus
from core.documents import Document, Entry, Facts, Heading, Note, Table, Words
from core.documents.words import both, day, picked, spelled
from core.pages import language

#: Blank lines of a sign sheet, for those who come without an invitation.
BLANK_LINES = 10


def when(meeting: Meeting) -> str:
    """Day and hours on the wall clock of the meeting, with the name of its zone."""
    zone = ZoneInfo(meeting.time_zone)
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    return f"{day(starts.date())}, {starts:%H:%M}–{ends:%H:%M} ({meeting.time_zone})"


def minutes_document(page: MeetingPage, minutes: MinutesVersion, address: str) -> Document:
    """`page`: what its reader may read of the meeting; `minutes`: one of `page.all_minutes`."""
    meeting = page.meeting
    approved = minutes.status == MinutesVersionStatus.APPROVED
    decisions, lang = picked(both(minutes, "decisions"))
    return Document(
        title=_("Minutes: %(title)s") % {"title": meeting.title},
        language=language(),
        author=meeting.edition.name,
        at=minutes.approved_at or minutes.created_at,
        overline=meeting.edition.name,
        folio=minutes.folio,
        version=version_words(minutes, meeting.time_zone),
        fingerprint=minutes.sha256,
        address=address,
        mark="" if approved else pgettext("mark on a printed page", "DRAFT"),
        parts=[
            *standing(minutes),
            about(page),
            *agenda(page),
            *attendance(attendance_in(minutes)),
            Heading(pgettext("part of printed minutes", "What was discussed")),
            Words(*picked(both(minutes, "text"))),
            *([Heading(_("Decisions")), Words(decisions, lang)] if decisions else []),
            *action_items(page, minutes),
            *following(page),
        ],
    )


def version_words(minutes: MinutesVersion, zone: str) -> str:
    words = {"number": minutes.number, "date": day(minutes.approved_at, zone), "status": minutes.get_status_display()}
    if minutes.approved_at:
        return _("version %(number)s, approved on %(date)s") % words
    return _("version %(number)s, %(status)s") % words


def standing(minutes: MinutesVersion) -> list[Any]:
    found = []
    if minutes.is_sample:
        found.append(Note(_("Sample data: these minutes are invented."), strong=True))
    if minutes.status == MinutesVersionStatus.CIRCULATED:
        words = _("Circulated for remarks until %(date)s; not approved.") % {"date": day(minutes.remarks_until)}
        found.append(Note(words, strong=True))
    elif minutes.status == MinutesVersionStatus.DRAFT:
        found.append(Note(_("A draft of minutes, not circulated yet."), strong=True))
    return found


def about(page: MeetingPage) -> Facts:
    meeting = page.meeting
    return Facts(
        [
            (_("Meeting"), meeting.folio),
            (_("When"), when(meeting)),
            (_("Where"), meeting.place),
            (_("Convened by"), str(meeting.convener or "")),
            (_("Follows"), "; ".join(f"{each.folio}, {each.title}" for each in page.agreements)),
        ]
    )


def agenda(page: MeetingPage) -> list[Any]:
    if not page.agenda:
        return []
    items = [(str(item.number), picked(both(item, "text"))[0]) for item in page.agenda]
    return [Heading(_("Agenda")), Table([_("No."), _("Item")], items, widths=[1, 14])]


def attendance(rows: list[BodyAttendance]) -> list[Any]:
    """By body, never by person."""
    if not rows:
        return []
    headers = [_("Body"), _("Present"), _("Absent"), _("Excused")]
    cells = [[str(row.body or row.key), str(row.present), str(row.absent), str(row.excused)] for row in rows]
    return [Heading(_("Attendance")), Table(headers, cells, widths=[6, 1.4, 1.4, 1.4])]


def action_items(page: MeetingPage, minutes: MinutesVersion) -> list[Any]:
    rows = [item for item in page.action_items if item.minutes_id == minutes.pk]
    if not rows:
        return []
    found: list[Any] = [Heading(_("What was left to do"))]
    for item in rows:
        words, lang = picked(both(item, "what"))
        facts = [(_("Who"), str(item.owner or "")), (_("Due date"), day(item.due_on))]
        found.append(Entry(item.folio, words, lang, facts))
    return found


def following(page: MeetingPage) -> list[Any]:
    if page.following is None:
        return []
    return [Heading(_("Next meeting")), Words(f"{page.following.folio}: {when(page.following)}")]


def sign_sheet_document(meeting: Meeting, rows: Any, address: str) -> Document:
    """A line for each who is invited, and blank ones. It names people: for the organizers alone, and reserved once signed.

    `rows`: attendance with body and participant at hand.
    """
    headers = [_("No."), _("Name"), _("Body"), pgettext("column of a sign sheet", "Signature")]
    lines = []
    for row in rows:
        person = row.participation.person.shown if row.participation is not None else ""
        lines.append([str(len(lines) + 1), person, row.body.short, ""])
    lines += [[str(len(lines) + 1 + number), "", "", ""] for number in range(BLANK_LINES)]
    return Document(
        title=_("Attendance sheet"),
        language=language(),
        author=meeting.edition.name,
        at=meeting.updated_at,
        overline=meeting.edition.name,
        folio=meeting.folio,
        version=spelled(meeting.get_status_display()),
        address=address,
        parts=[
            Words(meeting.title),
            Facts([(_("When"), when(meeting)), (_("Where"), meeting.place)]),
            Note(reserved()),
            Table(headers, lines, widths=[1, 6, 6, 6], height=9),
        ],
    )


def reserved() -> str:
    """What those who sign are told."""
    return _("Who signs here was present. The sheet stays with the organizers and is not published; the minutes count by body.")
