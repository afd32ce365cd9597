"""One-line named predicates `(record, user)` of agreements: who organizes, who is a party, who owes, who is invited.

`record` is what the predicate's name says; a party is an organization or an agency in one agreement.
"""

from __future__ import annotations

from typing import Any

from forum.permissions import is_delegate_of, is_official_of, is_organizer_of

__all__ = [
    "answers_a_report",
    "answers_the_extension",
    "has_a_say_on",
    "is_invited_to",
    "is_invited_to_the_minutes",
    "is_organizer_of",
    "is_party_of_commitment",
    "is_party_to",
    "is_party_to_followed",
    "is_responsible_for",
    "owes_a_signature",
    "reported_what_was_answered",
    "stands_for",
]


def stands_for(party: Any, user: Any) -> bool:
    """Official of the agency (or of the one that took over from it), or delegate of the organization, that the party is.

    The party may be an invitation as well.
    """
    successor = getattr(party, "taken_over_by_id", None)
    return any(is_official_of(key, user) for key in (party.agency_id, successor)) or is_delegate_of(party.organization_id, user)


def is_party_to(agreement: Any, user: Any) -> bool:
    return any(stands_for(party, user) for party in agreement.parties.all())


def owes_a_signature(agreement: Any, user: Any) -> bool:
    """Stands for a party that has not accepted the version that is open for signature."""
    accepted = {
        row.party_id for version in agreement.versions.all() if version.status == "open" for row in version.acceptances.all()
    }
    return any(party.pk not in accepted and stands_for(party, user) for party in agreement.parties.all())


def is_party_of_commitment(commitment: Any, user: Any) -> bool:
    return is_party_to(commitment.agreement, user)


def is_responsible_for(commitment: Any, user: Any) -> bool:
    """Stands for the lead of a commitment or for one of the co-responsible parties."""
    lead = commitment.lead
    return (lead is not None and stands_for(lead, user)) or any(stands_for(p, user) for p in commitment.co_responsible.all())


def sides_spoken_for(commitment: Any, user: Any) -> set[str]:
    """The sides on which a person has a say on a commitment: for a party that signs or guarantees, not for a witness."""
    return {p.side for p in commitment.agreement.parties.all() if p.role != "witness" and stands_for(p, user)}


def has_a_say_on(commitment: Any, user: Any) -> bool:
    return bool(sides_spoken_for(commitment, user))


def answers_a_report(commitment: Any, user: Any) -> bool:
    """Speaks for the side that did not make one of the reports."""
    mine = sides_spoken_for(commitment, user)
    return bool(mine) and any({report.party.side} != mine for report in commitment.reports.all())


def answers_the_extension(commitment: Any, user: Any) -> bool:
    """Speaks for the side that did not ask for the extension that waits."""
    mine = sides_spoken_for(commitment, user)
    waiting = [row for row in commitment.extensions.all() if row.waits]
    return bool(mine) and (not waiting or any({row.asked_by.side} != mine for row in waiting))


def reported_what_was_answered(commitment: Any, user: Any) -> bool:
    """Speaks for the side whose report the other side has said something of."""
    mine = sides_spoken_for(commitment, user)
    return any(report.party.side in mine and report.validations.all() for report in commitment.reports.all())


def is_party_to_followed(meeting: Any, user: Any) -> bool:
    """Party to one of the agreements that the meeting follows."""
    return meeting.pk is not None and any(is_party_to(agreement, user) for agreement in meeting.agreements.all())


def is_invited_to(meeting: Any, user: Any) -> bool:
    return any(stands_for(row, user) for row in meeting.attendance.all())


def is_invited_to_the_minutes(minutes: Any, user: Any) -> bool:
    return is_invited_to(minutes.meeting, user)
