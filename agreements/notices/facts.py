"""What notices of agreements say, where they lead, and whether they still hold when the mail leaves."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats, timezone

from agreements.models import (
    Acceptance,
    Agreement,
    AgreementVersion,
    Commitment,
    Meeting,
    MinutesVersion,
    ProgressReport,
    Validation,
)
from agreements.notices.who import newest_extension
from agreements.workspace.zones import clocks
from core.outbox.letters import typed


def day(date: Any) -> str:
    return formats.date_format(date, "DATE_FORMAT") if date is not None else "–"


def facts_of_agreement(agreement: Agreement) -> dict[str, Any]:
    return {"folio": agreement.folio, "title": typed(agreement.title)}


def facts_of_acceptance(acceptance: Acceptance) -> dict[str, Any]:
    return facts_of_agreement(acceptance.version.agreement) | {"party": typed(acceptance.party.body.short)}


def facts_of_commitment(commitment: Commitment) -> dict[str, Any]:
    asked = newest_extension(commitment)
    return {
        "folio": commitment.folio,
        "text": typed(commitment.text),
        "due": day(commitment.due_on),
        "party": typed(asked.asked_by.body.short) if asked is not None else "",
        "to": day(asked.to_on) if asked is not None else "",
    }


def facts_of_report(report: ProgressReport) -> dict[str, Any]:
    return {
        "folio": report.commitment.folio,
        "text": typed(report.commitment.text),
        "party": typed(report.party.body.short),
        "said": report.get_status_display(),
        "cut_off": day(report.cut_off),
    }


def facts_of_validation(validation: Validation) -> dict[str, Any]:
    return facts_of_report(validation.report) | {
        "other": typed(validation.party.body.short),
        "outcome": validation.get_outcome_display(),
    }


def facts_of_meeting(meeting: Meeting) -> dict[str, Any]:
    """The time on the wall of the meeting's own zone, which is named, and what the clocks say where the parties live."""
    here = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
    return {
        "folio": meeting.folio,
        "title": typed(meeting.title),
        "when": f"{day(here.date())}, {here:%H:%M} ({meeting.time_zone})",
        "place": typed(meeting.place) or "–",
        "clocks": " · ".join(
            f"{clock.place} {clock.from_time}" + (f" ({day(clock.day)})" if clock.other_day else "")
            for clock in clocks(meeting.starts_at, meeting.ends_at, meeting.time_zone)
        ),
    }


def facts_of_minutes(minutes: MinutesVersion) -> dict[str, Any]:
    return facts_of_meeting(minutes.meeting) | {"until": day(minutes.remarks_until)}


# --- where ------------------------------------------------------------------------------------------------------------


def accept_page(agreement: Agreement, user: Any) -> str:
    return reverse("workspace:agreement", args=[agreement.folio])


def acceptance_page(acceptance: Acceptance, user: Any) -> str:
    return reverse("workspace:agreement", args=[acceptance.version.agreement.folio])


def public_page(record: Any, user: Any = None) -> str:
    return str(record.get_absolute_url())


def validate_page(report: ProgressReport, user: Any) -> str:
    return reverse("workspace:validate", args=[report.folio])


def disputed_page(validation: Validation, user: Any) -> str:
    return reverse("workspace:commitment", args=[validation.report.commitment.folio])


def commitment_page(commitment: Commitment, user: Any) -> str:
    return reverse("workspace:commitment", args=[commitment.folio])


def report_page(commitment: Commitment, user: Any) -> str:
    return reverse("workspace:report", args=[commitment.folio])


def meeting_page(meeting: Meeting, user: Any) -> str:
    return reverse("workspace:meeting", args=[meeting.folio])


def minutes_page(minutes: MinutesVersion, user: Any) -> str:
    return reverse("workspace:minutes", args=[minutes.meeting.folio])


# --- when -------------------------------------------------------------------------------------------------------------


def is_open_for_signature(agreement: Agreement) -> bool:
    return agreement.versions.filter(status=AgreementVersion.Status.OPEN).exists()


def is_not_signed_yet(acceptance: Acceptance) -> bool:
    """The last acceptance signs the agreement, and that is told instead."""
    return acceptance.version.status == AgreementVersion.Status.OPEN


def has_no_answer(report: ProgressReport) -> bool:
    return not report.validations.exists()


def disagrees(_event: Any, validation: Validation) -> bool:
    return validation.outcome == Validation.Outcome.DISAGREES


def extension_waits(commitment: Commitment) -> bool:
    asked = newest_extension(commitment)
    return asked is not None and asked.accepted_at is None and commitment.cancelled_at is None


def is_owed(commitment: Commitment) -> bool:
    return commitment.cancelled_at is None and commitment.reported_status != "fulfilled"


def is_scheduled(meeting: Meeting) -> bool:
    return meeting.status == Meeting.Status.SCHEDULED


def is_proposed(meeting: Meeting) -> bool:
    return meeting.status == Meeting.Status.PROPOSED


def has_slots(_event: Any, meeting: Meeting) -> bool:
    """Several times are proposed, and the invited say which suit."""
    return meeting.slots.exists()


def is_still_to_come(meeting: Meeting) -> bool:
    return is_scheduled(meeting) and meeting.ends_at > timezone.now()


def is_circulated(minutes: MinutesVersion) -> bool:
    return minutes.status == "circulated"
