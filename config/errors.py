"""What people read when something cannot be shown: a sentence that says what, and where to go on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from core.events import record_denied


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. Nothing of the request is trusted here, not even its host."""
    return HttpResponse(get_template("400.html").render(), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the record may be read but not changed, or the page is for another role. It stands in the audit."""
    if signed_in(request):
        record_denied(request, "denied")
    return render(request, "403.html", {"sentence": sentence_of(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is none, or it is hidden; the two are not told apart, and in the workspace both stand in the audit."""
    match = request.resolver_match
    if match is not None and (match.namespace in ("workspace", "admin")) and signed_in(request):
        record_denied(request, "not_found")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, in both languages and without the database, which may be what failed."""
    return HttpResponseServerError(get_template("500.html").render())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form was sent without its token: it was open too long, or came from elsewhere."""
    sentence = _("The form was open for too long, or cookies are off. Go back, reload the page and send it again.")
    return render(request, "403.html", {"sentence": sentence, "title": _("The form could not be taken")}, status=403)


def signed_in(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def sentence_of(exception: Any) -> str:
    """The words of a PermissionDenied that a view wrote for the person; '' for a bare one."""
    return str(exception) if exception is not None and exception.args else ""
