"""An agreement outside its page: drawn as a card for previews, and as a small page that other sites show in a frame."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from agreements.models import Agreement, Commitment
from agreements.views import show_standing
from core.gate import get_for
from core.identifiers import plain_text
from core.pages import language, to_permanent

#: Letters of a title in a line of the card, and lines.
LETTERS, LINES = 38, 4
MOST_KNOTS = 16


@dataclass(frozen=True)
class Knot:
    """A commitment on the cord of the card: its light and where it is drawn."""

    light: str
    x: int


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
    """A picture of 1200 × 630 for previews: title, parties, a knot on the cord for each commitment."""
    agreement: Any = found(key)
    if elsewhere := to_permanent(request, agreement, key, reverse("agreement_card", args=[agreement.folio])):
        return elsewhere
    lights = [code for code, _label, number in agreement.standing.lights for _one in range(number)]
    shown = lights[:MOST_KNOTS]
    step = min(90, 1000 // max(1, len(shown)))
    context = {
        "agreement": agreement,
        "lines": textwrap.wrap(plain_text(agreement.title), LETTERS, max_lines=LINES, placeholder="…"),
        "lang": agreement.language_of("title") or language(),
        "parties": textwrap.shorten(plain_text(" · ".join(body.short for body in agreement.sides)), 68, placeholder=" …"),
        "knots": [Knot(light, 120 + number * step) for number, light in enumerate(shown)],
        "more": len(lights) - len(shown),
        "standing": textwrap.shorten(agreement.standing.words, 92, placeholder=" …"),
    }
    return render(request, "agreements/public/card.svg", context, content_type="image/svg+xml; charset=utf-8")


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
