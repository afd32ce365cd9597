"""Requests about personal data, consent on the own page, traces of reading, and what is forgotten after its time."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import TestCase, override_settings
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import override

from core import retention, search
from core.events import events_of
from core.imports.runner import run_import
from core.models import Event, ImportBatch, ImportRow, Message, Purge, Subscription
from core.outbox import sending
from core.workflow import StepRefused
from forum import workflow
from forum.models import Consent, Participation, Person, PrivacyRequest
from tests import factories as make
from tests.chain import read
from tests.personas import PersonaWorld

ASK = "/en/privacy/request/"
GIVEN = {"edition": "propia", "kind": "cancellation", "name": "Rosa Muestra", "email": "rosa@example.org", "text": "Mi nombre."}
DESK = "/en/workspace/privacy/"
#: A Thursday before Constitution Day (first Monday of February 2026 is the 2nd).
RECEIVED = dt.datetime(2026, 1, 29, 18, tzinfo=dt.UTC)


class World(PersonaWorld):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.person = make.person(name="Rosa Muestra", email="rosa@example.org", phone="+52 55 1234 5678")
        cls.part = make.participation(cls.edition, key="LID-01", consent=True, person=cls.person, organization=cls.organization)

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def receive(self, **values: Any) -> PrivacyRequest:
        given = {key: value for key, value in GIVEN.items() if key != "edition"} | values
        made: PrivacyRequest = workflow.receive_privacy_request(edition=self.edition, values=given, at=RECEIVED)
        return made


class RequestTests(World, TestCase):
    def test_anybody_asks_without_an_account(self) -> None:
        page = self.client.get(ASK)
        self.assertContains(page, "20 working days")
        self.assertFalse(page.cookies)
        self.assertNotContains(page, 'type="file"')
        done = self.client.post(ASK, GIVEN)
        asked = PrivacyRequest.objects.get()
        self.assertContains(done, asked.key)
        self.assertEqual((asked.edition, asked.status, asked.kind), (self.edition, "received", "cancellation"))
        # Nothing tells whether the person is known.
        other = self.client.post(ASK, {**GIVEN, "email": "nadie@example.org"})
        newest = PrivacyRequest.objects.latest("pk")
        self.assertEqual(done.content.decode().replace(asked.key, ""), other.content.decode().replace(newest.key, ""))
        event = events_of(asked).get()
        self.assertEqual((event.action, event.actor, event.changes["email"]), ("receive", None, ["", "•"]))

    def test_whoever_asked_is_told_by_mail_and_nobody_else_learns_anything(self) -> None:
        """At receipt (one a day for an address), at the answer, and when it is closed: number and days, not what was asked."""

        def told() -> list[tuple[list[str], str]]:
            mail.outbox.clear()
            sending.send_due()
            return [(letter.to, letter.subject) for letter in mail.outbox]

        for path in (ASK, ASK, translate_url(ASK, "es")):
            self.assertEqual(self.client.post(path, GIVEN).status_code, 200, path)
        first, second, third = PrivacyRequest.objects.order_by("pk")
        self.assertEqual([each.language for each in (first, second, third)], ["en", "en", "es"])
        self.assertEqual(told(), [(["rosa@example.org"], f"[Acuerda] Request {first.key} was received")])
        letter = mail.outbox[0]
        said = f"{letter.subject}{letter.body}{letter.extra_headers}"
        for private in ("Rosa", "Mi nombre", "cancellation", self.edition.name_es):
            self.assertNotIn(private, said)
        organizer = self.user("organizer")
        for asked in (first, third):
            workflow.identify(request=asked, actor=organizer, how="Llamada.", person=self.person)
        workflow.answer_privacy_request(request=first, actor=organizer, outcome="refused", answer="No procede: razones.")
        workflow.close_privacy_request(request=third, actor=organizer, reason="La retiró.")
        self.assertEqual(
            told(),
            [
                (["rosa@example.org"], f"[Acuerda] Request {first.key} is answered"),
                (["rosa@example.org"], f"[Acuerda] La solicitud {third.key} se cerró"),
            ],
        )
        self.assertNotIn("razones", mail.outbox[0].body)
        workflow.finish_privacy_request(request=first, actor=organizer)
        self.assertEqual(told(), [(["rosa@example.org"], f"[Acuerda] Request {first.key} is carried out")])
        for word in ("Rosa Muestra: your request", "cancellation: erase my data", "“refused, with its reasons”"):
            self.assertIn(word, mail.outbox[0].body)
        for private in ("Mi nombre.", "razones", "Llamada", self.edition.name_es):
            self.assertNotIn(private, mail.outbox[0].body)
        # What was erased meanwhile has nowhere to go.
        workflow.close_privacy_request(request=second, actor=organizer, reason="x")
        PrivacyRequest.objects.update(email="")
        self.assertEqual(told(), [])
        self.assertEqual(Message.objects.get(record_id=second.pk).state, "dropped")
        self.assertContains(self.sign_in("organizer").get("/en/workspace/mail/"), "whoever wrote")

    def test_nonsense_and_numbers_of_papers_are_refused_with_a_sentence(self) -> None:
        wrong: list[dict[str, Any]] = [
            *({**GIVEN, "text": text} for text in ("CURP GOMC800101HDFRRR09", "A-123456789", "x" * 3001, "pasaporte G12345678")),
            *({**GIVEN, name: "\x00"} for name in GIVEN),
            *({**GIVEN, "edition": value} for value in ("", "secreta", "9" * 400)),
            {},
            {**GIVEN, "kind": "x"},
            {**GIVEN, "email": "no"},
            {**GIVEN, "name": "x" * 400},
        ]
        for given in wrong:
            with self.subTest(given):
                answer = self.client.post(ASK, given)
                self.assertContains(answer, 'role="alert"', status_code=422)
        self.assertEqual(PrivacyRequest.objects.count(), 0)

    def test_who_organizes_another_forum_does_not_learn_of_it(self) -> None:
        asked = self.receive()
        for name, status in (("organizer", 200), ("administrator", 200), ("other_organizer", 404)):
            client = self.sign_in(name)
            with self.subTest(name):
                self.assertEqual(client.get(f"{DESK}{asked.key}/").status_code, status)
                self.assertEqual(asked.key in client.get(DESK).content.decode(), status == 200)

    def test_it_is_throttled(self) -> None:
        with patch("config.pages.follow.MOST_AN_HOUR", 2):
            self.assertEqual([self.client.post(ASK, GIVEN).status_code for _n in range(4)], [200, 200, 429, 429])

    def test_terms_are_working_days_and_are_extended_once(self) -> None:
        asked = self.receive()
        # Twenty working days after 29 January, without 2 February: 27 February.
        self.assertEqual((asked.received_on, asked.answer_due_on), (dt.date(2026, 1, 29), dt.date(2026, 2, 27)))
        organizer = self.user("organizer")
        workflow.extend_privacy_term(request=asked, actor=organizer, reason="Hay que buscar en papel.", at=RECEIVED)
        self.assertEqual(asked.answer_due_on, dt.date(2026, 3, 13))
        with self.assertRaisesMessage(StepRefused, "extended already"):
            workflow.extend_privacy_term(request=asked, actor=organizer, reason="Otra vez.")
        workflow.identify(request=asked, actor=organizer, how="Escribió desde su correo.", person=self.person)
        workflow.answer_privacy_request(request=asked, actor=organizer, outcome="granted", answer="Sí.", at=RECEIVED)
        # Fifteen working days: 20 February.
        self.assertEqual((asked.carry_out_due_on, asked.due_on), (dt.date(2026, 2, 20), dt.date(2026, 2, 20)))

    def test_from_the_request_to_the_erasure_in_the_workspace(self) -> None:
        asked = self.receive()
        client, page = self.sign_in("organizer"), f"{DESK}{asked.key}/"
        self.assertContains(client.get(DESK), asked.key)
        self.assertContains(client.get("/en/workspace/"), asked.key)
        self.assertContains(client.post(page, {"identity_how": "", "revision": 1}), "required", status_code=422)
        self.assertEqual(client.post(page, {"identity_how": "Llamada.", "participant": "LID-01", "revision": 1}).status_code, 302)
        self.assertEqual(client.post(page, {"outcome": "granted", "answer": "Se hará.", "revision": 2}).status_code, 302)
        asked.refresh_from_db()
        self.assertEqual((asked.status, asked.person), ("answered", self.person))
        erase = f"{DESK}people/{self.person.key}/"
        self.assertContains(client.get(page), erase)
        for wrong in (
            {"what": "erase", "reason": "ARCO"},
            {"what": "erase", "reason": "ARCO", "confirm": "p-x"},
            {"what": "x"},
            {},
        ):
            self.assertContains(client.post(erase, wrong), 'role="alert"', status_code=422)
        self.assertEqual(client.post(erase, {"what": "block", "reason": "ARCO", "revision": 1}).status_code, 302)
        self.assertContains(client.get("/en/workspace/participants/?edition=propia"), "data blocked")
        self.assertEqual(self.sign_in("organizer").get(erase).status_code, 404)
        admin = self.sign_in("administrator")
        done = admin.post(erase, {"what": "erase", "reason": "ARCO", "confirm": self.person.key, "revision": 2})
        self.assertContains(done, "Erased")
        self.assertEqual(admin.get(erase).status_code, 404)
        step = client.post(f"{page}finish/", {"step-finish-revision": 3})
        self.assertEqual(step.status_code, 302)
        asked.refresh_from_db()
        self.assertEqual((asked.status, asked.email, asked.text), ("done", "", ""))
        self.assertContains(client.get(page), "done")

    def test_who_takes_each_step(self) -> None:
        def may(action: str, asked: PrivacyRequest) -> set[str]:
            return self.who(lambda user: workflow.PRIVACY_REQUEST.refusal(asked, action, user) is None)

        asked = self.receive()
        for action in ("identify", "extend", "close"):
            self.assertEqual(may(action, asked), {"organizer", "administrator"}, action)
        for action in ("answer", "finish"):
            self.assertEqual(may(action, asked), set(), action)
        self.assertEqual(may("receive", asked), {"organizer", "administrator"})


class ConsentTests(World, TestCase):
    """Withdrawn by whom it concerns, and at once gone from every surface."""

    PAGES = (
        *("/en/participants/", "/es/participantes/", "/en/participants/participants.csv", "/en/forums/propia/"),
        *("/en/forums/propia.json", "/en/organizations/ORG-01/", "/en/search/?q=Rosa", "/en/search/?q=muestra&kind=participant"),
    )

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.proposal = make.proposal(cls.edition, status="submitted", proponents=[cls.organization])
        cls.proposal.speakers.set([cls.part])
        cls.agreement = make.agreement(cls.edition, status="signed")
        make.party(cls.agreement, cls.organization, representative=cls.part)
        make.table(cls.edition, moderator=cls.part)
        cls.part.save()

    @override_settings(PAGE_CACHE=True)
    def test_the_person_and_a_delegate_hide_it_everywhere_at_once(self) -> None:
        search.refresh(self.part)
        Person.objects.filter(pk=self.person.pk).update(user=self.accounts["nobody"])
        reader = self.client_class()
        folios = [f"/en/proposals/{self.proposal.folio}", f"/en/agreements/{self.agreement.folio}"]
        pages = [*self.PAGES, *(f"{folio}{ending}" for folio in folios for ending in ("/", ".json"))]
        button = "/en/workspace/privacy/mine/propia/LID-01/"

        def naming() -> set[str]:
            return {page for page in pages if "Rosa Muestra" in read(body(reader.get(page)).decode())}

        everywhere = naming()
        self.assertEqual(everywhere, set(pages))
        for name in ("delegate", "nobody"):
            page = self.sign_in(name).get("/en/workspace/privacy/mine/")
            self.assertContains(page, button)
            self.assertEqual(self.sign_in(name).post(button, {"consent": "withdraw"}).status_code, 302)
            self.assertEqual(naming(), set(), name)
            workflow.set_consent(participation=self.part, given=True, actor=self.user("organizer"), how="hoja")
            self.assertEqual(naming(), everywhere)
        consents = Consent.objects.filter(participation=self.part).order_by("pk")
        self.assertEqual(
            [(row.revoked_at is None, row.revoked_how != "") for row in consents], [(False, True), (False, True), (True, False)]
        )

    def test_who_may_give_and_who_may_take_back(self) -> None:
        def allowed(given: bool) -> set[str]:
            found = set()
            for name in self.accounts:
                part = Participation.objects.get(pk=self.part.pk)
                Participation.objects.filter(pk=part.pk).update(show_name=not given)
                Consent.objects.all().delete()
                try:
                    workflow.set_consent(participation=part, given=given, actor=self.user(name))
                except StepRefused:
                    continue
                found.add(name)
            return found

        Person.objects.filter(pk=self.person.pk).update(user=self.accounts["nobody"])
        self.assertEqual(allowed(False), {"organizer", "administrator", "nobody", "delegate"})
        self.assertEqual(allowed(True), {"organizer", "administrator", "nobody"})

    def test_nonsense(self) -> None:
        for name, key, status in (("delegate", "LID-99", 404), ("other_delegate", "LID-01", 404), ("nobody", "%00", 400)):
            self.assertEqual(self.sign_in(name).post(f"/en/workspace/privacy/mine/propia/{key}/").status_code, status)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.once
class ReadingTests(World, TestCase):
    def test_every_reading_and_taking_along_leaves_a_trace(self) -> None:
        client = self.sign_in("organizer")
        batch = run_import(
            "participants",
            name="x.csv",
            data=b"clave,nombre,papel\n,,\nL-9,X,observador\n",
            actor=self.accounts["organizer"],
            edition="propia",
        ).batch
        asked = self.receive()
        reads = {
            "/en/workspace/participants/?edition=propia": ("forum.edition", "see_participants"),
            "/en/workspace/forums/propia/participants/LID-01/": ("forum.participation", "see_contact_data"),
            "/en/workspace/imports/new/participants/export.csv": ("forum.edition", "export"),
            f"/en/workspace/imports/{batch.key}/file": ("core.importbatch", "see_import_file"),
            f"/en/workspace/imports/{batch.key}/errors.csv": ("core.importbatch", "see_import_rows"),
            f"{DESK}{asked.key}/": ("forum.privacyrequest", "see_contact_data"),
            "/en/workspace/forums/propia/registration/": ("forum.edition", "see_participants"),
            **{
                f"/en/workspace/forums/propia/{page}": ("forum.edition", "print_list")
                for page in ("registration/sheet/", "registration/badges/", "attendance.pdf", "badges.pdf")
            },
            "/en/workspace/accounts/": ("forum.user", "see_accounts"),
            "/en/workspace/mail/": ("forum.user", "see_accounts"),
            f"/admin/forum/person/{self.person.pk}/change/": ("forum.person", "see_contact_data"),
            "/admin/forum/person/": ("forum.user", "see_people"),
            "/admin/forum/participation/export/csv/": ("forum.edition", "export"),
        }
        for page, expected in reads.items():
            before = Event.objects.count()
            body(client.get(page))
            event = Event.objects.latest("pk")
            with self.subTest(page):
                self.assertEqual((Event.objects.count() - before, event.model, event.action), (1, *expected))
                self.assertEqual(event.actor_id, self.accounts["organizer"].pk)


class PurgeTests(World, TestCase):
    def test_each_rule_finds_what_is_old_and_leaves_what_is_not(self) -> None:
        now = timezone.now()
        long_ago = now - dt.timedelta(days=1000)
        organizer = self.accounts["organizer"]
        sheet = b"clave,nombre,papel,correo\nL-1,Ana,observador,ana@example.org\n"
        batches = [
            run_import("participants", name="x.csv", data=sheet, actor=organizer, edition="propia").batch for _n in range(2)
        ]
        ImportBatch.objects.filter(pk=batches[0].pk).update(finished_at=long_ago)
        old = make.person(name="Vieja", email="vieja@example.org", phone="1")
        closed = make.edition(stage="closed", starts_on=long_ago.date(), ends_on=long_ago.date())
        make.participation(closed, person=old)
        busy = make.person(name="Activa", email="activa@example.org")
        make.participation(closed, person=busy)
        make.participation(self.edition, person=busy)
        ended, fresh = self.receive(), self.receive()
        PrivacyRequest.objects.filter(pk=ended.pk).update(ended_on=long_ago.date(), status="done")
        gone = make.person(name="Bloqueada")
        make.participation(self.edition, person=gone)
        Person.objects.filter(pk=gone.pk).update(blocked_at=long_ago)
        Session.objects.create(session_key="a" * 32, session_data="x", expire_date=long_ago)
        Session.objects.create(session_key="b" * 32, session_data="x", expire_date=now + dt.timedelta(days=1))
        for email, at in (("a@example.org", long_ago), ("b@example.org", now)):
            Subscription.objects.create(email=email, model="forum.agency", record_id=1, record_key="x", created_at=at)
        message = make.message(self.part, "x", organizer, state="sent", sent_at=now)
        type(message).objects.filter(pk=message.pk).update(created_at=long_ago, next_at=long_ago)
        make.message(self.part, "y", organizer, state="sent", sent_at=now)
        expected = {"sessions": 1, "mails": 1, "followers": 1, "imports": 1, "contacts": 1, "requests": 1, "blocked": 1}

        out = io.StringIO()
        call_command("purge", "--dry-run", stdout=out)
        self.assertEqual({line.split()[0]: int(line.split()[1]) for line in out.getvalue().splitlines()[:-1]}, expected)
        self.assertEqual((Purge.objects.count(), Session.objects.count()), (0, 2))
        found = {each.rule.code: each.number for each in retention.purge()}
        self.assertEqual(found, expected)

        self.assertEqual([each.number for each in retention.purge()], [0] * len(expected))
        self.assertEqual(dict(Purge.objects.values_list("rule", "number")), expected)
        purges = Event.objects.filter(action="purge")
        self.assertEqual({event.reason for event in purges}, set(expected))
        for person in (old, busy, gone):
            person.refresh_from_db()
        self.assertEqual((old.name, old.email, old.phone, busy.email), ("Vieja", "", "", "activa@example.org"))
        self.assertIsNotNone(gone.suppressed_on)
        values = [ImportRow.objects.get(batch=batch).values for batch in batches]
        self.assertEqual((values[0], values[1]["correo"]), ({}, "ana@example.org"))
        for row in (ended, fresh):
            row.refresh_from_db()
        self.assertEqual((ended.email, ended.kind, fresh.email), ("", "cancellation", "rosa@example.org"))
