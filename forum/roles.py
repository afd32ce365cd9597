"""What a person is: organizer of editions, official of agencies, delegate of organizations, administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Roles:
    """The roles of one person, read once a request. All sets hold database ids; nobody has none of them."""

    administrator: bool = False
    editions: frozenset[int] = frozenset()
    agencies: frozenset[int] = frozenset()
    organizations: frozenset[int] = frozenset()

    @property
    def organizer(self) -> bool:
        return bool(self.editions) or self.administrator

    @property
    def official(self) -> bool:
        return bool(self.agencies)

    @property
    def delegate(self) -> bool:
        return bool(self.organizations)

    def organizes(self, edition_id: int | None) -> bool:
        return self.administrator or edition_id in self.editions


NOBODY = Roles()


def roles_of(user: Any) -> Roles:
    """The roles of `user`; those of nobody for None, for an anonymous visitor and for a closed account."""
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    roles: Roles = user.roles
    return roles
