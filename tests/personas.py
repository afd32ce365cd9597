"""The people who try every door and every page, in two editions, two bodies and two organizations.

`PersonaWorld` is a mixin for `TestCase`: it makes the places and the accounts once a class. A matrix test asks
`self.who(lambda user: …)` and compares the set of names with the expected set: equality, never membership.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser

from forum.models import User
from tests import factories as make
from tests.signing_in import just_signed_in

#: Everyone. *own* means of the edition, agency or organization that the record in question belongs to.
PERSONAS = (
    "anonymous",
    "nobody",
    "organizer",
    "other_organizer",
    "official",
    "other_official",
    "delegate",
    "other_delegate",
    "administrator",
    "closed_account",
)


class PersonaWorld:
    """`edition`, `agency`, `organization` are the own ones; `other_…` those of the others."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.edition = make.edition(slug="propia", folio_prefix="FP1", name_es="Foro propio")
        cls.other_edition = make.edition(slug="ajena", folio_prefix="FA1", name_es="Foro ajeno")
        cls.agency = make.agency(key="IFE", name_es="Instituto propio")
        cls.other_agency = make.agency(key="SRE", name_es="Secretaría ajena")
        cls.organization = make.organization(key="ORG-01", name="Federación propia")
        cls.other_organization = make.organization(key="ORG-02", name="Federación ajena")
        cls.accounts = {
            "nobody": make.user("nobody@example.org"),
            "organizer": make.user("organizer@example.org", organizer=cls.edition),
            "other_organizer": make.user("other.organizer@example.org", organizer=cls.other_edition),
            "official": make.user("official@example.org", official=cls.agency),
            "other_official": make.user("other.official@example.org", official=cls.other_agency),
            "delegate": make.user("delegate@example.org", delegate=cls.organization),
            "other_delegate": make.user("other.delegate@example.org", delegate=cls.other_organization),
            "administrator": make.user("administrator@example.org", administrator=True),
            "closed_account": make.user("closed@example.org", organizer=cls.edition, official=cls.agency, is_active=False),
        }

    def user(self, name: str) -> Any:
        """The account of a persona as a new request would load it; an AnonymousUser for `anonymous`."""
        if name == "anonymous":
            return AnonymousUser()
        return User.objects.get(pk=self.accounts[name].pk)

    def who(self, may: Callable[[Any], bool]) -> set[str]:
        """The names of the personas for whom `may(user)` is true."""
        return {name for name in PERSONAS if may(self.user(name))}

    def sign_in(self, name: str) -> Any:
        """A fresh test client, signed in as the persona (not for `anonymous` and `closed_account`)."""
        client = self.client_class()
        if name not in ("anonymous", "closed_account"):
            just_signed_in(client, self.user(name))
        return client

    def who_gets(self, status: int, address: str, method: str = "get", **data: Any) -> set[str]:
        """The personas who are answered with `status` at `address`."""
        return {name for name in PERSONAS if getattr(self.sign_in(name), method)(address, data).status_code == status}
