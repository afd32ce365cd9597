"""A public page is rendered once for each change of the site, kept, and served from the cache until the next one.

Why it cannot be stale: the key holds the site's revision, read from the database at each request. The revision moves in
the transaction of every change (`core.models.revision`), so whoever sees a change sees another revision, and with it
another key. A page that was rendered while a change was being committed is kept under the revision from before and is
never asked for again. What depends on the clock (days late) is in the key too, by quarter of an hour: midnight falls on
a quarter in every time zone. A new release of the code has another `build_mark`.

Why it cannot leak: a request with a session cookie neither reads nor writes the cache; a response is kept only when
nobody touched the session, it sets no cookie, and no form asked for a CSRF token.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from core.models import revision

KEPT_HEADERS = (
    *("Content-Type", "Content-Language", "Link", "Content-Disposition"),
    # Set inside this middleware: a page from the cache is as strict as a fresh one, and a frame as open.
    *("X-Frame-Options", "Content-Security-Policy"),
)
KEPT_PLACES = ("/es/", "/en/", "/api/", "/feeds/", "/calendar.ics")
LONGEST_ADDRESS = 600
KEEP_SECONDS = 24 * 60 * 60
OURS = ("core", "forum", "proposals", "agreements")
#: Rows that are never written without an event or a record beside them.
SILENT = frozenset(
    {"Revision", "SearchEntry", "SearchWord", "Tally", "TalliedFact", "LedgerEntry", "LedgerHead", "FolioCounter", "ImportRow"}
)


@lru_cache(maxsize=1)
def build_mark() -> str:
    """A fingerprint of the code, templates and translations that this process runs."""
    digest = hashlib.sha256()
    for folder in (*OURS, "config", "templates", "locale", "static"):
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt", ".mo", ".css", ".js", ".svg"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(request: HttpRequest, now: dt.datetime) -> str:
    """What a page depends on: code, data, clock, and the address as it was asked for."""
    quarter = int(now.timestamp()) // 900
    parts = (build_mark(), str(revision.current()), str(quarter), request.scheme, request.get_host(), request.get_full_path())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    session = getattr(request, "session", None)
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not (session is not None and (session.accessed or session.modified))
        and "CSRF_COOKIE" not in request.META
        and "Cache-Control" not in response
    )


class PageCacheMiddleware:
    """Serves anonymous GET requests of public pages; everything else passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if (
            not settings.PAGE_CACHE
            or request.method not in ("GET", "HEAD")
            or settings.SESSION_COOKIE_NAME in request.COOKIES
            or len(request.get_full_path()) > LONGEST_ADDRESS
            or not request.path_info.startswith(KEPT_PLACES)
        ):
            return self.get_response(request)
        key = key_of(request, timezone.now())
        etag = f'"{key[:40]}"'
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            return self.mark(HttpResponseNotModified(), etag)
        kept = cache.get(f"page:{key}")
        if kept is not None:
            content, headers = kept
            return self.mark(HttpResponse(content, headers=headers), etag)
        response = self.get_response(request)
        if not may_be_kept(request, response):
            return response
        if request.method == "GET":
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            cache.set(f"page:{key}", (response.content, headers), KEEP_SECONDS)
        return self.mark(response, etag)

    @staticmethod
    def mark(response: HttpResponse, etag: str) -> HttpResponse:
        """Anybody may keep it, and asks again whether it still holds before using it."""
        response["ETag"] = etag
        response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response


def note_change(sender: Any, **kwargs: Any) -> None:
    """A row of ours was saved, deleted or linked: public pages may show it. Signing in changes no page."""
    if sender._meta.app_label not in OURS or sender.__name__ in SILENT:
        return
    if set(kwargs.get("update_fields") or ()) == {"last_login"}:
        return
    revision.bump()


def watch() -> None:
    """Listen to every change that goes through the ORM one by one; bulk writers call `revision.bump` themselves."""
    post_save.connect(note_change, dispatch_uid="pagecache")
    post_delete.connect(note_change, dispatch_uid="pagecache")
    m2m_changed.connect(note_change, dispatch_uid="pagecache")
