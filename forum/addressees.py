"""Whom a mail goes to: accounts by role, open ones only; and people who take part without an account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q

from core.models.base import Source
from core.outbox.notices import Addressee
from forum.models import Person, User


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


def reached_by_mail() -> Any:
    """People whose own address may be written to: given, not blocked, not suppressed, and no invention of the demo."""
    known = Person.objects.filter(blocked_at__isnull=True, suppressed_on__isnull=True)
    return known.exclude(email="").exclude(source=Source.SAMPLE)


def guest_of(key: str) -> Addressee | None:
    """The person with this key as an addressee; None when no mail may go there."""
    person = reached_by_mail().filter(key=key).first()
    return as_addressee(person) if person is not None else None


def guests_among(people: Iterable[Any], accounts: Iterable[User]) -> list[Addressee]:
    """Those of `people` (keys of rows) who have an address and none of these accounts. One query."""
    keys = list(people)
    if not keys:
        return []
    told = [account.pk for account in accounts]
    rows = reached_by_mail().filter(pk__in=keys).exclude(user__in=told).order_by("pk")
    return [as_addressee(person) for person in rows]


def as_addressee(person: Person) -> Addressee:
    """Nobody has asked this person for a language: it is the site's."""
    return Addressee(person.key, person.email, person.name, settings.LANGUAGE_CODE)
