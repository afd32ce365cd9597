"""Who enters a page of the proposals' desk, and the record that it is about."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.gate import get_for
from forum.permissions import is_organizer_of
from forum.roles import roles_of
from proposals.models import Clarification, Opinion, Proposal, Referral
from proposals.permissions import is_proponent_of

PROPOSAL_PARTS = ("proponents", "addressees")


def works_on(record: Any, user: Any) -> bool:
    """Organizer of the edition, or delegate of a proponent."""
    return is_organizer_of(record, user) or is_proponent_of(record, user)


def own_proposal(request: HttpRequest, folio: str) -> Any:
    """The proposal for those who work on it: 404 when it is hidden from this person, 403 when it is only to be read."""
    rows = Proposal.objects.select_related("edition", "table").prefetch_related(*PROPOSAL_PARTS)
    return get_for(request.user, rows, folio, allow=works_on)


def referrals() -> Any:
    return Referral.objects.select_related(
        "version__proposal__edition", "version__proposal__table", "agency", "onward_from__agency"
    ).prefetch_related("version__proposal__proponents")


def organized_referral(request: HttpRequest, folio: str) -> Any:
    """A referral for the organizers of its edition."""
    return get_for(request.user, referrals(), folio, allow=is_organizer_of)


def officials_only(request: HttpRequest) -> Any:
    """The ids of the agencies that this person is an official of; 403 when there is none."""
    agencies = roles_of(request.user).agencies
    if not agencies:
        raise PermissionDenied
    return agencies


def own_referral(request: HttpRequest, folio: str) -> Any:
    """A referral to a body of this person. Another body's is answered like one that does not exist (promise 2)."""
    agencies = officials_only(request)
    return get_for(request.user, referrals().of_agencies(agencies), folio)


def own_opinion(request: HttpRequest, folio: str) -> Any:
    """An opinion of a body of this person; another body's is answered like one that does not exist."""
    agencies = officials_only(request)
    rows = Opinion.objects.filter(referral__agency__in=agencies)
    return get_for(request.user, rows.select_related("referral__version__proposal__edition", "referral__agency"), folio)


def asked_of(request: HttpRequest, folio: str) -> Any:
    """A question to the proponents, for their delegates and the organizers."""
    rows = Clarification.objects.select_related("referral__version__proposal__edition", "referral__agency", "answered_for")
    return get_for(request.user, rows, folio, allow=lambda record, user: works_on(record.referral.proposal, user))
