"""One-line named predicates `(record, user)` that steps, pages, templates and the admin share."""

from __future__ import annotations

from typing import Any

from forum.roles import roles_of


def is_organizer_of(record: Any, user: Any) -> bool:
    """Organizer of the edition that `record` belongs to (or is), and every administrator."""
    edition = getattr(record, "event_edition", None)
    return roles_of(user).organizes(edition.pk if edition is not None else None)


def is_any_organizer(record: Any, user: Any) -> bool:
    """Organizer of some edition: for records that belong to no edition (organizations, agencies)."""
    return roles_of(user).organizer


def is_administrator(record: Any, user: Any) -> bool:
    return roles_of(user).administrator


def is_official_of(agency_id: int | None, user: Any) -> bool:
    return agency_id is not None and agency_id in roles_of(user).agencies


def is_delegate_of(organization_id: int | None, user: Any) -> bool:
    return organization_id is not None and organization_id in roles_of(user).organizations
