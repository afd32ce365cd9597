"""The navigation of the workspace: what this person's roles have to do with, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import pgettext_lazy

from forum.roles import Roles, roles_of

#: Address name, words, who has it, and how the names of its pages begin.
ENTRIES: tuple[tuple[str, Any, Any, tuple[str, ...]], ...] = (
    ("home", pgettext_lazy("navigation of the workspace", "What waits"), lambda roles: True, ("home",)),
    (
        "queue",
        pgettext_lazy("navigation of the workspace", "Opinions"),
        lambda roles: roles.official,
        ("queue", "review", "opinion"),
    ),
    (
        "proposals",
        pgettext_lazy("navigation of the workspace", "Proposals"),
        lambda roles: roles.organizer or roles.delegate,
        ("proposal", "refer", "clarification", "on_behalf"),
    ),
    (
        "agreements",
        pgettext_lazy("navigation of the workspace", "Agreements"),
        lambda roles: roles.organizer or roles.official or roles.delegate,
        ("agreement", "accept", "commitment", "report", "validate", "reply", "follow_up", "campaign"),
    ),
    (
        "meetings",
        pgettext_lazy("navigation of the workspace", "Meetings"),
        lambda roles: roles.organizer or roles.official or roles.delegate,
        ("meeting", "minutes"),
    ),
    (
        "participants",
        pgettext_lazy("navigation of the workspace", "Participants"),
        lambda roles: roles.organizer,
        ("participant",),
    ),
    (
        "organizations",
        pgettext_lazy("navigation of the workspace", "Organizations"),
        lambda roles: roles.organizer,
        ("organization",),
    ),
    (
        "agencies",
        pgettext_lazy("navigation of the workspace", "Public bodies"),
        lambda roles: roles.organizer,
        ("agenc",),
    ),
    (
        "accounts",
        pgettext_lazy("navigation of the workspace", "Accounts"),
        lambda roles: roles.organizer,
        ("account", "invitation"),
    ),
    ("audit", pgettext_lazy("navigation of the workspace", "Audit"), lambda roles: roles.administrator, ("audit",)),
    ("mails", pgettext_lazy("navigation of the workspace", "Mails"), lambda roles: roles.organizer, ("mails", "mail")),
    (
        "privacy_requests",
        pgettext_lazy("navigation of the workspace", "Privacy"),
        lambda roles: roles.organizer,
        ("privacy", "person_erase"),
    ),
    ("my_data", pgettext_lazy("navigation of the workspace", "My data"), lambda roles: True, ("my_",)),
)


@dataclass(frozen=True)
class Entry:
    """One entry, as `components/nav_list.html` wants it."""

    url: str
    label: Any
    current: bool


def workspace_navigation(request: HttpRequest) -> list[Entry]:
    """The entries of this person with the one of this page marked."""
    roles: Roles = roles_of(getattr(request, "user", None))
    match = getattr(request, "resolver_match", None)
    here = (match.url_name or "") if match is not None and match.namespaces == ["workspace"] else ""
    found = []
    for name, label, has, beginnings in ENTRIES:
        if not has(roles):
            continue
        try:
            url = reverse(f"workspace:{name}")
        except NoReverseMatch:
            continue
        found.append(Entry(url, label, here.startswith(beginnings)))
    return found
