"""The home of the workspace: what waits for this person, by date, and one section for each role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import sockets
from core.sockets import WaitingItem
from core.workspace import workspace_page
from forum.models import Agency, Edition, Organization
from forum.roles import Roles, roles_of

#: Editions shown with their counts; an administrator has them all, and the list of editions has the rest.
MOST_EDITIONS = 3
#: Things that wait, shown at once.
MOST_WAITING = 40


@dataclass(frozen=True)
class Waiting:
    """A thing that waits and whether its date is past."""

    item: WaitingItem
    is_late: bool


def waiting_for(user: Any, today: dt.date) -> list[Waiting]:
    """Everything that waits for this person, by date, what has no date at the end."""
    found = [item for items in sockets.waiting.collect(user=user, today=today) for item in items]
    return [Waiting(item, item.is_late(today)) for item in sorted(found, key=lambda item: item.order)]


def editions_of(user: Any, roles: Roles) -> list[dict[str, Any]]:
    """Each own edition with its counts and gaps."""
    if not roles.organizer:
        return []
    editions = Edition.objects.organized_by(user).order_by("-starts_on", "slug")[:MOST_EDITIONS]
    return [
        {
            "edition": edition,
            "counts": [row for rows in sockets.edition_gaps.collect(edition=edition, today=edition.today()) for row in rows],
        }
        for edition in editions
    ]


def bodies_of(roles: Roles, today: dt.date) -> Any:
    """Each own body with what it was asked, owes and owes too late. One query."""
    if not roles.official:
        return []
    owed = Q(referrals__status__in=["pending", "acknowledged", "asked"])
    return (
        Agency.objects.filter(pk__in=roles.agencies)
        .annotate(
            asked=Count("referrals", filter=~Q(referrals__status="recalled")),
            owed=Count("referrals", filter=owed),
            late=Count("referrals", filter=owed & Q(referrals__due_on__lt=today)),
        )
        .order_by("sort", "key")
    )


def organizations_of(roles: Roles) -> Any:
    """Each own organization with its proposals. One query."""
    if not roles.delegate:
        return []
    ended = Q(proposals__status__in=["withdrawn", "merged", "split"])
    return (
        Organization.objects.filter(pk__in=roles.organizations)
        .annotate(
            all_proposals=Count("proposals", filter=~ended),
            drafts=Count("proposals", filter=Q(proposals__status__in=["draft", "returned"])),
            in_review=Count("proposals", filter=Q(proposals__status="in_review")),
        )
        .order_by("sort", "key")
    )


@workspace_page(methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and a section for each role that I have."""
    roles = roles_of(request.user)
    today = timezone.localdate()
    waiting = waiting_for(request.user, today)
    context = {
        "roles": roles,
        "waiting": waiting[:MOST_WAITING],
        "more": max(len(waiting) - MOST_WAITING, 0),
        "late": sum(1 for each in waiting if each.is_late),
        "editions": editions_of(request.user, roles),
        "bodies": bodies_of(roles, today),
        "organizations": organizations_of(roles),
        "has_role": roles.organizer or roles.official or roles.delegate,
    }
    return render(request, "config/workspace/home.html", context)
