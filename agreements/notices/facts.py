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
    CampaignAsk,
    Commitment,
    Meeting,
    MinutesVersion,
    ProgressReport,
    Reply,
    Validation,
    WithdrawnInvitation,
)
from agreements.notices.who import newest_extension
from agreements.workflow.campaign import owing
from agreements.workspace.zones import clocks
from core.outbox.letters import typed
from core.outbox.notices import Addressee

#: A reason in a mail; all of it stands on the page.
LONGEST_REASON = 400


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
        "declined": typed(asked.declined_by.body.short) if asked is not None and asked.declined_by is not None else "",
        "why": typed(asked.decline_reason, LONGEST_REASON) if asked is not None else "",
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


def facts_of_reply(reply: Reply) -> dict[str, Any]:
    return facts_of_validation(reply.validation) | {"answering": typed(reply.party.body.short)}


def facts_of_ask(ask: CampaignAsk) -> dict[str, Any]:
    return {
        "folio": ask.campaign.folio,
        "body": typed(ask.body.short),
        "until": day(ask.campaign.cut_off),
        "message": typed(ask.campaign.message) or "–",
        "count": owing_of(ask).count(),
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


def facts_of_withdrawn(withdrawn: WithdrawnInvitation) -> dict[str, Any]:
    return facts_of_meeting(withdrawn.meeting) | {"why": typed(withdrawn.reason, LONGEST_REASON)}


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


def board_page(ask: CampaignAsk, user: Any) -> str:
    return reverse("workspace:follow_up")


def reply_page(reply: Reply, user: Any) -> str:
    return reverse("workspace:commitment", args=[reply.validation.report.commitment.folio])


def meeting_page(meeting: Meeting, user: Any) -> str:
    """In the workspace; for whoever has no account, the public page."""
    return public_page(meeting) if isinstance(user, Addressee) else reverse("workspace:meeting", args=[meeting.folio])


def page_of_withdrawn(withdrawn: WithdrawnInvitation, user: Any) -> str:
    """The public page where there is one: in the workspace they see the meeting no longer."""
    return public_page(withdrawn.meeting) if withdrawn.meeting.is_public else reverse("home")


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
    return asked is not None and asked.waits and commitment.cancelled_at is None


def extension_declined(commitment: Commitment) -> bool:
    """It was not asked for again meanwhile."""
    asked = newest_extension(commitment)
    return asked is not None and asked.declined_at is not None


def is_being_drafted(agreement: Agreement) -> bool:
    return agreement.versions.filter(status=AgreementVersion.Status.DRAFT).exists()


def is_of_the_calendar(event: Any, _commitment: Commitment) -> bool:
    """Both sides learn by the calendar that a date comes near; the nudge of an organizer is for those who owe alone."""
    return bool(event.changes.get("reminder", [None, ""])[1] != "nudge")


def is_owed(commitment: Commitment) -> bool:
    return commitment.cancelled_at is None and commitment.reported_status != "fulfilled"


def owing_of(ask: CampaignAsk) -> Any:
    """What the body that was asked still owes a report of."""
    bodies = {
        "agencies": [ask.agency_id] if ask.agency_id else [],
        "organizations": [ask.organization_id] if ask.organization_id else [],
    }
    return owing(ask.campaign).of_party(**bodies)


def still_owes(ask: CampaignAsk) -> bool:
    return bool(owing_of(ask).exists())


def is_scheduled(meeting: Meeting) -> bool:
    return meeting.status == Meeting.Status.SCHEDULED


def is_proposed(meeting: Meeting) -> bool:
    return meeting.status == Meeting.Status.PROPOSED


def has_slots(_event: Any, meeting: Meeting) -> bool:
    """Several times are proposed, and the invited say which suit."""
    return meeting.slots.exists()


def invites_somebody(_event: Any, meeting: Meeting) -> bool:
    return is_scheduled(meeting) and bool(meeting.newly_invited)


def is_renamed(event: Any, meeting: Meeting) -> bool:
    return is_scheduled(meeting) and "sequence" in event.changes


def is_still_to_come(meeting: Meeting) -> bool:
    return is_scheduled(meeting) and meeting.ends_at > timezone.now()


def is_circulated(minutes: MinutesVersion) -> bool:
    return minutes.status == "circulated"
