"""What public pages share: who reads, permanent addresses, records as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from core.dates import iso_partial


def reader(request: HttpRequest) -> Any:
    """The account that reads, None for an anonymous visitor.

    A public page asks this and never `request.user`: without a session cookie the session is not touched, so the page
    sets no cookie and any cache may keep it (promise 13).
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def to_permanent(request: HttpRequest, record: Any, asked: str, address: str = "") -> HttpResponse | None:
    """A redirect to the record's permanent address when it was asked for by another spelling of its key, else None."""
    if record.public_key == asked:
        return None
    query = request.META.get("QUERY_STRING", "")
    return redirect((address or record.get_absolute_url()) + (f"?{query}" if query else ""), permanent=True)


def json_page(data: Mapping[str, Any]) -> JsonResponse:
    """A record as JSON. Keys are English and stable; texts come in each language that they exist in."""
    # In one line: with indents Python's slow writer would do it.
    return JsonResponse(dict(data), json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def texts(record: Any, name: str) -> dict[str, str]:
    """`{"es": …, "en": …}` of a text in two languages, only those that exist."""
    return {code: text for code in ("es", "en") if (text := getattr(record, f"{name}_{code}", ""))}


def partial(record: Any, name: str, precision: str) -> str | None:
    """A partly known date as ISO 8601, no more exact than it is known: `2010-11`."""
    return iso_partial(getattr(record, name), getattr(record, precision)) or None


def language() -> str:
    """The language of the page: `es` or `en`."""
    return "en" if (get_language() or "es").startswith("en") else "es"
