"""Every address as everybody (promise 1), and what none of them chokes on (8). What none of them says: test_privacy_sweep."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import TestCase
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import override

from agreements.invitations import SALT as INVITATION
from agreements.models import Campaign
from core import search
from core.documents import answers
from core.documents.parts import texts_of
from core.imports.runner import run_import
from core.mail_links import token_of
from core.models import MailSettings, Subscription
from forum.models import Closure, Invitation
from forum.workflow import create_session, receive_privacy_request
from proposals.by_mail import token_for
from proposals.models import PaperScan, TextTemplate
from tests import factories as make
from tests.chain import ChainWorld, stored
from tests.house.audience import ANY_ORGANIZER, ORGANIZERS, PUBLIC, account_cases, public_cases, workspace_cases
from tests.personas import PERSONAS, blank_pages
from tests.sweep import searched

#: What a request may take of the processor, and by the clock where everything else runs at the same time.
SECONDS, BY_THE_CLOCK = 2.0, 10.0


def names(resolver: Any, prefix: tuple[str, ...] = ()) -> Iterator[str]:
    """Every name that the resolver knows, with its namespace. Patterns without a name only redirect, in the admin."""
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, (*prefix, pattern.namespace) if pattern.namespace else prefix)
        elif pattern.name:
            yield ":".join((*prefix, pattern.name))


class AddressWorld(ChainWorld):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.hidden = make.edition(slug="oculto", folio_prefix="FO1", stage="preparation", name_es="Forocanario")
        cls.template = TextTemplate.objects.create(agency=cls.agency, name="Texto propio", place="reasons", text="Con gusto.")
        cls.scan = PaperScan.objects.create(opinion=cls.opinion, **stored())
        cls.closure = Closure.objects.create(starts_on="2026-12-21", ends_on="2026-12-31", name_es="Vacaciones")
        cls.subscription = Subscription.objects.create(
            email="seguidora@example.org",
            model="forum.agency",
            record_id=cls.agency.pk,
            record_key="IFE",
            confirmed_at=make.now(),
        )
        cls.calendar_key = "k" * 43
        MailSettings.objects.create(user=cls.accounts["official"], calendar_key=cls.calendar_key)
        cls.message = make.message(cls.opinion.referral, "referral_sent", cls.accounts["official"], state="held")
        cls.campaign = Campaign.objects.create(edition=cls.edition, cut_off="2026-06-30", message="Campañacanaria")
        owed = make.referral(make.proposal(cls.edition, status="in_review", proponents=[cls.organization]), cls.agency)
        cls.mail_token = token_for(cls.accounts["official"], owed)
        cls.invitation_token = token_of(INVITATION, cls.accounts["official"], cls.coming)
        cls.session = create_session(
            actor=cls.accounts["organizer"],
            values={"edition": cls.edition, "key": "s1", "title_es": "Plenaria", "starts_at": make.now(), "ends_at": make.now()},
        )
        cls.invitation = Invitation.objects.create(
            user=make.user("invited@example.org"),
            kind="delegate",
            organization=cls.organization,
            invited_by=cls.accounts["organizer"],
        )
        cls.passkey = make.passkey(cls.accounts["delegate"])
        cls.batch = run_import(
            "organizations", name="x.csv", data=b"clave,nombre,tipo\n,,\nZ-1,,club\n", actor=cls.accounts["organizer"]
        ).batch
        cls.asked = receive_privacy_request(
            edition=cls.edition, values={"kind": "access", "name": "Alguien", "email": "alguien@example.org"}
        )
        search.rebuild(searched())

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))
        # Printed matter as the words it holds: a canary shows, and nothing is typeset a thousand times.
        words = {
            form: (kind, lambda document: "\n".join(texts_of(document)).encode()) for form, (kind, _) in answers.FORMS.items()
        }
        self.enterContext(patch.dict(answers.FORMS, words))
        self.clients = {name: self.sign_in(name) for name in PERSONAS}
        for client in self.clients.values():
            client.raise_request_exception = False

    def statuses(self, address: str, method: str = "get", who: Any = PERSONAS, blank: bool = False) -> dict[str, int]:
        """The answer to each persona; what a request did is taken back before the next.

        The page is written out for the first persona that gets it, unless `blank`; for the others it stays blank, which halves
        the time.
        """
        found: dict[str, int] = {}
        for name in who:
            if name == "closed_account" and "anonymous" in found:
                # Nobody signs in with it: the very same request.
                found[name] = found["anonymous"]
                continue
            with transaction.atomic(), ExitStack() as stack:
                if blank or 200 in found.values():
                    stack.enter_context(blank_pages())
                response = getattr(self.clients[name], method)(address)
                found[name] = response.status_code
                if response.streaming:
                    # To its end: closing it early would close the database connection of the test too.
                    b"".join(response.streaming_content)
                transaction.set_rollback(True)
        return found


#: Who is at home in another forum, body or organization, or nowhere.
STRANGERS = ("other_delegate", "other_official", "other_organizer", "nobody")
AT_HOME = [name for name in PERSONAS if name not in STRANGERS]


@pytest.mark.strict
class AudienceTests(AddressWorld, TestCase):
    """On PostgreSQL alone, where it shows too that every page asks that database rightly; test_privacy_sweep reads them on SQLite."""

    def cases(self) -> list[tuple[str, list[Any], set[str]]]:
        return [*public_cases(self), *workspace_cases(self), *account_cases(self)]

    def test_every_name_is_declared(self) -> None:
        known = {name for name in names(get_resolver()) if not name.startswith("admin:")}
        self.assertEqual({name for name, *_rest in self.cases()}, known)

    def test_who_reads_what(self) -> None:
        for name, arguments, expected in self.cases():
            # Where anybody reads, those who are at home elsewhere are nobody in particular.
            who = AT_HOME if expected == PUBLIC else PERSONAS
            found = self.statuses(reverse(name, args=arguments), who=who)
            with self.subTest(name, arguments=arguments):
                self.assertEqual({who for who, status in found.items() if status == 200}, expected & set(who), found)
                self.assertLess(max(found.values()), 500, found)

    def test_a_bare_post_opens_nothing(self) -> None:
        """Whoever may not read a page gets nothing by sending to it, and nothing fails."""
        for name, arguments, expected in self.cases():
            # Strangers try every place of the workspace in test_foreign, with everything that a door asks for.
            who = AT_HOME if expected == PUBLIC or (arguments and name.startswith("workspace:")) else PERSONAS
            found = self.statuses(reverse(name, args=arguments), "post", who, blank=True)
            with self.subTest(name, arguments=arguments):
                self.assertLess(max(found.values()), 500, found)
                self.assertLessEqual({who for who, status in found.items() if status in (200, 422)}, expected or PUBLIC, found)

    def test_the_admin_is_for_organizers_and_administrators(self) -> None:
        # Who else may not enter stands in tests/core/test_admin.
        others = ("organizer", "official")
        for name in names(get_resolver()):
            if not name.startswith("admin:"):
                continue
            address = self.admin_address(name)
            found = self.statuses(address, who=("administrator", *others))
            with self.subTest(name):
                reads = {who for who, status in found.items() if status == 200}
                self.assertLessEqual(reads, set(PERSONAS) if name in OPEN_ADMIN else ORGANIZERS, found)
                self.assertLess(max(found.values()), 500, found)
        for name in ("admin:index", "admin:forum_person_changelist", "admin:core_event_changelist"):
            self.assertEqual({w for w, s in self.statuses(reverse(name)).items() if s == 200}, ANY_ORGANIZER)

    def admin_address(self, name: str) -> str:
        for arguments in ([], ["1"], ["csv"], ["forum"], ["1", "x"]):
            try:
                return reverse(name, args=arguments)
            except NoReverseMatch:
                continue
        raise AssertionError(f"{name}: no arguments are known")


#: Signing in, and the words of the admin's scripts.
OPEN_ADMIN = {"admin:login", "admin:logout"}


HOSTILE = (
    *("", "%00", "-1", "9" * 400, "x1", "%FF%FE", "%C0%80", "%ED%A0%80", "x" * 8192, "1e999", "NaN", "0x1", "%0d%0aX:1"),
    *("%27%22%3E%3Cscript%3E", "{{7*7}}", "../../etc", "%F0%9F%92%A9", quote("İıßſ" * 50)),
)
PARAMETERS = (
    *("q", "kind", "after", "edition", "table", "agency", "organization", "state", "topic", "status", "reading", "verdict"),
    *("light", "order", "lang", "antecedent", "next"),
)
LISTS = (
    *("progress", "search", "verify", "participants", "editions", "organizations", "agencies", "proposals", "antecedents"),
    *("agreements", "meetings", "feed_agreements", "feed_proposals", "feed_progress", "calendar", "account_login"),
)


class HostileTests(AddressWorld, TestCase):
    def tried(self, address: str, method: str = "get", data: Any = None) -> None:
        start, begun = time.process_time(), time.monotonic()
        client = self.clients["anonymous"]
        response = client.post(address, data or {}) if method == "post" else client.get(address)
        with self.subTest(address[:200], method=method):
            self.assertLess(response.status_code, 500)
            self.assertLess(time.process_time() - start, SECONDS)
            self.assertLess(time.monotonic() - begun, BY_THE_CLOCK)

    def test_every_parameter_at_once_and_alone(self) -> None:
        for name in LISTS:
            path = reverse(name)
            for value in HOSTILE:
                self.tried(path + "?" + "&".join(f"{each}={value}" for each in PARAMETERS if len(value) < 1000 or each == "q"))
            for each in PARAMETERS:
                for query in (f"{each}=%00", f"{each}[]=a&{each}=a&{each}=%FF"):
                    self.tried(f"{path}?{query}")

    def test_thousands_of_fields(self) -> None:
        fields = {f"f{number}": "x" for number in range(5000)}
        for name in ("account_login", "set_language", "search", "account_reset_password"):
            self.tried(reverse(name), "post", fields)
        self.tried(reverse("search") + "?" + "&".join(f"q{n}=1" for n in range(5000)))

    def test_nonsense_to_sign_in(self) -> None:
        for value in (
            "",
            "\x00",
            "-1",
            "9" * 400,
            "ñ" * 8192,
            "a@b",
            ["a", "b"],
            "\u202e@example.org",
            "x" * 300 + "@example.org",
        ):
            for name in ("account_login", "account_reset_password", "account_signup", "set_language"):
                self.tried(
                    reverse(name), "post", {"login": value, "password": value, "email": value, "next": value, "language": value}
                )
