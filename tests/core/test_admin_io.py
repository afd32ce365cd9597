"""Import and export on the list pages of the admin: a dry run first, and only what the person may."""

import csv
import io
from unittest import mock

import pytest
from django.contrib import admin
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils.translation import override

from core.imports.jobs import work_off
from core.imports.pending import PENDING
from core.imports.registry import kinds
from core.models import Event, ImportBatch
from forum.models import Organization
from tests import factories as make
from tests.personas import PersonaWorld

pytestmark = pytest.mark.once

FILE = "clave,nombre,tipo,ciudad\nA-1,Uno,club,'=1+1\nA-2,<b>Dos</b>,nada,\n"
STAFF = {"organizer", "other_organizer", "administrator"}


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class AdminIoTests(PersonaWorld, TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        self.import_address = address(Organization, "import")
        self.client = self.sign_in("organizer")

    def sign_in(self, name):
        client = super().sign_in(name)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    def upload(self, text=FILE, client=None, name="x.csv", **more):
        file = SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
        return (client or self.client).post(self.import_address, {"file": file, **more})

    def pending(self):
        return set(default_storage.listdir(PENDING)[1]) if default_storage.exists(PENDING) else set()

    def test_the_buttons_stand_on_every_list_that_has_a_kind(self):
        client = self.sign_in("administrator")
        for kind, resource in kinds().items():
            model = resource._meta.model
            if not admin.site.is_registered(model):
                self.assertEqual(kind, "mirrors")  # they stand on the page of their organization
                continue
            page = client.get(address(model, "changelist"))
            with self.subTest(kind):
                self.assertContains(page, address(model, "import"))
                self.assertContains(page, address(model, "export", "csv"))
                self.assertEqual(client.get(address(model, "import")).status_code, 200)
                for form in ("csv", "xlsx", "json"):
                    self.assertEqual(client.get(address(model, "export", form)).status_code, 200)

    def test_who_gets_in(self):
        for page in ("import", "export"):
            args = ["csv"] if page == "export" else []
            with self.subTest(page):
                self.assertEqual(self.who_gets(200, address(Organization, page, *args)), STAFF)

    def test_the_dry_run_writes_nothing_and_shows_what_would_happen(self):
        page = self.upload()
        self.assertContains(page, "1 new, 0 changed, 0 the same, 1 refused")
        self.assertContains(page, "“nada” is not known here.")
        self.assertNotContains(page, "<b>Dos</b>")
        self.assertFalse(Organization.objects.filter(key="A-1").exists() or ImportBatch.objects.exists())

    def test_the_confirmed_file_goes_in(self):
        before = self.pending()
        token = self.upload().context["token"]
        self.assertEqual(len(self.pending() - before), 1)
        page = self.client.post(self.import_address, {"token": token})
        self.assertContains(page, "1 new, 0 changed, 0 the same, 1 refused")
        self.assertEqual(self.pending(), before)
        organization = Organization.objects.get(key="A-1")
        self.assertEqual(organization.city, "=1+1")
        self.assertTrue(self.edition.organizations.filter(pk=organization.pk).exists())
        event = Event.objects.get(model="forum.organization", record_id=organization.pk, action="create")
        self.assertEqual((event.origin, event.actor), ("import", self.accounts["organizer"]))
        batch = ImportBatch.objects.get()
        self.assertEqual((batch.origin, batch.actor, batch.file_name), ("admin", self.accounts["organizer"], "x.csv"))

    def test_the_report_is_for_the_importer_and_administrators(self):
        token = self.upload().context["token"]
        self.client.post(self.import_address, {"token": token})
        report = address(Organization, "report", ImportBatch.objects.get().key)
        self.assertEqual(self.who_gets(200, report), {"organizer", "administrator"})
        rows = list(csv.reader(io.StringIO(self.client.get(report).content.decode("utf-8-sig"))))
        self.assertEqual([row[0] for row in rows], ["clave", "A-2"])
        self.assertEqual(self.client.get(address(Organization, "report", "none")).status_code, 404)

    def test_a_token_serves_its_owner_once(self):
        token = self.upload().context["token"]
        for client in (self.sign_in("other_organizer"), self.sign_in("administrator")):
            client.post(self.import_address, {"token": token})
        self.client.post(self.import_address, {"token": token + "x"})
        self.client.post(self.import_address, {"token": ""})
        self.assertFalse(ImportBatch.objects.exists())
        self.client.post(self.import_address, {"token": token})
        again = self.client.post(self.import_address, {"token": token}, follow=True)
        self.assertContains(again, "The file is no longer there: choose it again.")
        self.assertEqual(ImportBatch.objects.count(), 1)

    def test_a_token_of_another_kind_is_refused(self):
        token = self.upload().context["token"]
        self.client.post(address(kinds()["antecedents"]._meta.model, "import"), {"token": token})
        self.assertFalse(ImportBatch.objects.exists())

    def test_nonsense_is_answered_with_a_sentence(self):
        for data in (b"", b"\x00\x01", b"PK\x03\x04", b'a,b\n"x', b"uno\n1\n"):
            with self.subTest(data):
                self.assertEqual(self.upload(data).status_code, 422)
        self.assertEqual(self.client.post(self.import_address, {}).status_code, 422)
        self.assertEqual(self.upload(edition="ajena").status_code, 422)
        self.assertEqual(self.client.get(address(Organization, "export", "exe")).status_code, 404)

    def test_the_edition_is_one_of_the_own(self):
        client = self.sign_in("administrator")
        page = client.get(self.import_address)
        self.assertContains(page, '<option value="ajena">')
        self.assertNotContains(self.client.get(self.import_address), '<option value="ajena">')
        token = self.upload(client=client, edition="ajena").context["token"]
        client.post(self.import_address, {"token": token})
        self.assertTrue(self.other_edition.organizations.filter(key="A-1").exists())

    def test_all_or_nothing(self):
        token = self.upload(all_or_nothing="on").context["token"]
        self.client.post(self.import_address, {"token": token})
        self.assertFalse(Organization.objects.filter(key="A-1").exists())

    def test_a_long_file_goes_into_the_queue(self):
        """Tried as far as a page may take; the import itself is carried out behind it, and its page says how far it is."""
        text = "clave,nombre,tipo\n" + "".join(f"L-{n},Casa {n},club\n" for n in range(6))
        with mock.patch("core.admin_io.SMALL", 4):
            page = self.upload(text)
            self.assertContains(page, "4 new, 0 changed, 0 the same, 0 refused")
            self.assertContains(page, "Only the first 4 of 6 rows were tried.")
            answer = self.client.post(self.import_address, {"token": page.context["token"]})
        batch = ImportBatch.objects.get()
        self.assertRedirects(answer, reverse("workspace:import", args=[batch.key]))
        self.assertEqual((batch.state, batch.total, batch.rows, batch.origin), ("queued", 6, 0, "admin"))
        work_off()
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.created), ("done", 6))
        self.assertContains(self.client.get(self.import_address), reverse("workspace:import_new", args=["organizations"]))

    def test_the_export_is_the_list_as_it_is_filtered(self):
        make.organization(key="B-1", kind="network", name="Red")
        data = self.client.get(address(Organization, "export", "csv") + "?kind__exact=network").content.decode("utf-8-sig")
        self.assertEqual([row[0] for row in csv.reader(io.StringIO(data))][1:], ["B-1"])

    def test_what_can_be_downloaded_is_an_attachment(self):
        answer = self.client.get(address(Organization, "export", "xlsx"))
        self.assertEqual(answer["Content-Disposition"], 'attachment; filename="organizations.xlsx"')
        self.assertIn("no-store", answer["Cache-Control"])
