"""The file of the own data: all that is held about one person, nothing about others, and a trace that it was taken along."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import override

from agreements.models import Remark
from core import own_data, privacy
from core.models import Event, MailSettings, Subscription
from core.own_data import Reader
from forum import workflow
from forum.models import Consent, Invitation, Person
from forum.own_data import subject_of
from proposals.models import InternalPosition
from tests import factories as make
from tests.personas import PersonaWorld
from tests.signing_in import just_signed_in

MINE = "/en/workspace/privacy/mine/data.json"
DESK = "/en/workspace/privacy/"


class World(PersonaWorld, TestCase):
    """The official of IFE has a part of its own, and so has somebody else, with a text like it in every place."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.mine, cls.theirs = cls.accounts["official"], cls.accounts["other_official"]
        for user, name, body in ((cls.mine, "mia", cls.agency), (cls.theirs, "ajena", cls.other_agency)):
            user.name = f"Cuenta {name}"
            user.save()
            person = make.person(name=f"Persona {name}", email=f"{name}@example.net", phone=f"+52 {name}", user=user)
            key = f"L-{name}"
            part = make.participation(cls.edition, key=key, consent=True, person=person, agency=body, post=f"Puesto {name}")
            Consent.objects.filter(participation=part).update(how=f"Hoja {name}")
            cls.write(user, name, body, part)
        cls.person, cls.part = Person.objects.get(user=cls.mine), cls.edition.participations.get(key="L-mia")

    @classmethod
    def write(cls, user: Any, name: str, body: Any, part: Any) -> None:
        proposal = make.proposal(cls.edition, status="in_review")
        referral = make.referral(proposal, body)
        referral.liaisons.add(user)
        InternalPosition.objects.create(
            referral=referral, author=user, verdict="feasible", text=f"Postura {name}", at=timezone.now()
        )
        meeting = make.meeting(cls.edition)
        make.invite(meeting, body, participation=part)
        minutes = make.minutes(meeting)
        Remark.objects.create(
            minutes=minutes, author=user, acting_label="official", text=f"Observación {name}", at=timezone.now()
        )
        for record, action in ((part, "see_contact_data"), (user, "sign_in")):
            Event.objects.create(
                at=timezone.now(),
                actor=user if action == "sign_in" else cls.accounts["organizer"],
                actor_label="organizer: propia",
                model=record._meta.label_lower,
                record_id=record.pk,
                record_key=record.key,
                action=action,
                reason=f"Razón {name}",
            )
        when = timezone.now()
        Subscription.objects.create(
            email=user.email, model="forum.agency", record_id=make.number(), record_key=f"SIGUE-{name}", confirmed_at=when
        )
        Invitation.objects.create(
            user=user, kind="official", agency=body, post=f"Cargo {name}", invited_by=cls.accounts["organizer"], expires_at=when
        )

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def file(self, client: Any, address: str) -> tuple[str, dict[str, Any]]:
        response = client.get(address)
        self.assertEqual(response.status_code, 200)
        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn("no-store", response["Cache-Control"])
        text = b"".join(response.streaming_content).decode()
        return text, json.loads(text)


def rows(told: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for group in told["records"] if group["kind"] == kind for row in group["rows"]]


class OwnTests(World):
    def test_all_that_is_mine_and_nothing_of_others(self) -> None:
        text, told = self.file(self.sign_in("official"), MINE)
        for mine in (
            *("Cuenta mia", "Persona mia", "mia@example.net", "+52 mia", "L-mia", "Puesto mia", "Hoja mia", "Postura mia"),
            *("Observación mia", "SIGUE-mia", "Cargo mia", "Razón mia", "official@example.org"),
        ):
            self.assertIn(mine, text)
        for other in ("ajena", "other.official", "organizer@example.org", "other_official", self.theirs.key):
            self.assertNotIn(other, text.replace("Secretaría ajena", ""))
        self.assertNotIn("password", text.replace("set_password", ""))
        self.assertEqual(told["for"], self.mine.key)
        self.assertEqual(told["kinds_left_out"], [])
        self.assertEqual([row["kind"] for row in rows(told, "forum.role")], ["official"])
        self.assertEqual(rows(told, "forum.participation")[0]["edition"], "propia")
        handled = [(each["action"], each["by"]) for each in told["what_was_done_with_them"]]
        self.assertIn(("see_contact_data", "organizer: propia"), handled)
        event = Event.objects.latest("pk")
        self.assertEqual((event.action, event.record_id, event.model), ("export", self.person.pk, "forum.person"))
        self.assertEqual(event.actor_id, self.mine.pk)

    def test_what_opens_something_stays_here(self) -> None:
        client = self.sign_in("official")
        settings = MailSettings.objects.create(user=self.mine, calendar_key="calendario-secreto")
        text, _told = self.file(client, MINE)
        self.assertNotIn(settings.calendar_key, text)
        self.assertNotIn(client.session.session_key, text)

    def test_an_account_without_a_part_and_in_spanish(self) -> None:
        client = self.sign_in("nobody")
        _text, told = self.file(client, translate_url(MINE, "es"))
        self.assertEqual(told["records"][0]["columns"]["name"]["label"], "Nombre")
        self.assertEqual({group["kind"] for group in told["records"]}, {"forum.user", "core.event"})
        self.assertEqual(Event.objects.latest("pk").model, "forum.user")

    def test_whoever_signed_in_long_ago_shows_it_again(self) -> None:
        client = just_signed_in(self.client_class(), self.mine, ago=100_000)
        self.assertEqual(client.get(MINE).status_code, 302)
        self.assertFalse(Event.objects.filter(action="export").exists())

    def test_texts_of_a_record_that_may_not_be_read_any_longer_stay_behind(self) -> None:
        self.mine.role_rows.all().delete()
        text, told = self.file(self.sign_in("official"), MINE)
        self.assertNotIn("Postura mia", text)
        self.assertEqual(len(rows(told, "proposals.internalposition")), 1)

    def test_as_many_queries_with_many_rows_as_with_one(self) -> None:
        client = self.sign_in("official")
        counts = []
        for _n in range(2):
            with CaptureQueriesContext(connection) as queries:
                self.file(client, MINE)
            counts.append(len(queries))
            for number in range(15):
                self.write(self.mine, f"mia {number}", self.agency, self.part)
        self.assertEqual(counts[0], counts[1])

    def test_it_says_where_there_is_more(self) -> None:
        self.enterContext(patch.object(own_data, "MOST_ROWS", 1))
        self.write(self.mine, "mia otra", self.agency, self.part)
        _text, told = self.file(self.sign_in("official"), MINE)
        found = {group["kind"]: (len(group["rows"]), group["there_are_more"]) for group in told["records"]}
        self.assertEqual((found["agreements.remark"], found["forum.user"]), ((1, True), (1, False)))


class DeskTests(World):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        given = {"kind": "access", "name": "Persona mia", "email": "mia@example.net"}
        cls.asked = workflow.receive_privacy_request(edition=cls.edition, values=given)

    def identify(self) -> None:
        workflow.identify(request=self.asked, actor=self.user("organizer"), how="Llamada.", person=self.person)

    def test_the_desk_hands_out_what_it_may_read(self) -> None:
        self.identify()
        page, address = f"{DESK}{self.asked.key}/", f"{DESK}{self.asked.key}/data.json"
        client = self.sign_in("organizer")
        self.assertContains(client.get(page), address)
        before = Event.objects.count()
        text, told = self.file(client, address)
        for mine in ("Persona mia", "mia@example.net", "Puesto mia", "Hoja mia", "Cargo mia", self.asked.key):
            self.assertIn(mine, text)
        # Positions within a body, what somebody follows, sessions: the table does not grant them to organizers.
        for hidden in ("Postura mia", "SIGUE-mia", "Observación mia", "Razón mia", "ajena"):
            self.assertNotIn(hidden, text.replace("Secretaría ajena", ""))
        with self.subTest("what is left out is named"):
            self.assertEqual(
                told["kinds_left_out"],
                ["Events", "Internal positions", "Mail settings", "Second factors", "Sessions", "Subscriptions by mail"],
            )
        event = Event.objects.latest("pk")
        self.assertEqual((Event.objects.count() - before, event.action, event.record_id), (1, "export", self.person.pk))
        self.assertEqual(event.actor_id, self.accounts["organizer"].pk)

    def test_only_once_it_is_known_who_asks_and_for_those_who_answer_for_all_forums(self) -> None:
        address = f"{DESK}{self.asked.key}/data.json"

        def status(name: str) -> int:
            return self.sign_in(name).get(address).status_code

        self.assertEqual(
            {name: status(name) for name in ("organizer", "administrator")}, dict.fromkeys(("organizer", "administrator"), 404)
        )
        self.identify()
        expected = {
            "organizer": 200,
            "administrator": 200,
            "other_organizer": 404,
            "official": 404,
            "delegate": 404,
            "nobody": 404,
        }
        self.assertEqual({name: status(name) for name in expected}, expected)
        make.participation(self.other_edition, key="L-otra", person=self.person)
        self.assertEqual((status("organizer"), status("administrator")), (404, 200))
        self.assertNotContains(self.sign_in("organizer").get(f"{DESK}{self.asked.key}/"), "data.json")
        workflow.erase_person(person=self.person, actor=self.user("administrator"))
        self.assertEqual(status("administrator"), 404)


@pytest.mark.once
class TableTests(World):
    def test_every_column_that_names_somebody_is_followed(self) -> None:
        """Whoever adds a relation to a person says whether its rows are about that person or written by that person."""
        links = {"forum.person.user", "forum.participation.person"}
        # Kept for the application alone, and an empty table.
        without = {"core.receipt.user", "admin.logentry.user"}
        self.assertEqual(set(privacy.untied()), links | without)
        self.assertEqual(
            {kind for tie in privacy.ties() for kind in [tie.model] if tie.column == "pk"},
            set(subject_of(self.person, self.mine).ids),
        )


class WordsTests(TestCase):
    def test_kinds_and_columns_have_words_in_both_languages(self) -> None:
        reader = Reader(None, frozenset(privacy.Audience), is_subject=True)
        told = {}
        for language in ("es", "en"):
            with override(language):
                told[language] = {
                    (tie.model, name): words
                    for tie in privacy.ties()
                    for name, words in [
                        ("", own_data.words_of(tie)),
                        *((field.name, own_data.label_of(field)) for field in own_data.columns_of(tie, reader)),
                    ]
                }
        self.assertEqual([place for place, words in told["es"].items() if words == told["en"][place]], [])
