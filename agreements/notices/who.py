"""The accounts that are told of what happens to agreements, commitments and meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agreements.models import (
    Acceptance,
    Agreement,
    CampaignAsk,
    Commitment,
    Meeting,
    MinutesVersion,
    Party,
    ProgressReport,
    Reply,
    Validation,
    WithdrawnInvitation,
)
from core.outbox.notices import Addressee
from forum.addressees import guests_among, organizers_of, people_of


def people_for(parties: Iterable[Any]) -> list[Any]:
    """Officials and delegates of the bodies that these parties (or invitations) are."""
    rows = list(parties)
    return people_of(
        agencies=[key for row in rows for key in (row.agency_id, getattr(row, "taken_over_by_id", None)) if key],
        organizations=[row.organization_id for row in rows if row.organization_id],
    )


def all_parties(agreement: Agreement) -> list[Any]:
    return people_for(agreement.parties.all())


def parties_and_organizers(agreement: Agreement) -> list[Any]:
    return [*all_parties(agreement), *organizers_of(agreement)]


def others_than_who_accepted(acceptance: Acceptance) -> list[Any]:
    agreement = acceptance.version.agreement
    return [*people_for(agreement.parties.exclude(pk=acceptance.party_id)), *organizers_of(agreement)]


def side_of(agreement: Agreement, side: str) -> list[Any]:
    """People of the parties of one side that have a say; a witness has none."""
    return people_for(row for row in agreement.parties.all() if row.side == side and row.role != Party.Role.WITNESS)


def other_side(side: str) -> str:
    return "government" if side == "organizations" else "organizations"


def those_who_validate(report: ProgressReport) -> list[Any]:
    return side_of(report.commitment.agreement, other_side(report.party.side))


def those_who_reported(validation: Validation) -> list[Any]:
    report = validation.report
    return [*people_for([report.party]), *organizers_of(report.commitment)]


def those_who_owe(commitment: Commitment) -> list[Any]:
    """People of the responsible and the co-responsible parties."""
    lead = [commitment.lead] if commitment.lead is not None else []
    return people_for([*lead, *commitment.co_responsible.all()])


def those_asked(ask: CampaignAsk) -> list[Any]:
    """People of the body that a campaign asked."""
    return people_for([ask])


def those_answered(reply: Reply) -> list[Any]:
    """People of the party that had validated, and the organizers."""
    return [*people_for([reply.validation.party]), *organizers_of(reply.validation.report.commitment)]


def the_other_side(commitment: Commitment) -> list[Any]:
    """People of the side to which a commitment is owed."""
    return side_of(commitment.agreement, other_side(commitment.lead.side)) if commitment.lead is not None else []


def newest_extension(commitment: Commitment) -> Any:
    return commitment.extensions.select_related("asked_by").order_by("-id").first()


def those_who_answer_extension(commitment: Commitment) -> list[Any]:
    asked = newest_extension(commitment)
    return side_of(commitment.agreement, other_side(asked.asked_by.side)) if asked is not None else []


def those_who_asked_extension(commitment: Commitment) -> list[Any]:
    asked = newest_extension(commitment)
    return side_of(commitment.agreement, asked.asked_by.side) if asked is not None else []


def everybody_of_commitment(commitment: Commitment) -> list[Any]:
    return parties_and_organizers(commitment.agreement)


def guests_for(rows: Iterable[Any]) -> list[Addressee]:
    """People named in these invitations who have no account that is told of them."""
    given = list(rows)
    named = [row.participation.person_id for row in given if row.participation is not None]
    return guests_among(named, people_for(given)) if named else []


def by_name(meeting: Meeting) -> Any:
    return meeting.attendance.select_related("participation")


def guests(meeting: Meeting) -> list[Addressee]:
    return guests_for(by_name(meeting))


def new_guests(meeting: Meeting) -> list[Addressee]:
    return guests_for(meeting.newly_invited or by_name(meeting))


def guests_before(meeting: Meeting) -> list[Addressee]:
    new = {row.pk for row in meeting.newly_invited}
    return guests_for(row for row in by_name(meeting) if row.pk not in new)


def no_longer_invited(withdrawn: WithdrawnInvitation) -> list[Any]:
    """People of the body whose invitation was taken back, unless the body is invited by another one."""
    still = {user.pk for user in invited(withdrawn.meeting)}
    return [user for user in people_for([withdrawn]) if user.pk not in still]


def guests_no_longer(withdrawn: WithdrawnInvitation) -> list[Addressee]:
    still = {each.key for each in guests(withdrawn.meeting)}
    return [each for each in guests_for([withdrawn]) if each.key not in still]


def invited(meeting: Meeting) -> list[Any]:
    return people_for(meeting.attendance.all())


def newly_invited(meeting: Meeting) -> list[Any]:
    """Those whom the door has just invited; when the mail leaves, whoever is invited still."""
    return people_for(meeting.newly_invited or meeting.attendance.all())


def invited_before(meeting: Meeting) -> list[Any]:
    new = {row.pk for row in meeting.newly_invited}
    return people_for(row for row in meeting.attendance.all() if row.pk not in new)


def invited_and_organizers(meeting: Meeting) -> list[Any]:
    return [*invited(meeting), *organizers_of(meeting)]


def readers_of_minutes(minutes: MinutesVersion) -> list[Any]:
    return invited_and_organizers(minutes.meeting)
