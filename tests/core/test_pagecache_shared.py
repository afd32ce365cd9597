"""The page cache with many at once: one rendering for all, nobody's own page, no wait for nothing."""

import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import caches
from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.utils import timezone

from config.environment import cache_settings
from core.models import revision
from core.pagecache import PageCacheMiddleware, key_of


@override_settings(PAGE_CACHE=True)
class ManyAtOnceTests(SimpleTestCase):
    """Without a database: the revision is what the test says."""

    def ask(self, view, revision=7, address="/en/x/"):
        with mock.patch("core.pagecache.revision.current", return_value=revision):
            return PageCacheMiddleware(view)(RequestFactory().get(address))

    def test_many_who_ask_at_once_get_one_rendering(self):
        waiting, made = threading.Semaphore(0), []

        def view(request):
            made.append(1)
            for _other in range(7):
                self.assertTrue(waiting.acquire(timeout=20))
            return HttpResponse("page")

        def glance(seconds):
            waiting.release()
            threading.Event().wait(0.001)

        with mock.patch("core.pagecache.revision.current", return_value=7), mock.patch("core.pagecache.time.sleep", glance):
            middleware = PageCacheMiddleware(view)
            with ThreadPoolExecutor(8) as pool:
                asked = [pool.submit(middleware, RequestFactory().get("/en/x/")) for _each in range(8)]
                found = {each.result().content for each in asked}
        self.assertEqual((found, len(made)), ({b"page"}, 1))

    def test_nobody_waits_for_a_page_that_failed_or_is_not_kept(self):
        def breaks(request):
            raise ZeroDivisionError

        with mock.patch("core.pagecache.time.sleep", side_effect=AssertionError("waited")):
            with self.assertRaises(ZeroDivisionError):
                self.ask(breaks)
            self.assertEqual(self.ask(lambda request: HttpResponse("no", status=404)).status_code, 404)
            self.assertEqual(self.ask(lambda request: HttpResponse("page")).content, b"page")

    def test_who_has_waited_long_enough_renders_it_too(self):
        caches["pages"].set(f"rendering:{self.key()}", 1)
        with mock.patch("core.pagecache.time.sleep") as sleep:
            self.assertEqual(self.ask(lambda request: HttpResponse("page")).content, b"page")
        self.assertEqual(sleep.call_count, 200)

    def key(self):
        with mock.patch("core.pagecache.revision.current", return_value=7):
            return key_of(RequestFactory().get("/en/x/"), timezone.now())

    def test_a_replica_that_lags_shows_its_own_state_and_spoils_nobody_elses(self):
        for state in (2, 1, 2, 1):
            self.assertEqual(self.ask(lambda request, state=state: HttpResponse(f"{state}"), state).content, f"{state}".encode())

    def test_a_change_that_is_committed_while_a_page_is_made_is_seen_by_the_next_who_asks(self):
        """The page was made from the state before or from both; it is kept under the revision from before."""
        self.assertEqual(self.ask(lambda request: HttpResponse("half"), 1).content, b"half")
        self.assertEqual(self.ask(lambda request: HttpResponse("whole"), 2).content, b"whole")

    def test_processes_with_one_cache_render_once_for_all(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        entries = {name: {**cache_settings(f"file://{folder}", name)} for name in ("default", "pages", "answers")}
        for view in (lambda request: HttpResponse("page"), None):
            with override_settings(CACHES=entries):  # makes the caches anew, as another process has them
                self.assertEqual(self.ask(view).content, b"page")

    def test_what_is_somebodys_own_is_neither_kept_nor_answered_from_the_cache(self):
        def with_cookie(request):
            response = HttpResponse("mine")
            response.set_cookie("language", "es")
            return response

        def with_session(request):
            request.session = SessionBase()
            request.session.accessed = True
            return HttpResponse("mine")

        def with_token(request):
            request.META["CSRF_COOKIE"] = "x" * 32
            return HttpResponse("mine")

        own = (
            with_cookie,
            with_session,
            with_token,
            lambda request: HttpResponse("mine", headers={"Cache-Control": "private"}),
            lambda request: StreamingHttpResponse([b"mine"]),
            lambda request: HttpResponse("mine", status=403),
        )
        for view in own:
            self.ask(view)
            self.assertEqual(self.ask(lambda request: HttpResponse("everybody's")).content, b"everybody's")
            caches["pages"].clear()
        self.ask(lambda request: HttpResponse("everybody's"))
        for asked in (
            RequestFactory().get("/en/x/", HTTP_COOKIE="sessionid=x"),
            RequestFactory().get("/en/x/", HTTP_AUTHORIZATION="Bearer x"),
            RequestFactory().get("/en/x/", HTTP_HX_REQUEST="true"),
            RequestFactory().post("/en/x/"),
            RequestFactory().get("/en-not-ours/x/"),
        ):
            response = PageCacheMiddleware(lambda request: HttpResponse("mine"))(asked)
            self.assertEqual((response.content, response.get("ETag")), (b"mine", None))

    def test_a_head_request_keeps_nothing(self):
        with mock.patch("core.pagecache.revision.current", return_value=7):
            PageCacheMiddleware(lambda request: HttpResponse(""))(RequestFactory().head("/en/x/"))
        self.assertEqual(self.ask(lambda request: HttpResponse("page")).content, b"page")


class ConnectionTests(SimpleTestCase):
    databases = {"default"}

    def test_a_connection_that_died_is_opened_anew_once(self):
        for failures, expected in (([OperationalError, 5], 5), ([OperationalError, OperationalError], None)):
            with mock.patch.object(revision, "read_sum", side_effect=failures), mock.patch.object(revision, "connection") as used:
                used.in_atomic_block = False
                if expected is None:
                    self.assertRaises(OperationalError, revision.current)
                else:
                    self.assertEqual(revision.current(), expected)
                self.assertEqual(used.close.call_count, 1)
