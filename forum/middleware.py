"""What an account must have before it does anything, and what a device is told after a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from forum.accounts import remember_device

#: Pages that are open to somebody who still has to set up a second factor: those to set it up, and the way out.
OPEN = frozenset({"account_logout", "account_reauthenticate", "set_language", "choose_language", "healthz", "readyz"})


class SecondFactorMiddleware:
    """Organizers, officials and administrators without a second factor are sent to set one up, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (user := getattr(request, "known_to", None)) is not None:
            remember_device(request, response, user)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        name = request.resolver_match.url_name if request.resolver_match is not None else ""
        if name is not None and (name in OPEN or name.startswith("mfa_")):
            return None
        if request.user.is_authenticated and request.user.lacks_second_factor:
            answer = redirect("mfa_index")
            add_never_cache_headers(answer)
            return answer
        return None
