"""How long the forum keeps what it holds about people (`core.retention`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.events import SYSTEM
from core.retention import Rule, register
from core.workflow import changing
from forum.models import Edition, Person, PrivacyRequest
from forum.workflow.erasing import emptied, erase_person

#: Once every forum that a person took part in has been closed for so long, nobody needs to reach the person by way of it.
CONTACT_DAYS = 730
REQUEST_DAYS = 365
CONTACT = ("email", "phone", "residence_country", "residence_subdivision", "residence_city")


def old_contacts(limit: dt.datetime) -> QuerySet[Any]:
    """People whose forums are all closed and long over, who have no account, and of whom contact data are still held."""
    recent = Edition.objects.exclude(stage="closed", ends_on__lt=limit.date())
    held = Person.objects.exclude(**emptied(Person, CONTACT)).filter(user__isnull=True, suppressed_on__isnull=True)
    return held.filter(participations__isnull=False).exclude(participations__edition__in=recent).distinct()


def empty_contacts(rows: QuerySet[Any]) -> int:
    number = 0
    for person in list(rows):
        with changing(person, "forget_contact", actor=SYSTEM) as change:
            for name, value in emptied(Person, CONTACT).items():
                setattr(change.record, name, value)
        number += 1
    return number


def ended_requests(limit: dt.datetime) -> QuerySet[Any]:
    held = PrivacyRequest.objects.exclude(**emptied(PrivacyRequest, PrivacyRequest.ERASED))
    return held.filter(ended_on__lt=limit.date())


def empty_requests(rows: QuerySet[Any]) -> int:
    return rows.update(**emptied(PrivacyRequest, PrivacyRequest.ERASED))


def blocked(limit: dt.datetime) -> QuerySet[Any]:
    return Person.objects.filter(blocked_at__lt=limit, suppressed_on__isnull=True)


def erase_blocked(rows: QuerySet[Any]) -> int:
    people = list(rows)
    for person in people:
        erase_person(person=person, actor=SYSTEM, reason="blocked")
    return len(people)


def declare() -> None:
    register(
        Rule(
            "contacts",
            _("E-mail address, telephone and residence of participants without an account"),
            CONTACT_DAYS,
            _("after the last forum in which they took part was over and closed"),
            old_contacts,
            empty_contacts,
        ),
        Rule(
            "requests",
            _("Name, address and texts of requests about the own data"),
            REQUEST_DAYS,
            _("after their end; kind, dates and outcome stay"),
            ended_requests,
            empty_requests,
        ),
        Rule(
            "blocked",
            _("Blocked data: they are suppressed"),
            settings.BLOCKING_DAYS,
            _("after the block"),
            blocked,
            erase_blocked,
        ),
    )
