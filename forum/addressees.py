"""The accounts that a mail goes to: by role, open ones only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from forum.models import User


def with_roles(gate: Q) -> list[User]:
    """Open accounts with a role that fits. One query."""
    return list(User.objects.filter(gate, is_active=True).distinct().order_by("pk"))


def people_of(*, agencies: Iterable[Any] = (), organizations: Iterable[Any] = (), editions: Iterable[Any] = ()) -> list[User]:
    """Officials of these bodies, delegates of these organizations, organizers of these editions (records or ids)."""
    places = {"agency__in": list(agencies), "organization__in": list(organizations), "edition__in": list(editions)}
    gate = Q(pk__in=[])
    for name, rows in places.items():
        if rows:
            gate |= Q(**{f"role_rows__{name}": rows})
    return with_roles(gate) if any(places.values()) else []


def organizers_of(record: Any) -> list[User]:
    """Organizers of the edition that a record belongs to."""
    return people_of(editions=[record.event_edition])
