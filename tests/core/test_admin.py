"""The admin: who enters, what they find, and that everything they write goes through the doors."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.events import events_of
from core.models import LedgerEntry
from forum import models as forum
from proposals import models as asked
from tests import factories as make
from tests.core.admin_world import AdminWorld, address
from tests.personas import PERSONAS

ADMINS = {"organizer", "other_organizer", "administrator"}


#: Found by everybody who enters; the others only by those who work on the edition.
SHARED = {forum.Area, forum.Organization, forum.Agency, asked.Antecedent, asked.Recommendation, LedgerEntry}
OURS = {"core", "forum", "proposals", "agreements"}


@pytest.mark.once
class EntranceTests(AdminWorld, TestCase):
    def setUp(self):
        self.clients = {name: super(EntranceTests, self).sign_in(name) for name in PERSONAS}

    def sign_in(self, name):
        return self.clients[name]

    def registered(self):
        return {model for model in admin.site._registry if model._meta.app_label in OURS}

    def test_every_model_is_tried_here(self):
        self.assertEqual(self.registered(), set(self.builders()))

    def test_internal_positions_are_nowhere(self):
        self.assertNotIn(asked.InternalPosition, admin.site._registry)

    def test_who_enters(self):
        page = reverse("admin:index")
        self.assertEqual(self.who_gets(200, page), ADMINS)
        self.assertEqual(self.who_gets(302, page), set(PERSONAS) - ADMINS)

    def test_lists_and_pages(self):
        for model, build in self.builders().items():
            record = build()
            list_page, page = address(model), address(model, "change", record.pk)
            found = {"administrator"} if model is forum.User else ADMINS if model in SHARED else {"organizer", "administrator"}
            with self.subTest(model._meta.label):
                answers = {name: answer.status_code for name, answer in self.answers(page).items()}
                self.assertEqual({name for name, status in answers.items() if status == 200}, found)
                self.assertEqual({name for name, status in answers.items() if status == 302}, set(PERSONAS) - ADMINS)
                self.assertEqual(self.who_gets(200, list_page), {"administrator"} if model is forum.User else ADMINS)
                history = address(model, "history", record.pk)
                self.assertEqual(self.who_gets(200, history), found)

    def test_another_editions_draft_is_like_none(self):
        client = self.sign_in("organizer")
        hidden = make.proposal(self.other_edition)
        for pk in (hidden.pk, 10**9, "x"):
            for page in ("change", "history"):
                self.assertEqual(client.get(address(asked.Proposal, page, pk)).status_code, 404)
            self.assertEqual(client.post(address(asked.Proposal, "step", pk, "submit")).status_code, 404)
        self.assertNotContains(client.get(address(asked.Proposal)), hidden.folio)

    def test_drafts_of_opinions_are_not_here(self):
        draft = make.opinion(self.referral(), status="draft", reasons="canario")
        for name in ("organizer", "administrator"):
            client = self.sign_in(name)
            self.assertEqual(client.get(address(asked.Opinion, "change", draft.pk)).status_code, 404)
            self.assertNotContains(client.get(address(asked.Opinion)), draft.folio)

    def test_nothing_is_deleted(self):
        client = self.sign_in("administrator")
        for model, build in self.builders().items():
            record = build()
            with self.subTest(model._meta.label):
                self.assertEqual(client.post(address(model, "delete", record.pk), {"post": "yes"}).status_code, 403)
                data = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
                client.post(address(model), data)
                self.assertTrue(model.objects.filter(pk=record.pk).exists())

    def test_an_address_does_not_guess_hidden_columns(self):
        client = self.sign_in("organizer")
        person = make.participation(self.edition, person=make.person(email="canario@example.org")).person
        for model, lookup in (
            (forum.Person, "email__startswith=c"),
            (forum.Participation, "person__email__startswith=c"),
            (asked.Opinion, "on_behalf_witness__contains=a"),
            (asked.Proposal, "created_by__email=x"),
        ):
            with self.subTest(lookup):
                self.assertEqual(client.get(f"{address(model)}?{lookup}").status_code, 400)
        self.assertTrue(person.pk)

    def test_search_is_folded(self):
        client = self.sign_in("organizer")
        found = self.proposal("submitted", title_es="Migración de las ÑANDÚ")
        other = self.proposal("submitted", title_es="Otra cosa")
        for query in ("migracion", "ñandu MIGRACIÓN", found.folio.lower()):
            with self.subTest(query):
                page = client.get(address(asked.Proposal), {"q": query})
                self.assertContains(page, "ÑANDÚ")
                self.assertNotContains(page, other.title_es)
        for query in ("\x00", "%", "x" * 5000):
            self.assertIn(client.get(address(asked.Proposal), {"q": query}).status_code, (200, 400))

    def test_choices_are_of_the_own_editions(self):
        hidden = make.proposal(self.other_edition, title_es="canario ajeno")
        own = self.proposal("submitted", title_es="canario propio")
        data = {"app_label": "agreements", "model_name": "agreement", "field_name": "proposals", "term": "canario"}
        answer = self.sign_in("organizer").get(reverse("admin:autocomplete"), data)
        self.assertEqual([row["id"] for row in answer.json()["results"]], [str(own.pk)])
        page = self.sign_in("organizer").get(address(asked.Proposal, "add"))
        self.assertNotContains(page, self.other_edition.name_es)
        self.assertTrue(hidden.pk)

    def test_contact_data_leaves_a_trace(self):
        person = make.participation(self.edition).person
        self.sign_in("organizer").get(address(person, "change", person.pk))
        event = events_of(person).get()
        self.assertEqual((event.action, event.actor, event.origin), ("see_contact_data", self.user("organizer"), "admin"))

    def test_no_inline_style_or_script(self):
        client = self.sign_in("administrator")
        pages = [reverse("admin:index"), address(asked.Proposal), address(asked.Proposal, "change", self.proposal().pk)]
        for page in pages:
            text = client.get(page).content.decode()
            self.assertEqual(re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>|<style|\sstyle=|\son\w+=", text), [])


@pytest.mark.once
class QueryTests(AdminWorld, TestCase):
    def test_lists_ask_no_more_for_thirty_rows(self):
        for model, build in self.builders().items():
            if model in (forum.Edition, forum.Area):
                continue
            client = self.sign_in("organizer" if model is not forum.User else "administrator")
            build()
            counts = []
            for more in (0, 29):
                for _ in range(more):
                    build()
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    self.assertEqual(client.get(address(model)).status_code, 200)
                counts.append(len(queries))
            with self.subTest(model._meta.label):
                self.assertEqual(counts[0], counts[1])
