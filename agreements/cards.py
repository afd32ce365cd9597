"""An agreement outside its page: drawn as a card for previews, and as a small page that other sites show in a frame."""

from __future__ import annotations

import hashlib
import json
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from csp.utils import build_policy
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from agreements.models import Agreement, Commitment
from agreements.views import show_standing
from core.documents.letters import printable
from core.documents.printing import NotPrinted, picture
from core.gate import get_for
from core.identifiers import plain_text
from core.pagecache import KEEP_SECONDS
from core.pages import language, to_permanent

LAYOUT = Path(__file__).with_name("card.typ")
#: Letters of a text on the card; what is longer is cut at a word.
TITLE, PARTIES, STANDING = 150, 80, 110
MOST_KNOTS = 14
#: The card is laid out on 600 × 315 points.
PPI = 144.0


@dataclass(frozen=True)
class Standing:
    """How the commitments of an agreement stand, in words: `2 fulfilled, 1 late`."""

    lights: list[tuple[str, str, int]]

    @property
    def words(self) -> str:
        return ", ".join(f"{number} {label}" for _code, label, number in self.lights)


def found(key: str) -> Agreement:
    """A public agreement with `organizations`, `agencies`, `lights` (see `agreements.views.show_standing`), as anybody reads it."""
    agreement: Any = get_for(None, Agreement.objects.select_related("edition"), key)
    show_standing([agreement], None)
    agreement.standing = Standing([(code, Commitment.Light(code).label, number) for code, number in agreement.lights])
    agreement.sides = [*agreement.agencies, *agreement.organizations]
    return agreement  # type: ignore[no-any-return]


@require_safe
def card(request: HttpRequest, key: str) -> HttpResponse:
    """A picture of 1200 × 630 for previews: title, parties, a knot on the cord for each commitment. Messengers show no SVG."""
    agreement: Any = found(key)
    if elsewhere := to_permanent(request, agreement, key, reverse("agreement_card", args=[agreement.folio])):
        return elsewhere
    try:
        return HttpResponse(drawn(drawing_of(agreement)), content_type="image/png")
    except NotPrinted as error:
        response = HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
        response["Retry-After"] = "60"
        return response


def drawn(drawing: dict[str, Any]) -> bytes:
    """The picture, kept under all that it is drawn from: a change elsewhere on the site draws nothing anew. Raises NotPrinted."""
    layout = LAYOUT.read_text(encoding="utf-8")
    key = "card:" + hashlib.sha256(json.dumps([layout, drawing], sort_keys=True).encode()).hexdigest()
    found: bytes | None = caches["answers"].get(key)
    if found is None:
        found = picture(LAYOUT, drawing, PPI)
        caches["answers"].set(key, found, KEEP_SECONDS)
    return found


def drawing_of(agreement: Any) -> dict[str, Any]:
    """What the layout draws: texts without markup, in letters that its fonts have, no longer than the card has room for."""
    lights = [code for code, _label, number in agreement.standing.lights for _one in range(number)]
    status = str(agreement.get_status_display())
    standing = " · ".join(text for text in (status[:1].upper() + status[1:], agreement.standing.words) if text)
    more = len(lights) - MOST_KNOTS
    return {
        "language": agreement.language_of("title") or language(),
        "folio": printable(agreement.folio)[0],
        "sample": pgettext("source of a record", "sample") if agreement.is_sample else "",
        "title": short(agreement.title, TITLE),
        "parties": short(" · ".join(body.short for body in agreement.sides), PARTIES),
        "knots": lights[:MOST_KNOTS],
        "standing": short(standing, STANDING) + (f" (+{more})" if more > 0 else ""),
    }


def short(text: str, longest: int) -> str:
    line = plain_text(text)
    # A word that is longer than the card has nowhere to be cut.
    cut = textwrap.shorten(line, longest, placeholder=" …") if len(line) > longest else line
    return printable(cut if cut.strip("… ") else f"{line[: longest - 1]}…")[0]


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """A page of a few lines that any site may show in a frame. It knows no session and leads to the full page."""
    agreement: Any = found(key)
    if elsewhere := to_permanent(request, agreement, key, reverse("agreement_embed", args=[agreement.folio])):
        return elsewhere
    context = {"agreement": agreement, "url": request.build_absolute_uri(agreement.get_absolute_url())}
    response = render(request, "agreements/public/embed.html", context)
    # Set here rather than by a decorator, so that the page cache keeps it with the page.
    response["Content-Security-Policy"] = build_policy(replace={"frame-ancestors": ["*"]})
    return response
