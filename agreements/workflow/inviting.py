"""Doors of the invited: answer, say which of several possible times suit, take an invitation back; and the ticks of who came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agreements.models import Attendance, Meeting, MeetingSlot, SlotAnswer, WithdrawnInvitation
from agreements.permissions import is_organizer_of, stands_for
from agreements.workflow.shared import day_of
from agreements.workflow.tables import MEETING
from core.events import SYSTEM
from core.workflow import Change, StepRefused, create, step

#: A meeting is proposed with at most this many possible times.
MOST_SLOTS = 12


def guest_words(guest: Attendance) -> str:
    """Who is invited, for an event: keys only."""
    body = guest.body.key if guest.body is not None else "?"
    return f"{body} · {guest.participation.key}" if guest.participation is not None else body


def guests_of(meeting: Meeting) -> dict[int, Attendance]:
    """The invitations of a meeting by primary key."""
    return {row.pk: row for row in meeting.attendance.select_related("participation", "organization", "agency")}


def offer_times(meeting: Meeting, times: Iterable[tuple[dt.datetime, dt.datetime]]) -> list[MeetingSlot]:
    """Write the possible times of a proposed meeting, its own first. Raises ValidationError. Called by the door that creates it."""
    wanted = [(meeting.starts_at, meeting.ends_at), *times]
    if len(wanted) == 1:
        return []
    if len(wanted) > MOST_SLOTS:
        raise ValidationError({"slots": _("At most %(most)d possible times can be proposed.") % {"most": MOST_SLOTS}})
    if len(set(wanted)) < len(wanted):
        raise ValidationError({"slots": _("One of the possible times is there twice: change one or remove it.")})
    slots = []
    for number, (starts_at, ends_at) in enumerate(sorted(wanted), 1):
        slot = MeetingSlot(meeting=meeting, number=number, starts_at=starts_at, ends_at=ends_at)
        slot.full_clean()
        slot.save()
        slots.append(slot)
    return slots


def answer_invitation(
    *,
    meeting: Meeting,
    guest: Attendance,
    actor: Any,
    answer: str = "",
    suits: Mapping[int, str] | None = None,
    at: dt.datetime | None = None,
) -> Attendance:
    """Yes, perhaps or no to an invitation (`answer`; '' leaves it), and to possible times (`suits`: number → answer).

    People of the invited body answer for it; an organizer for anybody who said so. The last answer stands.
    """
    with step(MEETING, meeting, "answer", actor=actor, at=at) as change:
        guests = guests_of(change.record)
        row = guests.get(guest.pk)
        if row is None:
            raise ValidationError(_("They are not invited to this meeting any more: load the page again."))
        if actor is not SYSTEM and not stands_for(row, actor) and not is_organizer_of(change.record, actor):
            raise StepRefused(_("People of %(body)s answer this invitation.") % {"body": row.body}, code="not_yours")
        if change.at > change.record.ends_at and not suits:
            raise StepRefused(_("Meeting %(folio)s is over.") % {"folio": change.record.folio}, code="late")
        before, after = _answers(row), {}
        if answer:
            row.answer, row.answered_at = answer, change.at
            row.full_clean()
            row.save(update_fields=["answer", "answered_at"])
        _answer_slots(change.record, row, suits or {})
        after = _answers(row)
        change.note("answers", {guest_words(row): before}, {guest_words(row): after})
    guest.answer, guest.answered_at = row.answer, row.answered_at
    return guest


def take_back_invitation(
    *, meeting: Meeting, guest: Attendance, actor: Any, reason: str, at: dt.datetime | None = None
) -> WithdrawnInvitation:
    """An invitation is taken back: its answers go, its link dies, and a calendar file takes the meeting out again."""
    with step(MEETING, meeting, "uninvite", actor=actor, reason=reason, at=at) as change:
        row = guests_of(change.record).get(guest.pk)
        if row is None:
            raise ValidationError(_("They are not invited to this meeting any more: load the page again."))
        # RFC 5546, 3.2.5: the file for whoever is not expected any more has a higher number, for calendars to follow it.
        change.record.sequence += 1
        made = WithdrawnInvitation(
            meeting=change.record,
            participation=row.participation,
            organization=row.organization,
            agency=row.agency,
            sequence=change.record.sequence,
            reason=change.reason,
            at=change.at,
            source=change.record.source,
        )
        change.note("invited", guest_words(row), None)
        row.delete()
        create(made, actor=actor, at=change.at)
    return made


def _answers(row: Attendance) -> dict[str, str]:
    slots = row.slot_answers.select_related("slot").order_by("slot__number")
    return {"answer": row.answer} | {str(each.slot.number): each.answer for each in slots}


def _answer_slots(meeting: Meeting, row: Attendance, suits: Mapping[int, str]) -> None:
    slots = {slot.number: slot for slot in meeting.slots.all()} if suits else {}
    there = {each.slot_id: each for each in row.slot_answers.all()}
    for number, answer in suits.items():
        slot = slots.get(number)
        if slot is None:
            raise ValidationError(_("This time is not proposed any more: load the page again."))
        given = there.get(slot.pk) or SlotAnswer(slot=slot, attendance=row)
        given.answer = answer
        given.full_clean()
        given.save()


def choose_slot(change: Change, slot: MeetingSlot | None) -> None:
    """The meeting takes one of its possible times; refused when it has some and none is named."""
    slots = list(change.record.slots.all())
    if slot is None:
        if slots:
            raise StepRefused(_("Several times are proposed: choose the one at which the meeting takes place."), code="slot")
        return
    chosen = next((each for each in slots if each.pk == slot.pk), None)
    if chosen is None:
        raise ValidationError(_("This time is not proposed any more: load the page again."))
    chosen.chosen = True
    chosen.save(update_fields=["chosen"])
    change.record.starts_at, change.record.ends_at = chosen.starts_at, chosen.ends_at
    change.note("slot", None, chosen.number)


# --- who came ---------------------------------------------------------------------------------------------------------


def tick(*, meeting: Meeting, guest: int, presence: str, actor: Any, at: dt.datetime | None = None) -> Attendance:
    """Somebody is here, absent or excused: one line of the roll. `guest`: primary key of the invitation.

    From the day of the meeting on, in its zone, until its minutes are approved. Said again it changes nothing.
    """
    row = guests_of(meeting).get(guest)
    if row is not None and row.presence == presence:
        return row
    with step(MEETING, meeting, "tick", actor=actor, at=at) as change:
        record: Meeting = change.record
        if day_of(change.at, record.time_zone) < day_of(record.starts_at, record.time_zone):
            raise StepRefused(
                _("Meeting %(folio)s is not today: who comes is ticked on its day.") % {"folio": record.folio}, code="early"
            )
        set_presences(change, {guest: presence})
    return guests_of(meeting)[guest]


def set_presences(change: Change, presences: Mapping[int, str]) -> None:
    """Write who was there; the event tells what changed, by keys."""
    rows = guests_of(change.record)
    if set(presences) - set(rows):
        raise ValidationError({"presences": _("Somebody on this list is not invited to the meeting: load the page again.")})
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for pk, presence in presences.items():
        row = rows[pk]
        if row.presence == presence:
            continue
        before[guest_words(row)], after[guest_words(row)] = row.presence, presence
        row.presence = presence
        row.full_clean()
        row.save(update_fields=["presence"])
    change.note("attendance", before, after)
