"""What people read when something cannot be shown: a sentence that says what, and where to go on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400. Nothing of the request is trusted here, not even its host."""
    return HttpResponse(get_template("400.html").render(), status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the record may be read but not changed, or the page is for another role."""
    return render(request, "403.html", {"sentence": sentence_of(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is none, or it is hidden; the two are not told apart."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, in both languages and without the database, which may be what failed."""
    return HttpResponseServerError(get_template("500.html").render())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form was sent without its token: it was open too long, or came from elsewhere."""
    sentence = _("The form was open for too long, or cookies are off. Go back, reload the page and send it again.")
    return render(request, "403.html", {"sentence": sentence, "title": _("The form could not be taken")}, status=403)


def sentence_of(exception: Any) -> str:
    """The words of a PermissionDenied that a view wrote for the person; '' for a bare one."""
    return str(exception) if exception is not None and exception.args else ""
