"""The page cache: one rendering a change, never stale, never somebody's own page."""

from unittest import mock

from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, TestCase, override_settings
from django.urls import path

from core.models import Revision, revision
from forum.models import Edition
from tests import factories as make

rendered = []


def public_page(request):
    rendered.append(request.path)
    return HttpResponse(", ".join(Edition.objects.order_by("slug").values_list("slug", flat=True)))


def session_page(request):
    rendered.append(request.path)
    return HttpResponse(str(request.session.get("name", "nobody")))


def form_page(request):
    rendered.append(request.path)
    return HttpResponse(get_token(request))


def missing_page(request):
    rendered.append(request.path)
    return HttpResponse("no", status=404)


urlpatterns = [
    path("en/public/", public_page),
    path("en/session/", session_page),
    path("en/form/", form_page),
    path("en/missing/", missing_page),
]


@override_settings(PAGE_CACHE=True, ROOT_URLCONF="tests.core.test_pagecache")
class PageCacheTest(TestCase):
    def setUp(self):
        rendered.clear()

    def test_a_page_is_rendered_once_until_something_changes(self):
        make.edition(slug="uno")
        answers = [self.client.get("/en/public/").content for _ in range(3)]
        self.assertEqual(answers, [b"uno"] * 3)
        self.assertEqual(rendered, ["/en/public/"])
        make.edition(slug="dos")
        self.assertEqual(self.client.get("/en/public/").content, b"dos, uno")
        self.assertEqual(len(rendered), 2)

    def test_every_way_of_changing_a_row_is_seen(self):
        edition = make.edition(slug="uno")
        changes = [
            lambda: edition.save(),
            lambda: make.organization(),
            lambda: edition.organization_rows.create(organization=make.organization()),
            lambda: edition.organization_rows.all().delete(),
            lambda: make.proposal(edition).proponents.set([make.organization()]),
        ]
        for change in changes:
            before = revision.current()
            change()
            self.assertGreater(revision.current(), before)

    def test_a_change_that_is_rolled_back_leaves_the_page(self):
        self.client.get("/en/public/")
        try:
            with transaction.atomic():
                make.edition(slug="uno")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        self.assertEqual(self.client.get("/en/public/").content, b"")
        self.assertEqual(len(rendered), 1)

    def test_an_unchanged_page_is_answered_with_304_and_nothing_is_rendered_or_fetched(self):
        first = self.client.get("/en/public/")
        self.assertEqual(first["Cache-Control"], "public, no-cache")
        self.assertIn("Cookie", first["Vary"])
        with mock.patch("core.pagecache.cache") as cache, self.assertNumQueries(1):
            again = self.client.get("/en/public/", headers={"if-none-match": first["ETag"]})
        self.assertEqual((again.status_code, again.content, cache.method_calls), (304, b"", []))
        make.edition(slug="uno")
        changed = self.client.get("/en/public/", headers={"if-none-match": first["ETag"]})
        self.assertEqual((changed.status_code, changed.content), (200, b"uno"))

    def test_a_session_neither_reads_nor_writes_the_cache(self):
        signed_in = Client()
        signed_in.force_login(make.user())
        for client, page in ((signed_in, "public"), (signed_in, "public"), (self.client, "session"), (self.client, "session")):
            client.get(f"/en/{page}/")
        self.assertEqual(len(rendered), 4)
        self.assertIn("no-store", signed_in.get("/en/session/")["Cache-Control"])

    def test_forms_and_errors_are_not_kept(self):
        for page in ("form", "form", "missing", "missing"):
            Client().get(f"/en/{page}/")
        self.assertEqual(len(rendered), 4)

    def test_language_host_and_parameters_have_pages_of_their_own(self):
        for address in ("/en/public/", "/en/public/?q=a", "/en/public/?q=b"):
            self.client.get(address)
        self.client.get("/en/public/", headers={"host": "127.0.0.1"})
        self.assertEqual(len(rendered), 4)

    def test_the_clock_is_part_of_the_page(self):
        self.client.get("/en/public/")
        with mock.patch("core.pagecache.timezone.now", return_value=make.now().replace(year=2099)):
            self.client.get("/en/public/")
        self.assertEqual(len(rendered), 2)

    def test_signing_in_changes_no_page(self):
        user = make.user()
        before = revision.current()
        self.client.force_login(user)
        self.assertEqual(revision.current(), before)


class RevisionTest(TestCase):
    def test_adding_up_keeps_the_sum_and_leaves_one_row(self):
        for _ in range(5):
            revision.bump()
        before = revision.current()
        revision.compact()
        self.assertEqual((revision.current(), Revision.objects.count()), (before, 1))

    def test_rows_stay_few(self):
        with mock.patch.object(revision, "MANY", 10):
            for _ in range(100):
                revision.bump()
        self.assertLessEqual(Revision.objects.count(), 20)
        self.assertGreaterEqual(revision.current(), 100)
