"""The people who try every door and every page, in two editions, two bodies and two organizations.

`PersonaWorld` is a mixin for `TestCase`: it makes the places and the accounts once a class. A matrix test asks
`self.who(lambda user: …)` and compares the set of names with the expected set: equality, never membership.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import override

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


def blank_pages() -> AbstractContextManager[Any]:
    """Pages are not written out, which is most of what a request costs: for sweeps that ask only how a page answers, where
    another test reads what stands on it."""
    return patch("django.template.backends.django.Template.render", return_value="")


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
        world = cls()
        with override("en"):
            world.story()
        for name, value in vars(world).items():
            if not name.startswith("_"):
                setattr(cls, name, value)

    def story(self) -> None:
        """The records with which every test of the class begins, as attributes: made once, and each test has them as they were
        (what `setUpTestData` promises). Doors take a tenth of a second each; a client belongs into `setUp`."""

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

    def seated(self, name: str) -> Any:
        """The client of a persona for the whole of a test, signed in once: for sweeps that ask many pages as everybody."""
        seats = self.__dict__.setdefault("_seats", {})
        if name not in seats:
            seats[name] = self.sign_in(name)
        return seats[name]

    def answers(self, address: str, method: str = "get", data: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to each persona, in their order. The page is written out for the first who gets it; for the others it
        stays blank, which halves the time: what stands on it for each is read elsewhere (`tests/house/test_privacy_sweep`)."""
        found: dict[str, Any] = {}
        for name in PERSONAS:
            if name == "closed_account":
                # Nobody signs in with it: the very same request as without an account.
                found[name] = found["anonymous"]
                continue
            client = self.seated(name)
            written = {answer.status_code for answer in found.values()} & {200, 422}
            with blank_pages() if written else nullcontext():
                found[name] = getattr(client, method)(address, data or {})
                if found[name].streaming:
                    # To its end: closing it early would close the database connection of the test too.
                    b"".join(found[name].streaming_content)
        return found

    def who_gets(self, status: int, address: str, method: str = "get", **data: Any) -> set[str]:
        """The personas who are answered with `status` at `address`."""
        answers = self.answers(address, method, data)
        return {name for name, answer in answers.items() if answer.status_code == status}
