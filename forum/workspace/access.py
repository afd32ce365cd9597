"""Who enters a page of the organizers' desk."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.gate import get_for
from forum.models import Edition
from forum.permissions import is_any_organizer, is_organizer_of


def organizers_only(request: HttpRequest) -> None:
    """403 for whoever organizes no edition."""
    if not is_any_organizer(None, request.user):
        raise PermissionDenied


def own_edition(request: HttpRequest, slug: str) -> Any:
    """The edition, for its organizers: 404 when it is hidden from this person, 403 when it is another's."""
    return get_for(request.user, Edition, slug, allow=is_organizer_of)


def own_editions(user: Any) -> list[Any]:
    """The editions that this person organizes, newest first."""
    return list(Edition.objects.organized_by(user).order_by("-starts_on", "slug"))
