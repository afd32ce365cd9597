"""Who enters the workspace pages of agreements: the organizers of the edition, and the people of the parties."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from agreements.models import Agreement, Commitment, Meeting, Party, ProgressReport
from agreements.permissions import is_invited_to, is_organizer_of, is_party_of_commitment, is_party_to, stands_for
from core.gate import get_for
from forum.models import Edition
from forum.roles import roles_of


def is_insider(agreement: Any, user: Any) -> bool:
    return is_organizer_of(agreement, user) or is_party_to(agreement, user)


def is_insider_of_commitment(commitment: Any, user: Any) -> bool:
    return is_organizer_of(commitment, user) or is_party_of_commitment(commitment, user)


def is_insider_of_meeting(meeting: Any, user: Any) -> bool:
    return is_organizer_of(meeting, user) or is_invited_to(meeting, user)


def agreement_for(request: HttpRequest, folio: str, allow: Any = is_insider) -> Agreement:
    """The agreement: 404 when it is hidden from this person, 403 when it is only to be read."""
    rows = Agreement.objects.select_related("edition")
    return get_for(request.user, rows, folio, allow=allow)  # type: ignore[no-any-return]


def commitment_for(request: HttpRequest, folio: str, allow: Any = is_insider_of_commitment) -> Commitment:
    rows = Commitment.objects.select_related("agreement__edition", "lead__organization", "lead__agency")
    return get_for(request.user, rows, folio, allow=allow)  # type: ignore[no-any-return]


def report_for(request: HttpRequest, folio: str) -> ProgressReport:
    rows = ProgressReport.objects.select_related("commitment__agreement__edition", "party__organization", "party__agency")
    return get_for(  # type: ignore[no-any-return]
        request.user, rows, folio, allow=lambda report, user: is_insider_of_commitment(report.commitment, user)
    )


def meeting_for(request: HttpRequest, folio: str, allow: Any = is_insider_of_meeting) -> Meeting:
    rows = Meeting.objects.select_related("edition", "convening_organization", "convening_agency", "next_meeting")
    return get_for(request.user, rows, folio, allow=allow)  # type: ignore[no-any-return]


def parties_of(agreement: Any, user: Any, *, speaking: bool = True) -> list[Party]:
    """The parties that this person stands for; `speaking` leaves out witnesses, who have no say on commitments."""
    rows = agreement.parties.select_related("organization", "agency").order_by("id")
    return [party for party in rows if stands_for(party, user) and not (speaking and party.role == Party.Role.WITNESS)]


def allowed(condition: bool) -> None:
    """403 when the condition does not hold."""
    if not condition:
        raise PermissionDenied


def organized_editions(user: Any) -> list[Any]:
    """The editions that this person organizes, newest first; 403 for whoever organizes none."""
    allowed(roles_of(user).organizer)
    return list(Edition.objects.organized_by(user).order_by("-starts_on", "slug"))


def refuse_step(workflow: Any, record: Any, action: str, user: Any) -> str:
    """Why this person cannot take a step now, '' when it is possible; 403 when it is not theirs to take."""
    refusal = workflow.refusal(record, action, user)
    if refusal is None:
        return ""
    if refusal.code == "not_yours":
        raise PermissionDenied
    return str(refusal)
