"""Querysets of the forum: what a person may read, in the words of the domain."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core.gate import GatedQuerySet
from forum.roles import roles_of


def edition_gate(user: Any, prefix: str = "") -> Q:
    """Rows of public editions, and of those that the person organizes. `prefix` leads to the edition."""
    roles = roles_of(user)
    if roles.administrator:
        return Q()
    public = ~Q(**{f"{prefix}stage": "preparation"})
    if roles.editions:
        public |= Q(**{f"{prefix}id__in" if prefix else "id__in": roles.editions})
    return public


class EditionQuerySet(GatedQuerySet):
    def visible_to(self, user: Any) -> EditionQuerySet:
        return self.filter(edition_gate(user))

    def organized_by(self, user: Any) -> EditionQuerySet:
        """The editions that this person organizes; all of them for an administrator."""
        roles = roles_of(user)
        return self.all() if roles.administrator else self.filter(id__in=roles.editions)

    def current(self) -> Any:
        """The edition that the home page shows: the newest that is not closed, else the newest; None when there is none."""
        newest = self.order_by("-starts_on", "-id")
        return newest.exclude(stage="closed").first() or newest.first()


class OfEditionQuerySet(GatedQuerySet):
    """Records that are as visible as their edition: tables, sessions."""

    def visible_to(self, user: Any) -> OfEditionQuerySet:
        return self.filter(edition_gate(user, "edition__"))


class OpenQuerySet(GatedQuerySet):
    """Records that anybody may read: organizations, agencies, antecedents."""

    def visible_to(self, user: Any) -> OpenQuerySet:
        return self.all()


class PersonQuerySet(GatedQuerySet):
    """Person records hold contact data: organizers of an edition in which the person took part, and the person alone."""

    def visible_to(self, user: Any) -> PersonQuerySet:
        roles = roles_of(user)
        if roles.administrator:
            return self.all()
        if user is None or not getattr(user, "pk", None):
            return self.none()
        mine = Q(user_id=user.pk)
        if roles.editions:
            mine |= Q(id__in=self.model.participation_model().objects.filter(edition__in=roles.editions).values("person"))
        return self.filter(mine, blocked_at__isnull=True)


class PrivacyRequestQuerySet(GatedQuerySet):
    """Requests about personal data: the organizers of the forum that they are about."""

    def visible_to(self, user: Any) -> PrivacyRequestQuerySet:
        roles = roles_of(user)
        return self.all() if roles.administrator else self.filter(edition__in=roles.editions)

    def of_person(self, person: Any, emails: Any = ()) -> PrivacyRequestQuerySet:
        """Those that are known to be the person's, and those that came from the same address."""
        same = Q(person=person)
        for email in emails:
            same |= Q(email__iexact=email)
        return self.filter(same)

    def open(self) -> PrivacyRequestQuerySet:
        return self.exclude(status__in=["done", "closed"])


class ParticipationQuerySet(GatedQuerySet):
    """Participations of public editions. The name stands in `shown_name`, which is empty without consent."""

    def visible_to(self, user: Any) -> ParticipationQuerySet:
        return self.filter(edition_gate(user, "edition__"))

    def named(self) -> ParticipationQuerySet:
        """Those whose name may be shown today."""
        return self.exclude(shown_name="")
