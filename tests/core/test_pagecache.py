"""The page cache: one rendering a change, never stale, never somebody's own page."""

import datetime as dt
import gzip
import zoneinfo
from unittest import mock

import brotli
from django.core.cache import caches
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory, SimpleTestCase, TestCase, override_settings
from django.urls import path
from django.utils.translation import get_language

from core.models import revision
from core.pagecache import key_of
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


def list_page(request):
    rendered.append(request.get_full_path())
    return HttpResponse(f"{request.GET.get('q', '')} {request.GET.get('order', '')} {request.get_full_path()}")


def long_page(request):
    rendered.append(request.path)
    return HttpResponse("una promesa " * 500)


def feed_page(request):
    rendered.append(request.path)
    return HttpResponse(get_language())


def missing_page(request):
    rendered.append(request.path)
    return HttpResponse("no", status=404)


urlpatterns = [
    path("en/public/", public_page),
    path("en/session/", session_page),
    path("en/form/", form_page),
    path("en/missing/", missing_page),
    path("en/list/", list_page),
    path("en/long/", long_page),
    path("feeds/one/", feed_page),
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
        """More of them in test_triggers."""
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
            self.assertNotEqual(revision.current(), before)

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
        with mock.patch("core.pagecache.kept_page") as kept, self.assertNumQueries(1):
            again = self.client.get("/en/public/", headers={"if-none-match": first["ETag"]})
        self.assertEqual((again.status_code, again.content, kept.called), (304, b"", False))
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
        for _time in range(2):
            for address in ("/en/list/", "/en/list/?q=a", "/en/list/?q=b"):
                self.client.get(address)
            self.client.get("/en/list/", headers={"host": "127.0.0.1"})
        self.assertEqual(len(rendered), 4)

    def test_where_the_address_names_no_language_the_reader_does(self):
        for _time in range(2):
            for language in ("es", "en", "en-GB,es;q=0.5"):
                response = self.client.get("/feeds/one/", headers={"accept-language": language})
                self.assertEqual(response.content.decode(), language[:2])
                self.assertIn("Accept-Language", response["Vary"])
        self.assertEqual(len(rendered), 2)

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


@override_settings(PAGE_CACHE=True, ROOT_URLCONF="tests.core.test_pagecache")
class AddressTests(TestCase):
    """One page for one question, however it is written; and none kept for what asks nothing."""

    def setUp(self):
        rendered.clear()

    def test_the_order_of_parameters_makes_no_other_page(self):
        first = self.client.get("/en/list/?q=a&order=b")
        self.assertEqual(self.client.get("/en/list/?order=b&q=a").content, first.content)
        self.assertEqual(rendered, ["/en/list/?order=b&q=a"])

    def test_where_a_link_was_shared_makes_no_other_page(self):
        for query in ("", "?utm_source=mail&utm_medium=x", "?fbclid=1", "?fbclid=2&gclid=3"):
            self.assertEqual(self.client.get(f"/en/list/{query}").content, b"  /en/list/", query)
        self.assertEqual(len(rendered), 1)

    def test_a_parameter_that_means_nothing_is_not_kept(self):
        before = self.client.get("/en/list/?q=a").content
        for number in range(3):
            response = self.client.get(f"/en/list/?q=a&nothing={number}")
            self.assertEqual(response["Cache-Control"], "public, no-cache")
        self.client.get("/en/list/?q=a&nothing=0")
        self.assertEqual(len(rendered), 5)
        self.assertEqual(self.client.get("/en/list/?q=a").content, before)
        self.assertEqual(len(rendered), 5)

    def test_any_number_of_questions_push_no_page_out_and_stay_few(self):
        self.client.get("/en/list/")
        with override_settings(CACHES=small_caches()):
            self.client.get("/en/list/")
            for number in range(30):
                self.client.get(f"/en/list/?q={number}")
            rendered.clear()
            self.client.get("/en/list/")
            self.assertEqual(rendered, [])
            self.assertLessEqual(len(caches["answers"]._cache), 10)

    def test_long_addresses_are_not_kept(self):
        for _time in range(2):
            self.client.get(f"/en/list/?q={'x' * 700}")
        self.assertEqual(len(rendered), 2)


def small_caches():
    memory = "django.core.cache.backends.locmem.LocMemCache"
    return {
        name: {"BACKEND": memory, "LOCATION": f"small-{name}", "OPTIONS": {"MAX_ENTRIES": 10}}
        for name in ("default", "pages", "answers")
    }


@override_settings(PAGE_CACHE=True, ROOT_URLCONF="tests.core.test_pagecache")
class WireTests(TestCase):
    """Each browser gets the page in a coding that it takes, rendered once for all of them."""

    def setUp(self):
        rendered.clear()

    def get(self, accept, **headers):
        return self.client.get("/en/long/", headers={"accept-encoding": accept, **headers})

    def test_one_rendering_for_every_coding(self):
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
        for accept, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("", ""), ("br", "br"), ("identity", "")):
            response = self.get(accept)
            self.assertEqual(response.get("Content-Encoding", ""), coding)
            self.assertEqual(unpack[coding](response.content), b"una promesa " * 500)
            self.assertEqual(response["Content-Length"], str(len(response.content)))
            self.assertIn("Accept-Encoding", response["Vary"])
        self.assertEqual(len(rendered), 1)

    def test_a_kept_page_is_not_packed_again(self):
        self.get("br")
        with mock.patch.dict("core.packing.PACK", br=None):
            self.assertEqual(brotli.decompress(self.get("br").content), b"una promesa " * 500)

    def test_each_coding_has_a_mark_of_its_own_and_each_is_known_again(self):
        marks = {accept: self.get(accept)["ETag"] for accept in ("br", "gzip", "")}
        self.assertEqual(len(set(marks.values())), 3)
        for accept, mark in marks.items():
            for sent in (mark, f"W/{mark}", f'"x", {mark}'):
                again = self.get(accept, **{"if-none-match": sent})
                self.assertEqual((again.status_code, again["ETag"], again.content), (304, mark, b""))
        self.assertEqual(self.get("br", **{"if-none-match": '"something-else"'}).status_code, 200)

    def test_short_pages_go_as_they_are(self):
        response = self.client.get("/en/public/", headers={"accept-encoding": "br"})
        self.assertNotIn("Content-Encoding", response)


class ClockTests(SimpleTestCase):
    def test_midnight_falls_on_a_quarter_of_an_hour_in_every_zone(self):
        """So the light of a commitment and its page change at the same moment, whatever the forum's zone."""
        for name in zoneinfo.available_timezones() - {"localtime"}:
            for month in (1, 7):
                midnight = dt.datetime(2027, month, 15, tzinfo=zoneinfo.ZoneInfo(name))
                self.assertEqual(midnight.timestamp() % 900, 0, name)

    def test_the_key_changes_with_the_quarter_and_not_before(self):
        request = RequestFactory().get("/en/")
        midnight = dt.datetime(2027, 1, 15, tzinfo=zoneinfo.ZoneInfo("Asia/Kathmandu"))
        with mock.patch("core.pagecache.revision.current", return_value=7):
            keys = [key_of(request, midnight + dt.timedelta(seconds=each)) for each in (-900, -1, 0, 899, 900)]
        self.assertEqual(
            [keys[0] == keys[1], keys[1] == keys[2], keys[2] == keys[3], keys[3] == keys[4]], [True, False, True, False]
        )


@override_settings(PAGE_CACHE=True)
class WholeSiteTests(TestCase):
    def test_a_kept_page_is_as_strict_as_a_fresh_one_and_holds_nothing_of_a_person(self):
        make.edition(slug="uno", stage="intake")
        for address in ("/es/", "/en/proposals/", "/en/agreements/?order=newest"):
            fresh, kept = (self.client.get(address) for _time in range(2))
            self.assertEqual(dict(kept.items()), dict(fresh.items()), address)
            self.assertEqual(kept.content, fresh.content)
            self.assertLessEqual({"Content-Security-Policy", "X-Frame-Options", "Referrer-Policy"}, set(kept.headers))
            for word in (b"csrfmiddlewaretoken", b"nonce", b"sessionid"):
                self.assertNotIn(word, kept.content)
            self.assertEqual(dict(kept.cookies), {})
