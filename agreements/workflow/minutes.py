"""Doors of the minutes: draft, edit, circulate, remark, approve; and what becomes of the action items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agreements.models import ActionItem, AgendaItem, Commitment, Meeting, MinutesVersion, Remark
from agreements.permissions import is_organizer_of, stands_for
from agreements.workflow.shared import account, assign, day_of, moment_of
from agreements.workflow.tables import MEETING, MINUTES
from agreements.workflow.texts import attendance_by_body, minutes_text
from core import ledger
from core.dates import end_of_day
from core.events import SYSTEM
from core.models.folio import next_number
from core.workflow import StepRefused, changing, check_creation, create, step

FIELDS = frozenset({"text_es", "text_en", "decisions_es", "decisions_en", "source"})
Rows = Sequence[Mapping[str, Any]]


def draft_minutes(
    *,
    meeting: Meeting,
    actor: Any,
    values: Mapping[str, Any],
    action_items: Rows = (),
    next_meeting: Meeting | None = None,
    cause: str = "",
    at: dt.datetime | None = None,
) -> MinutesVersion:
    """The minutes of a held meeting in draft; after approved ones, a new version that corrects them, with its `cause`.

    `values`: columns of `FIELDS`. `action_items`: {"what_es", "what_en", "organization" | "agency", "due_on"}, each with an
    owner and a date; in a correction "folio" names the item of the approved minutes that the row takes the place of.
    `next_meeting`: the meeting that goes on from here.
    """
    with step(MEETING, meeting, "draft_minutes", actor=actor, at=at) as change:
        record: Meeting = change.record
        number = record.minutes.count() + 1
        if number > 1 and not cause.strip():
            raise ValidationError({"cause": _("These minutes correct approved ones: say what is corrected, and why.")})
        minutes = MinutesVersion(
            folio=f"{record.folio}-M{number}", meeting=record, number=number, cause=cause if number > 1 else ""
        )
        assign(minutes, values, FIELDS)
        check_creation(MINUTES, "draft", minutes, actor)
        minutes.attendance = attendance_by_body(record)
        create(minutes, actor=actor, at=change.at)
        _write_items(minutes, action_items, actor, change.at)
        if next_meeting is not None:
            record.next_meeting = next_meeting
        change.note("minutes", None, minutes.folio)
    return minutes


def edit_minutes(
    *,
    minutes: MinutesVersion,
    actor: Any,
    values: Mapping[str, Any],
    action_items: Rows | None = None,
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> MinutesVersion:
    """Change minutes that are not approved. `action_items` None: they stay; otherwise they become these.

    A row with "folio" changes that item, one without is new, an item that is not named is taken out.
    """
    with step(MINUTES, minutes, "edit", actor=actor, revision=revision, at=at) as change:
        record: MinutesVersion = change.record
        assign(record, values, FIELDS)
        record.attendance = attendance_by_body(record.meeting)
        if action_items is not None:
            before = _item_words(record)
            _write_items(record, action_items, actor, change.at)
            change.note("action_items", before, _item_words(record))
    return minutes


def circulate(*, minutes: MinutesVersion, actor: Any, remarks_until: dt.date, at: dt.datetime | None = None) -> MinutesVersion:
    """Show the minutes to all who were invited, for remarks until the end of a day."""
    with step(MINUTES, minutes, "circulate", actor=actor, at=at) as change:
        record: MinutesVersion = change.record
        if remarks_until < day_of(change.at, record.meeting.time_zone):
            raise ValidationError({"remarks_until": _("The last day for remarks is today or later.")})
        record.remarks_until = remarks_until
        record.attendance = attendance_by_body(record.meeting)
    return minutes


def add_remark(*, minutes: MinutesVersion, actor: Any, text: str, at: dt.datetime | None = None) -> Remark:
    """A remark of somebody who was invited, until the last day for remarks; organizers also after it."""
    with step(MINUTES, minutes, "remark", actor=actor, at=at) as change:
        record: MinutesVersion = change.record
        closed = record.remarks_until is not None and change.at > end_of_day(record.remarks_until, record.meeting.time_zone)
        if closed and actor is not SYSTEM and not is_organizer_of(record, actor):
            raise StepRefused(
                _("Remarks on minutes %(folio)s were open until %(date)s.")
                % {"folio": record.folio, "date": record.remarks_until},
                code="closed",
            )
        remark = Remark(minutes=record, author=account(actor), acting_label=actor.acting_label[:200], text=text, at=change.at)
        remark.full_clean()
        remark.save()
        change.note("remarks", None, remark.pk)
    return remark


def approve(*, minutes: MinutesVersion, actor: Any, at: dt.datetime | None = None) -> MinutesVersion:
    """Approve and lock the minutes, after the last day for remarks, with attendance by body and a fingerprint."""
    with step(MINUTES, minutes, "approve", actor=actor, at=at) as change:
        record: MinutesVersion = change.record
        if record.remarks_until is not None and change.at <= end_of_day(record.remarks_until, record.meeting.time_zone):
            raise StepRefused(
                _("Minutes %(folio)s are open for remarks until %(date)s: approve them after that day.")
                % {"folio": record.folio, "date": record.remarks_until},
                code="early",
            )
        record.attendance = attendance_by_body(record.meeting)
        record.approved_at = change.at
        record.sha256 = ledger.fingerprint(minutes_text(record))
        payload = {
            "meeting": record.meeting.folio,
            "version": record.number,
            "attendance": record.attendance,
            "sha256": record.sha256,
        }
        ledger.append("minutes_approved", record.folio, payload, at=change.at)
        _take_over(record)
        bring_forward(record, actor, change.at)
    return minutes


def bring_forward(minutes: MinutesVersion, actor: Any, at: dt.datetime) -> None:
    """What these minutes leave to do stands on the next agenda: that of the meeting named as next, else of the first one
    after this that follows one of the same agreements and has not been held. What stands there already is left."""
    meeting = minutes.meeting
    waiting = Meeting.objects.filter(status__in=[Meeting.Status.PROPOSED, Meeting.Status.SCHEDULED])
    following = waiting.filter(pk=meeting.next_meeting_id).first()
    if following is None:
        later = waiting.filter(agreements__in=meeting.agreements.all(), starts_at__gt=meeting.starts_at)
        following = later.order_by("starts_at", "folio").first()
    if following is None:
        return
    items = minutes.action_items.to_do().exclude(agenda_items__meeting=following)
    brought = list(items.order_by("number"))
    if not brought:
        return
    with changing(following, "bring_forward", actor=actor, at=at) as change:
        number = following.agenda.order_by("-number").values_list("number", flat=True).first() or 0
        for place, item in enumerate(brought, number + 1):
            row = AgendaItem(meeting=following, number=place, text_es=item.what_es, text_en=item.what_en, action_item=item)
            row.full_clean()
            row.save()
        change.note("agenda", None, [item.folio for item in brought])


# --- action items -----------------------------------------------------------------------------------------------------


def _take_over(minutes: MinutesVersion) -> None:
    """Items of a correction take the place of those they correct: what became of them meanwhile, and on agendas to come."""
    for item in minutes.action_items.filter(corrects__isnull=False).select_related("corrects"):
        old = item.corrects
        if (item.done_on, item.commitment_id) != (old.done_on, old.commitment_id):
            item.done_on, item.commitment_id = old.done_on, old.commitment_id
            item.save(update_fields=["done_on", "commitment"])
        coming = old.agenda_items.exclude(meeting__status__in=[Meeting.Status.HELD, Meeting.Status.CANCELLED])
        coming.update(action_item=item, text_es=item.what_es, text_en=item.what_en)


def _item_words(minutes: MinutesVersion) -> list[str]:
    return [f"{item.folio} · {item.what_es}" for item in minutes.action_items.order_by("number")]


def _write_items(minutes: MinutesVersion, rows: Rows, actor: Any, at: dt.datetime) -> None:
    """Make the action items of these minutes those of `rows`."""
    approved = (
        minutes.meeting.action_items.in_force().exclude(minutes=minutes) if minutes.number > 1 else ActionItem.objects.none()
    )
    corrected = {item.folio: item for item in approved}
    there = {item.folio: item for item in minutes.action_items.all()}
    for position, row in enumerate(rows, 1):
        item = there.pop(row.get("folio") or "", None)
        try:
            if item is None:
                number = next_number(f"{minutes.meeting.folio}-T")
                old = corrected.get(row.get("folio") or "")
                item = ActionItem(meeting=minutes.meeting, minutes=minutes, number=number, corrects=old)
                if old is not None:
                    item.done_on, item.commitment = old.done_on, old.commitment
                _fill_item(item, row)
                create(item, actor=actor, at=at)
            else:
                with changing(item, actor=actor, at=at) as change:
                    _fill_item(change.record, row)
        except ValidationError as error:
            sentences = [_("Action item %(number)s: %(error)s") % {"number": position, "error": text} for text in error.messages]
            raise ValidationError({"action_items": sentences}) from error
    for item in there.values():
        if item.agenda_items.exists():
            raise ValidationError(
                {
                    "action_items": _("Action item %(folio)s stands on a later agenda: it cannot be left out.")
                    % {"folio": item.folio}
                }
            )
        item.delete()


def _fill_item(item: ActionItem, row: Mapping[str, Any]) -> None:
    for name in ("what_es", "what_en"):
        setattr(item, name, row.get(name) or "")
    item.organization, item.agency, item.due_on = row.get("organization"), row.get("agency"), row.get("due_on")
    errors = {}
    if item.owner is None:
        errors["organization"] = _("say which organization or agency does it.")
    if item.due_on is None:
        errors["due_on"] = _("say until when.")
    if errors:
        raise ValidationError(errors)


def set_action_item(
    *,
    item: ActionItem,
    actor: Any,
    done_on: dt.date | None = None,
    commitment: Commitment | None = None,
    at: dt.datetime | None = None,
) -> ActionItem:
    """An action item is done, or became a commitment. Its owner's people and organizers say so; None leaves as it is."""
    if actor is not SYSTEM and not stands_for(item, actor) and not is_organizer_of(item, actor):
        raise StepRefused(
            _("Action item %(folio)s is a matter of %(owner)s and of the organizers.")
            % {"folio": item.folio, "owner": item.owner},
            code="not_yours",
        )
    with changing(item, actor=actor, at=at) as change:
        record: ActionItem = change.record
        if done_on is not None:
            if done_on > day_of(moment_of(at), record.meeting.time_zone):
                raise ValidationError({"done_on": _("This date lies in the future.")})
            record.done_on = done_on
        if commitment is not None:
            record.commitment = commitment
    return item
