"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _

from core.events import acting_from
from core.models.event import Origin

GetResponse = Callable[[HttpRequest], HttpResponse]
LONGEST_QUERY = 8192


class HeadersMiddleware:
    """Headers on every response; what depends on a session is never kept by a cache (promises 12 and 13)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
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


class OriginMiddleware:
    """Events written during a request say whether it was a page or the admin."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin.ADMIN if request.path.startswith("/admin/") else Origin.PAGE
        with acting_from(origin):
            return self.get_response(request)
