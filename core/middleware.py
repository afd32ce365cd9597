"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _

from core import uploads
from core.events import acting_from
from core.imports.reader import MOST_BYTES
from core.models.event import Origin

GetResponse = Callable[[HttpRequest], HttpResponse]
LONGEST_QUERY = 8192
#: What anybody may send, in bytes: a form with long texts. Files are for people who signed in.
LARGEST_BODY = 2 * 1024 * 1024
#: What a form puts around a file.
AROUND = 1024 * 1024
#: What Django sets on a page, for the answers that are made before Django's own middleware is reached.
ALWAYS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class HeadersMiddleware:
    """Headers on every response; what depends on a session is never kept by a cache (promises 12 and 13)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            # The one page that other sites may show says so (`xframe_options_exempt`).
            if name != "X-Frame-Options" or not getattr(response, "xframe_options_exempt", False):
                response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.scheme == "https":
            hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            response.headers.setdefault("Strict-Transport-Security", hsts)
        session = getattr(request, "session", None)
        if response.cookies or (session is not None and (session.accessed or session.modified)):
            if "Cache-Control" not in response or "private" not in response["Cache-Control"]:
                add_never_cache_headers(response)
                patch_cache_control(response, private=True, no_store=True)
        return response


class HostileInputMiddleware:
    """NUL characters and overlong query strings are answered with a sentence, before any view sees them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > LONGEST_QUERY:
            return HttpResponse(_("The address is too long."), status=414, content_type="text/plain; charset=utf-8")
        if "%00" in query or "\x00" in request.path:
            return HttpResponseBadRequest(
                _("The address holds a character that no text has."), content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


class BodyMiddleware:
    """Too much is refused before a byte of it is read, sign-in included (promise 15).

    Only somebody who signed in may send a file; a cookie that says nothing true does not count. A body without a declared
    length is empty for Django, so there is no way around the declared one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > LARGEST_BODY and length > (most := self.most(request)):
            sentence = _("What you sent is too large: this page takes up to %(size)s MB.") % {"size": most // 1024 // 1024}
            return HttpResponse(sentence, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)

    def most(self, request: HttpRequest) -> int:
        """Bytes that this person may send: organizers import large spreadsheets, others attach documents."""
        user: Any = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if user is None or not user.is_authenticated:
            return LARGEST_BODY
        return AROUND + (MOST_BYTES if user.is_staff else uploads.LARGEST)


class OriginMiddleware:
    """Events written during a request say whether it was a page or the admin."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin.ADMIN if request.path.startswith("/admin/") else Origin.PAGE
        with acting_from(origin):
            return self.get_response(request)
