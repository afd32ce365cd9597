"""Files in an S3-compatible store: kept for the application alone, read through the view that asks for rights, never by a link."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils.translation import override

from config.environment import file_store
from core import checks
from core.imports.pending import put_by, sweep, take_back
from core.object_storage import StoreUnavailable
from tests.chain import ChainWorld
from tests.core.store import Store


@pytest.mark.once
class AddressTests(SimpleTestCase):
    def test_an_address_is_read_and_a_wrong_one_is_refused(self) -> None:
        self.assertEqual(file_store(""), {"BACKEND": "django.core.files.storage.FileSystemStorage"})
        given = file_store("s3://AK:a%2Fb%40c@store.example.org:9000/acuerda/files/2026?region=us-west-1")
        options = {"bucket_name": "acuerda", "location": "files/2026", "access_key": "AK", "secret_key": "a/b@c"}
        options |= {"region_name": "us-west-1", "endpoint_url": "https://store.example.org:9000"}
        self.assertEqual(given, {"BACKEND": "core.object_storage.PrivateStore", "OPTIONS": options})
        bare = file_store("s3:///acuerda")["OPTIONS"]
        self.assertEqual({value for name, value in bare.items() if name not in ("bucket_name", "location")}, {None})
        for wrong in ("x", "https://store.example.org/acuerda", "s3://store.example.org", "s3://store.example.org/", "s3://"):
            with self.subTest(wrong), self.assertRaisesMessage(ImproperlyConfigured, "write it like s3://key:secret@host/bucket"):
                file_store(wrong)

    def test_a_store_that_is_read_on_the_way_stops_the_start(self) -> None:
        for address, expected in (
            ("s3://a:b@store.example.org/x?tls=0", 1),
            ("s3://a:b@store.example.org/x", 0),
            ("s3://x@127.0.0.1/x?tls=0", 0),
        ):
            with self.subTest(address), override_settings(STORAGES={**settings.STORAGES, "default": file_store(address)}):
                self.assertEqual([number for number, _text in checks.faults_of_transport()].count("E011"), expected)


@pytest.mark.once
class StoreTests(ChainWorld, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))
        self.store = Store()
        self.addCleanup(self.store.end)
        place = file_store(f"s3://key:secret@127.0.0.1:{self.store.server_port}/acuerda/files?region=x&tls=0")
        self.enterContext(override_settings(STORAGES={**settings.STORAGES, "default": place}))

    def test_a_reserved_file_goes_through_the_view_and_nobody_gets_a_link(self) -> None:
        record, content = self.reserved_evidence, b"firmas" * 1000
        record.file.save("not/../the name.pdf", ContentFile(content))
        self.assertEqual(list(self.store.objects), [f"/acuerda/files/{record.file.name}"])
        self.assertNotIn("name", record.file.name)
        address = reverse("evidence", args=[record.key])
        answer = self.sign_in("organizer").get(address)
        self.assertEqual((b"".join(answer.streaming_content), answer["Content-Length"]), (content, str(len(content))))
        self.assertIn("no-store", answer["Cache-Control"])
        self.assertNotIn("127.0.0.1", f"{answer.headers}")
        for name in (None, "other_organizer", "other_delegate", "nobody"):
            client = self.sign_in(name) if name else self.client_class()
            self.assertEqual(client.get(address).status_code, 404, name)
        with self.assertRaisesMessage(ValueError, "A file has no address"):
            _ = record.file.url
        # Signed in a header each time, for whoever sends it and nobody else; no right is given to others.
        for method, path, headers in self.store.seen:
            self.assertNotIn("X-Amz-Signature", path)
            self.assertTrue(headers["Authorization"].startswith("AWS4-HMAC-SHA256 "), method)
            self.assertNotIn("x-amz-acl", {name.lower() for name in headers})

    def test_what_is_lost_is_not_there_and_a_store_that_is_down_is_told(self) -> None:
        record = self.reserved_evidence
        record.file.save("x", ContentFile(b"x"))
        client, address = self.sign_in("organizer"), reverse("evidence", args=[record.key])
        self.store.fails = True
        answer = client.get(address)
        self.assertContains(answer, "try again in a minute", status_code=503)
        with self.assertRaises(StoreUnavailable):
            default_storage.save("x", ContentFile(b"x"))
        self.store.fails = False
        default_storage.delete(record.file.name)
        self.assertEqual((self.store.objects, client.get(address).status_code), ({}, 404))

    def test_files_that_wait_for_their_import(self) -> None:
        user = self.user("organizer")
        token = put_by(user, "organizations", io.BytesIO(b"clave,nombre\n"), {"name": "x.csv", "edition": ""})
        with take_back(token, user, "organizations").file as file:
            self.assertEqual(file.read(), b"clave,nombre\n")
        sweep()
        self.assertEqual(len(self.store.objects), 1)
