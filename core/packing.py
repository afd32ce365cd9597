"""Pages sent compressed: kept ones are packed once, the rest as they go.

Compression can give a secret away when a page holds it beside text of the attacker's choice (BREACH). Kept pages hold no
secret: they are the same for everybody. Pages of a person who is signed in hold a CSRF token, which Django masks anew in
each page, and are packed with a random number of bytes before the text (Django's `GZipMiddleware`).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

#: Shorter texts fit into one packet as they are.
LEAST = 500
TEXT = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b|application/x-ndjson|image/svg\+xml")
PACK: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": lambda body: body,
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, "": lambda body: body}


def coding_for(request: HttpRequest) -> str:
    """The best coding that this browser takes: `br`, `gzip` or '' for none."""
    taken = {}
    for part in request.META.get("HTTP_ACCEPT_ENCODING", "")[:400].lower().split(","):
        name, _mark, weight = part.partition(";")
        taken[name.strip()] = weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((coding for coding in ("br", "gzip") if taken.get(coding)), "")


def is_text(response: HttpResponseBase) -> bool:
    return bool(TEXT.match(response.get("Content-Type", "")))


def repacked(body: bytes, coding: str, wanted: str) -> bytes:
    """A packed body in another coding."""
    return body if coding == wanted else PACK[wanted](UNPACK[coding](body))


class PackingMiddleware(GZipMiddleware):
    """Packs what is text; files are compressed already, or are read in parts."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if hasattr(response, "is_packed") or response.has_header("Content-Encoding") or not is_text(response):
            return response
        packed: HttpResponse = super().process_response(request, response)
        return packed
