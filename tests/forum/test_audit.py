"""The audit page: what is asked is found, by whom, about whom; refused attempts stand in it; reading it leaves a trace."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from core.events import record_read
from core.models import Event, ImportBatch, ImportRow
from forum import workflow
from forum.models import PrivacyRequest
from tests import factories as make
from tests.personas import PersonaWorld

AT = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)


class AuditCase(PersonaWorld, TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.part = make.participation(cls.edition, key="LID-01", person=make.person(user=cls.accounts["delegate"]))
        cls.other = make.participation(cls.other_edition, key="LID-09")
        Event.objects.bulk_create(
            Event(
                at=AT + dt.timedelta(days=day),
                actor=cls.accounts[who],
                actor_label="organizer: propia",
                model=record._meta.label_lower,
                record_id=record.pk,
                record_key=record.public_key,
                action=action,
                reason=reason,
                origin=origin,
            )
            for day, who, record, action, reason, origin in (
                (0, "organizer", cls.part, "see_contact_data", "uno", "page"),
                (1, "other_organizer", cls.part.person, "edit", "dos", "admin"),
                (2, "organizer", cls.edition, "export", "tres", "page"),
                (3, "organizer", cls.other, "see_contact_data", "cuatro", "page"),
                (4, "official", cls.accounts["delegate"], "add_role", "cinco", "command"),
                (5, "organizer", cls.other_edition, "export", "=seis", "import"),
            )
        )

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))
        self.client = self.sign_in("administrator")
        self.page = reverse("workspace:audit")

    def reasons(self, **asked: Any) -> list[str]:
        return [row["event"].reason for row in self.client.get(self.page, asked).context["rows"]]


@pytest.mark.once
class FoundTests(AuditCase):
    def test_what_is_asked_is_found_and_nothing_else(self) -> None:
        everything = ["=seis", "cinco", "cuatro", "tres", "dos", "uno"]
        self.assertEqual(self.reasons(), everything)
        for asked, expected in (
            ({"who": "organizer@example.org"}, ["=seis", "cuatro", "tres", "uno"]),
            ({"who": self.accounts["official"].key}, ["cinco"]),
            ({"record": "LID-01"}, ["uno"]),
            ({"action": "export"}, ["=seis", "tres"]),
            ({"kind": "forum.participation"}, ["cuatro", "uno"]),
            ({"origin": "admin"}, ["dos"]),
            ({"since": "2026-03-04"}, ["=seis", "cinco", "cuatro", "tres"]),
            ({"since": "03/03/2026", "until": "2026-03-04"}, ["tres", "dos"]),
            ({"who": "organizer@example.org", "action": "see_contact_data", "until": "2026-03-03"}, ["uno"]),
            ({"who": "nobody.there@example.org"}, everything),
            ({"since": "yesterday", "action": "x", "after": "x", "person": "x", "record": "\x01"}, everything),
        ):
            with self.subTest(asked):
                self.assertEqual(self.reasons(**asked), expected)

    def test_who_saw_my_data(self) -> None:
        """By the key of the person, of a part, or of the account: their events, and the files of their editions."""
        for key in (self.part.person.key, "LID-01", self.accounts["delegate"].key):
            with self.subTest(key):
                self.assertEqual([reason for reason in self.reasons(person=key) if reason], ["cinco", "tres", "dos", "uno"])
        self.lists_that_held_the_person()
        read = Event.objects.filter(action="read_audit")
        self.assertEqual(
            {(event.model, event.record_id, event.actor) for event in read},
            {("forum.person", self.part.person.pk, self.user("administrator"))},
        )
        self.assertEqual(read.count(), 4)

    def lists_that_held_the_person(self) -> None:
        """Rolls, papers, requests, imported lists and lists of everybody that were read or taken along; not those of others."""
        reader, ours, theirs = self.user("organizer"), [], []
        for edition, part, kept in ((self.edition, self.part, ours), (self.other_edition, self.other, theirs)):
            meeting = make.meeting(edition)
            make.invite(meeting, make.organization(), participation=part)
            asked = workflow.receive_privacy_request(
                edition=edition, values={"kind": "access", "name": "x", "email": "x@example.org"}
            )
            PrivacyRequest.objects.filter(pk=asked.pk).update(person=part.person)
            batch = ImportBatch.objects.create(kind="participants", file_name="x", at=AT)
            ImportRow.objects.create(batch=batch, number=1, outcome="created", record_id=part.pk)
            kept += [
                (edition, "see_participants"),
                (meeting, "print_list"),
                (asked, "see_contact_data"),
                (batch, "see_import_file"),
            ]
        everybody = [(reader, "see_people"), (reader, "see_accounts")]
        before = Event.objects.latest("pk").pk
        for record, action in (*ours, *theirs, *everybody):
            record_read(record, action, reader)
        rows = self.client.get(self.page, {"person": "LID-01"}).context["rows"]
        found = {(row["event"].model, row["event"].record_id, row["event"].action) for row in rows if row["event"].pk > before}
        expected = {(record._meta.label_lower, record.pk, action) for record, action in (*ours, *everybody)}
        self.assertEqual(found - {("forum.person", self.part.person.pk, "read_audit")}, expected)

    def test_the_file_is_the_list_guarded_and_leaves_a_trace(self) -> None:
        answer = self.client.get(reverse("workspace:audit_csv"), {"action": "export"})
        rows = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
        self.assertEqual([(row[4], row[8]) for row in rows[1:]], [("export", ""), ("export", "'=seis"), ("export", "tres")])
        self.assertEqual(rows[1][2], self.accounts["administrator"].key)
        self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_refused_attempts_stand_in_it_without_what_was_sent(self) -> None:
        client = self.sign_in("official")
        client.raise_request_exception = False
        client.post(reverse("workspace:edition_edit", args=["propia"]), {"name_es": "canario"})
        client.get(reverse("workspace:edition", args=["secreta"]) + "?canario=1")
        self.sign_in("anonymous").get(self.page)
        rows = Event.objects.filter(model="page").order_by("id").values_list("action", "record_key", "actor__email", "changes")
        self.assertEqual(
            list(rows),
            [
                ("denied", "workspace:edition_edit propia", "official@example.org", {"method": [None, "POST"]}),
                ("not_found", "workspace:edition secreta", "official@example.org", {"method": [None, "GET"]}),
            ],
        )
        self.assertNotIn("canario", str(list(Event.objects.values())))
        for _n in range(40):
            client.get(reverse("workspace:edition", args=["secreta"]))
        self.assertLessEqual(Event.objects.filter(model="page").count(), 62, "nobody fills the table")
        self.assertContains(self.client.get(self.page, {"kind": "page"}), "refused: not theirs".capitalize())


class CostTests(AuditCase):
    """On both databases: the planner is asked, not the clock."""

    def test_as_many_queries_with_a_page_of_rows_as_with_one(self) -> None:
        actors = [make.user(official=self.agency) for _n in range(24)]
        Event.objects.bulk_create(
            Event(at=AT, actor=who, model="forum.agency", record_id=who.pk, record_key="MANY", action="edit") for who in actors
        )
        counts = []
        for record in ("LID-01", "MANY"):
            with CaptureQueriesContext(connection) as queries:
                self.client.get(self.page, {"record": record})
            counts.append(len(queries))
        self.assertEqual(counts[0], counts[1])

    def test_each_question_has_its_index(self) -> None:
        """Without one, a page in a table of millions would read it all."""
        if connection.vendor != "sqlite":
            self.skipTest("PostgreSQL reads a small table whole, and is right")
        for asked in (
            {},
            {"who": "organizer@example.org"},
            {"action": "export"},
            {"kind": "forum.agency"},
            {"record": "LID-01"},
            {"since": "2026-03-03"},
        ):
            with CaptureQueriesContext(connection) as queries:
                self.client.get(self.page, asked)
            sql = next(
                each["sql"]
                for each in queries
                if '"core_event"' in each["sql"] and "ORDER BY" in each["sql"] and "LIMIT 26" in each["sql"]
            )
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = " ".join(str(row[-1]) for row in cursor.fetchall())
            with self.subTest(asked):
                self.assertIn("INDEX event_", plan)
                self.assertNotIn("TEMP B-TREE", plan)
