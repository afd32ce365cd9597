"""One-line named predicates `(record, user)` of proposals: who brings in, who answers, who organizes.

`record` is a proposal or anything under one: a version, a referral, an opinion, a clarification, an attachment.
"""

from __future__ import annotations

from typing import Any

from forum.permissions import is_official_of, is_organizer_of
from forum.roles import roles_of

__all__ = ["is_official_for", "is_organizer_of", "is_proponent_of", "may_propose_in", "proposal_of"]


def proposal_of(record: Any) -> Any:
    """The proposal that `record` is or belongs to."""
    return record if hasattr(record, "proponents") else record.proposal


def is_proponent_of(record: Any, user: Any) -> bool:
    """Delegate of one of the organizations that bring the proposal in."""
    mine = roles_of(user).organizations
    return bool(mine) and any(organization.pk in mine for organization in proposal_of(record).proponents.all())


def is_official_for(record: Any, user: Any) -> bool:
    """Official of the agency that the referral was sent to, or that gives the opinion."""
    agencies = roles_of(user).agencies
    return bool(agencies) and is_official_of(getattr(record, "referral", record).agency_id, user)


def may_propose_in(edition: Any, user: Any) -> bool:
    """Organizers at any time; delegates while the edition is public and open."""
    return is_organizer_of(edition, user) or (roles_of(user).delegate and edition.is_public and edition.stage != "closed")
