"""A public page is rendered once for each change of the site, kept, and served from the cache until the next one.

docs/page-cache.md says why a kept page can be neither stale nor somebody's own, and which test holds each reason.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from core.models import revision
from core.packing import LEAST, PACK, coding_for, is_text, repacked

#: Said anew with every answer.
OWN_HEADERS = frozenset({"Cache-Control", "Content-Length", "Date", "ETag", "Set-Cookie"})
IN_ONE_LANGUAGE = ("/es/", "/en/")
KEPT_PLACES = (*IN_ONE_LANGUAGE, "/api/", "/feeds/", "/calendar.ics")
LONGEST_ADDRESS = 600
KEEP_SECONDS = 24 * 60 * 60
#: Who asks for a page that somebody renders just now waits as long as this for it, then renders it as well.
WAIT_SECONDS, GLANCE_SECONDS, RENDER_SECONDS = 4.0, 0.02, 30
#: Put on links by the places where they are shared; they mean nothing to any page.
TRACKING = frozenset({"fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "twclid"})
RELEASED = ("core", "forum", "proposals", "agreements", "config", "templates", "locale", "static")


@lru_cache(maxsize=1)
def build_mark() -> str:
    """A fingerprint of the code, templates and translations that this process runs."""
    digest = hashlib.sha256()
    for folder in RELEASED:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt", ".mo", ".css", ".js", ".svg"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


class NotedQuery(QueryDict):
    """The query of an address, which notes the parameters that a view asks for by name."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.noted: set[str] = set()
        super().__init__(*args, **options)
        # Filling it asks as well.
        self.noted.clear()

    def __getitem__(self, key: str) -> Any:
        self.noted.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.noted.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.noted.add(key)
        return super().getlist(key, default)

    def get(self, key: str, default: Any = None) -> Any:
        self.noted.add(key)
        return super().get(key, default)


def put_in_order(request: HttpRequest) -> None:
    """One address for each page: parameters by name, nothing that only says where a link was shared."""
    query = request.META.get("QUERY_STRING", "")
    if "&" in query or query.startswith("utm_") or query.partition("=")[0] in TRACKING:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
        kept = [pair for pair in pairs if pair[0] not in TRACKING and not pair[0].startswith("utm_")]
        request.META["QUERY_STRING"] = urlencode(sorted(kept, key=lambda pair: pair[0]))


def key_of(request: HttpRequest, now: dt.datetime) -> str:
    """What a page depends on: code, data, clock, the address as it was asked for, the language where that does not say it."""
    quarter = int(now.timestamp()) // 900
    language = "" if request.path_info.startswith(IN_ONE_LANGUAGE) else get_language_from_request(request)
    where = (request.scheme, request.get_host(), request.get_full_path(), language)
    return hashlib.sha256("\n".join((build_mark(), str(revision.current()), str(quarter), *map(str, where))).encode()).hexdigest()


def may_be_asked(request: HttpRequest) -> bool:
    """Whether this is anybody asking for a public page."""
    return (
        settings.PAGE_CACHE
        and request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and "HTTP_HX_REQUEST" not in request.META
        and request.path_info.startswith(KEPT_PLACES)
        and len(request.path_info) + len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS
    )


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether anybody who asks gets this answer: no session was touched, no cookie set, no form made for one person."""
    session = getattr(request, "session", None)
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not (session is not None and (session.accessed or session.modified))
        and "CSRF_COOKIE" not in request.META
        and "Cache-Control" not in response
        and "Content-Encoding" not in response
    )


def may_be_kept(request: HttpRequest) -> bool:
    """Whether the view asked for every parameter of the address: those that mean nothing make no pages of their own."""
    return set(request.GET) <= getattr(request.GET, "noted", set())


def place_for(request: HttpRequest) -> BaseCache:
    """Pages, and answers to what somebody asked, of which there are any number: these never push those out."""
    return caches["answers" if request.META.get("QUERY_STRING") else "pages"]


class PageCacheMiddleware:
    """Serves anonymous GET requests of public pages; everything else passes. Stands before all that makes a page its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if not may_be_asked(request):
            return self.get_response(request)
        put_in_order(request)
        key, coding, cache = key_of(request, timezone.now()), coding_for(request), place_for(request)
        if any(mark.strip('W/"').partition("-")[0] == key[:40] for mark in parse_etags(request.headers.get("If-None-Match", ""))):
            return marked(HttpResponseNotModified(), key, coding)
        kept = kept_page(cache, key, coding)
        first = kept is None and request.method == "GET" and is_first(cache, key)
        if kept is None and request.method == "GET" and not first:
            kept = awaited(cache, key, coding)
        if kept is not None:
            return answer(*kept, key)
        try:
            return self.rendered(request, cache, key, coding)
        finally:
            if first:
                cache.delete(f"rendering:{key}")

    def rendered(self, request: HttpRequest, cache: BaseCache, key: str, coding: str) -> HttpResponse:
        request.GET = NotedQuery(request.META.get("QUERY_STRING", ""), encoding=request.encoding)  # type: ignore[assignment]
        response = self.get_response(request)
        if not is_for_everybody(request, response):
            return response
        if request.method == "HEAD":
            return marked(response, key, "")
        made = packed(response, coding)
        if may_be_kept(request):
            cache.set(f"page:{key}:{made[2]}", made, KEEP_SECONDS)
        return answer(*made, key)


Kept = tuple[bytes, dict[str, str], str]


def packed(response: HttpResponse, coding: str) -> Kept:
    """(body, headers, coding) of an answer as this browser takes it."""
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    headers = {name: value for name, value in response.items() if name not in OWN_HEADERS}
    if not is_text(response) or len(response.content) < LEAST:
        coding = ""
    return PACK[coding](response.content), headers, coding


def kept_page(cache: BaseCache, key: str, coding: str) -> Kept | None:
    """The page in this coding: as it is kept, or packed anew from another one and kept."""
    found: Kept | None = cache.get(f"page:{key}:{coding}")
    if found is not None:
        return found
    for other in PACK:
        if other != coding and (found := cache.get(f"page:{key}:{other}")) is not None:
            body, headers, is_in = found
            if coding and not is_in and len(body) < LEAST:
                return found
            again = repacked(body, is_in, coding), headers, coding
            cache.set(f"page:{key}:{coding}", again, KEEP_SECONDS)
            return again
    return None


def is_first(cache: BaseCache, key: str) -> bool:
    """Whether nobody else renders this page just now."""
    return bool(cache.add(f"rendering:{key}", 1, RENDER_SECONDS))


def awaited(cache: BaseCache, key: str, coding: str) -> Kept | None:
    """The page that somebody else renders just now; None when it turns out not to be kept, or takes too long."""
    for _glance in range(int(WAIT_SECONDS / GLANCE_SECONDS)):
        time.sleep(GLANCE_SECONDS)
        done = cache.get(f"rendering:{key}") is None
        kept = kept_page(cache, key, coding)
        if kept is not None or done:
            return kept
    return None


def answer(body: bytes, headers: dict[str, str], coding: str, key: str) -> HttpResponse:
    response = HttpResponse(body, headers=headers)
    response.headers["Content-Length"] = str(len(body))
    if coding:
        response.headers["Content-Encoding"] = coding
    return marked(response, key, coding)


def marked(response: HttpResponse, key: str, coding: str) -> HttpResponse:
    """Anybody may keep it, and asks again whether it still holds before using it."""
    response.headers["ETag"] = f'"{key[:40]}-{coding}"' if coding else f'"{key[:40]}"'
    response.headers["Cache-Control"] = "public, no-cache"
    if "Accept-Encoding" not in response.get("Vary", ""):
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    response.is_packed = True  # type: ignore[attr-defined]
    return response
