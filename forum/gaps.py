"""Counts and gaps of an edition that its organizers see: participants and tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from core.models import Message
from core.models.outbox import MessageState
from core.sockets import WaitingItem
from forum.models import PrivacyRequest
from forum.roles import roles_of

#: Privacy requests that the home lists; their own page has all.
MOST_REQUESTS = 25


def waiting_for(user: Any, today: dt.date) -> list[WaitingItem]:
    """Privacy requests of my editions that wait for an answer, or for what was granted."""
    editions = roles_of(user).editions
    if not editions:
        return []
    rows = PrivacyRequest.objects.open().filter(edition__in=editions).select_related("edition").order_by("answer_due_on", "key")
    return [
        WaitingItem(
            kind="privacy",
            what=_("Answer requests about personal data"),
            record=row.key,
            title=str(row.get_kind_display()),
            url=reverse("workspace:privacy_request", args=[row.key]),
            due_on=row.due_on,
        )
        for row in rows[:MOST_REQUESTS]
    ]


def gaps_of(edition: Any, today: dt.date) -> list[dict[str, Any]]:
    """`label`, `number`, `url`, and `is_gap` where something is to be done."""
    return [*people_and_tables(edition), *mails_of(edition)]


def mails_of(edition: Any) -> list[dict[str, Any]]:
    """Mails that wait for a decision, and those that have failed; nothing while there are none. One query."""
    rows = Message.objects.filter(edition_slug=edition.slug, state__in=[MessageState.HELD, MessageState.FAILED])
    numbers = dict(rows.order_by().values_list("state").annotate(Count("id")))
    labels = (
        (MessageState.HELD, ngettext_lazy("mail held for review", "mails held for review")),
        (MessageState.FAILED, ngettext_lazy("mail that has failed", "mails that have failed")),
    )
    return [
        {"label": str(label % numbers[state]), "number": numbers[state], "url": reverse("workspace:mails"), "is_gap": True}
        for state, label in labels
        if state in numbers
    ]


def people_and_tables(edition: Any) -> list[dict[str, Any]]:
    people = edition.participations.aggregate(all=Count("id"), unnamed=Count("id", filter=Q(show_name=False)))
    tables = edition.tables.aggregate(all=Count("id"), unled=Count("id", filter=Q(moderator__isnull=True)))
    list_url = reverse("workspace:participants")
    page = reverse("workspace:edition", args=[edition.slug])
    return [
        {
            "label": ngettext("participant", "participants", people["all"]),
            "number": people["all"],
            "url": f"{list_url}?{urlencode({'edition': edition.slug})}",
            "is_gap": not people["all"],
        },
        {
            "label": ngettext(
                "participant who does not show their name", "participants who do not show their name", people["unnamed"]
            ),
            "number": people["unnamed"],
            "url": f"{list_url}?{urlencode({'edition': edition.slug, 'consent': 'no'})}",
            "is_gap": False,
        },
        {
            "label": ngettext("working table without moderator", "working tables without moderator", tables["unled"]),
            "number": tables["unled"],
            "url": f"{page}#tables",
            "is_gap": bool(tables["unled"]),
        },
    ]
