"""What an account must have before it does anything, and what a device is told after a sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

from forum.accounts import remember_device

#: Pages that are open to somebody who still has to set up a second factor: those to set it up, and the way out.
OPEN = frozenset({"account_logout", "account_reauthenticate", "set_language", "choose_language", "healthz", "readyz"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Seconds between two notes that a session is in use.
NOTED_EVERY = 10 * 60


class SecondFactorMiddleware:
    """Organizers, officials and administrators without a second factor are sent to set one up, whatever they ask for as
    somebody known: before the view where it acts or belongs to the workspace or the admin, afterwards where a public page
    asked who reads. A public page that asks nobody stays the same for all (promise 13), so its session is not opened here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Of whom the view asked; who has not been asked for is not looked up, and who signs in here was nobody before.
        if request.method in SAFE and getattr(request, "_cached_user", None) is not None and self.is_stopped(request):
            response = sent_to_set_it_up()
        if (user := getattr(request, "known_to", None)) is not None:
            remember_device(request, response, user)
        if getattr(getattr(request, "_cached_user", None), "is_authenticated", False):
            note_use(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if request.method in SAFE and match is not None and not match.namespaces:
            return None
        return sent_to_set_it_up() if self.is_stopped(request) else None

    def is_stopped(self, request: HttpRequest) -> bool:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False
        match = request.resolver_match
        name = (match.url_name or "") if match is not None else ""
        if name in OPEN or name.startswith("mfa_"):
            return False
        return bool(request.user.is_authenticated and request.user.lacks_second_factor)


def note_use(request: HttpRequest) -> None:
    """When a session was used last, for the list of one's sessions: to some minutes, so that pages cost no statement more."""
    key = request.session.session_key
    if not key or not request.user.is_authenticated:  # who has just left
        return
    proofs = get_authentication_records(request, request.user)
    if proofs and time.time() - proofs[-1]["at"] < NOTED_EVERY:
        return
    if cache.add("used:" + salted_hmac("forum.middleware.used", key, algorithm="sha256").hexdigest()[:32], 1, NOTED_EVERY):
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())


def sent_to_set_it_up() -> HttpResponse:
    answer = redirect("mfa_index")
    add_never_cache_headers(answer)
    return answer
