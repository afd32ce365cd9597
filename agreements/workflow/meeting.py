"""Doors of a work meeting: propose, schedule, confirm, move, cancel, hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import ActionItem, AgendaItem, Agreement, Attendance, Commitment, Meeting, MeetingSlot
from agreements.permissions import is_organizer_of, is_party_to
from agreements.validators import MEETING_FIELDS, check_constraints
from agreements.workflow.inviting import choose_slot, guest_words, offer_times, set_presences
from agreements.workflow.shared import assign, day_of, moment_of, note_folio
from agreements.workflow.tables import MEETING
from core.events import SYSTEM, events_of
from core.outbox.writing import announce
from core.workflow import StepRefused, check_creation, create, step

FIELDS = frozenset(
    {
        "title_es",
        "title_en",
        "starts_at",
        "ends_at",
        "time_zone",
        "place",
        "link",
        "convening_organization",
        "convening_agency",
        "source",
    }
)
Rows = Sequence[Mapping[str, Any]]


def in_zone(moment: dt.datetime, zone: str) -> dt.datetime:
    """A wall time is meant in the zone of the meeting; a moment that has its zone stays."""
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment


def propose_meeting(
    *,
    edition: Any,
    actor: Any,
    values: Mapping[str, Any],
    agreements: Iterable[Agreement] = (),
    invited: Rows = (),
    agenda: Rows | None = None,
    slots: Sequence[tuple[dt.datetime, dt.datetime]] = (),
    at: dt.datetime | None = None,
) -> Meeting:
    """A party to one of the agreements, or an organizer, proposes a meeting; only the invited see it. See `schedule`.

    `slots`: (start, end) of further possible times beside that of `values`; the invited say which suit.
    """
    followed = list(agreements)
    organizer = actor is SYSTEM or is_organizer_of(edition, actor)
    if not organizer and not any(is_party_to(agreement, actor) for agreement in followed):
        raise StepRefused(
            _("A meeting is proposed by an organizer, or by a party to an agreement that it follows: choose that agreement."),
            code="not_yours",
        )
    meeting = Meeting(edition=edition)
    return _create(meeting, "propose", actor, values, followed, invited, agenda, at, slots)


def schedule(
    *,
    edition: Any,
    actor: Any,
    values: Mapping[str, Any],
    agreements: Iterable[Agreement] = (),
    invited: Rows = (),
    agenda: Rows | None = None,
    at: dt.datetime | None = None,
) -> Meeting:
    """An organizer schedules a meeting; it is public from now on, its link and its invited people are not.

    `values`: columns of `FIELDS` (times without zone are wall times of `time_zone`, default that of the edition), and
    `folio` for an import. `invited`: {"organization" | "agency", "participation" (or None)}. `agenda`: {"text_es",
    "text_en", "commitment", "action_item"}; None prefills it with the open commitments of the agreements and the open
    action items of earlier meetings on them.
    """
    meeting = Meeting(edition=edition, status=Meeting.Status.SCHEDULED, published_at=moment_of(at))
    check_creation(MEETING, "schedule", meeting, actor)
    return _create(meeting, "schedule", actor, values, list(agreements), invited, agenda, at)


def _create(
    meeting: Meeting,
    action: str,
    actor: Any,
    values: Mapping[str, Any],
    followed: list[Agreement],
    invited: Rows,
    agenda: Rows | None,
    at: dt.datetime | None,
    slots: Sequence[tuple[dt.datetime, dt.datetime]] = (),
) -> Meeting:
    assign(meeting, {"time_zone": meeting.edition.time_zone, **values}, FIELDS | {"folio"})
    meeting.clean_fields(exclude=["starts_at", "ends_at", "folio"])
    for name in ("starts_at", "ends_at"):
        moment = getattr(meeting, name)
        if moment is not None:
            setattr(meeting, name, in_zone(moment, meeting.time_zone))
    if meeting.starts_at is not None and meeting.ends_at is not None:
        check_constraints(meeting, MEETING_FIELDS)
    for agreement in followed:
        if agreement.edition_id != meeting.edition_id:
            raise ValidationError({"agreements": _("%(agreement)s is of another edition.") % {"agreement": agreement}})
    with transaction.atomic():
        note_folio(meeting.folio, f"{meeting.edition.folio_prefix}-R")
        guests = [_guest(row) for row in invited]
        notes = {"invited": [guest_words(row) for row in guests]}
        create(meeting, actor=actor, action=action, at=at, links={"agreements": followed}, notes=notes)
        for guest in guests:
            guest.meeting = meeting
            guest.full_clean()
            guest.save()
        offer_times(meeting, [(in_zone(start, meeting.time_zone), in_zone(end, meeting.time_zone)) for start, end in slots])
        items = prefilled_agenda(meeting, followed, moment_of(at)) if agenda is None else [AgendaItem(**row) for row in agenda]
        for number, item in enumerate(items, 1):
            item.meeting, item.number = meeting, number
            item.full_clean()
            item.save()
        # Only now is it written who is invited.
        announce(events_of(meeting)[0], meeting, late=True)
    return meeting


def _guest(row: Mapping[str, Any]) -> Attendance:
    """An invitation; the body of a participant is the one that the participant comes for."""
    participation = row.get("participation")
    organization, agency = row.get("organization"), row.get("agency")
    if participation is not None and organization is None and agency is None:
        organization, agency = participation.organization, participation.agency
    return Attendance(participation=participation, organization=organization, agency=agency)


def prefilled_agenda(meeting: Meeting, followed: list[Agreement], moment: dt.datetime) -> list[AgendaItem]:
    """Open commitments of the agreements by due date, then open action items of earlier meetings on them."""
    today = day_of(moment, meeting.edition.time_zone)
    commitments = Commitment.objects.open_on(today).filter(agreement__in=followed).order_by("due_on", "folio")
    earlier = (
        ActionItem.objects.all()
        .open()
        .filter(meeting__agreements__in=followed, meeting__status=Meeting.Status.HELD, meeting__starts_at__lt=meeting.starts_at)
        .distinct()
        .order_by("due_on", "folio")
    )
    return [AgendaItem(text_es=row.text_es, text_en=row.text_en, commitment=row) for row in commitments] + [
        AgendaItem(text_es=row.what_es, text_en=row.what_en, action_item=row) for row in earlier
    ]


# --- steps ------------------------------------------------------------------------------------------------------------


def confirm_meeting(*, meeting: Meeting, actor: Any, slot: MeetingSlot | None = None, at: dt.datetime | None = None) -> Meeting:
    """A proposed meeting becomes a scheduled one, and public; at `slot` where several times were proposed."""
    with step(MEETING, meeting, "confirm", actor=actor, at=at) as change:
        choose_slot(change, slot)
        change.record.published_at = change.at
    return meeting


def move_meeting(
    *,
    meeting: Meeting,
    actor: Any,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    reason: str,
    place: str | None = None,
    link: str | None = None,
    at: dt.datetime | None = None,
) -> Meeting:
    """Another time, place or link. Times without zone are wall times of the meeting's zone.

    Possible times that were proposed are gone: this is the time now.
    """
    with step(MEETING, meeting, "move", actor=actor, reason=reason, at=at) as change:
        record: Meeting = change.record
        record.starts_at, record.ends_at = in_zone(starts_at, record.time_zone), in_zone(ends_at, record.time_zone)
        record.place = record.place if place is None else place
        record.link = record.link if link is None else link
        record.slots.all().delete()
        record.sequence += 1
        check_constraints(record, MEETING_FIELDS)
    return meeting


def cancel_meeting(*, meeting: Meeting, actor: Any, reason: str, at: dt.datetime | None = None) -> Meeting:
    with step(MEETING, meeting, "cancel", actor=actor, reason=reason, at=at) as change:
        change.record.sequence += 1
    return meeting


def hold(*, meeting: Meeting, actor: Any, presences: Mapping[int, str], at: dt.datetime | None = None) -> Meeting:
    """Record that the meeting took place. `presences`: primary key of an Attendance → present, absent or excused."""
    with step(MEETING, meeting, "hold", actor=actor, at=at) as change:
        record: Meeting = change.record
        if change.at < record.starts_at:
            raise StepRefused(
                _("Meeting %(folio)s has not begun yet: it is recorded as held once it has.") % {"folio": record.folio},
                code="early",
            )
        set_presences(change, presences)
    return meeting


def correct_attendance(*, meeting: Meeting, actor: Any, presences: Mapping[int, str], at: dt.datetime | None = None) -> Meeting:
    """Put right who was present, until the minutes are approved. `presences` as in `hold`."""
    with step(MEETING, meeting, "correct_attendance", actor=actor, at=at) as change:
        set_presences(change, presences)
    return meeting
