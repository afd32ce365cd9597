"""`/sitemap.xml`: every public page in both languages, for search engines; and `/robots.txt`.

The index knows how many parts a kind has from its highest number, and a part holds the public records of one stretch of
numbers: no request counts, skips or reads more than `STRETCH` records, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agreements.models import Agreement, Meeting
from forum.models import Agency, Edition, Organization
from proposals.models import Antecedent, Proposal

STRETCH = 1000
HOUR = 3600
#: Kind → model; the name of the page is the kind in the singular.
KINDS: dict[str, tuple[str, Any]] = {
    "editions": ("edition", Edition),
    "agreements": ("agreement", Agreement),
    "proposals": ("proposal", Proposal),
    "meetings": ("meeting", Meeting),
    "agencies": ("agency", Agency),
    "organizations": ("organization", Organization),
    "antecedents": ("antecedent", Antecedent),
}
PAGES = (
    *("home", "editions", "agreements", "progress", "proposals", "meetings", "organizations", "agencies"),
    *("participants", "antecedents", "data", "verify", "privacy"),
)
#: A key that no record has, to find where keys stand in an address.
MARK = "KEY"


@dataclass(frozen=True)
class Entry:
    """One page: its path in each language."""

    paths: tuple[tuple[str, str], ...]

    @property
    def first(self) -> str:
        return self.paths[0][1]


def paths_of(name: str, args: list[str] | None = None) -> tuple[tuple[str, str], ...]:
    """(language, path) of a page in every language, the default one first."""
    found = []
    for code, _words in settings.LANGUAGES:
        with translation.override(code):
            found.append((code, reverse(name, args=args)))
    return tuple(found)


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    origin = request.build_absolute_uri("/").rstrip("/")
    response = render(request, template, {"origin": origin, **context}, content_type="application/xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response


def highest_of(model: Any) -> int:
    """The number of the newest public record; 0 when there is none."""
    return model.objects.visible_to(None).order_by().aggregate(highest=Max("pk"))["highest"] or 0


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The parts. One query a kind."""
    parts = [reverse("sitemap_part", args=["pages", 1])]
    for kind, (_page, model) in KINDS.items():
        parts += [reverse("sitemap_part", args=[kind, number]) for number in range(1, -(-highest_of(model) // STRETCH) + 1)]
    return answer(request, "sitemaps/index.xml", {"parts": parts})


@require_safe
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Every public page of one stretch. One query."""
    if kind == "pages" and number == 1:
        return answer(request, "sitemaps/part.xml", {"entries": [Entry(paths_of(name)) for name in PAGES]})
    if kind not in KINDS or not 1 <= number <= 10**9:
        raise Http404
    page, model = KINDS[kind]
    stretch = model.objects.visible_to(None).filter(pk__gt=(number - 1) * STRETCH, pk__lte=number * STRETCH)
    forms = paths_of(page, [MARK])
    keys = stretch.order_by("pk").values_list(model.KEY, flat=True)
    entries = [Entry(tuple((code, path.replace(MARK, key)) for code, path in forms)) for key in keys]
    if not entries and (number - 1) * STRETCH >= highest_of(model):
        raise Http404(_("The map of the site has no such part."))
    return answer(request, "sitemaps/part.xml", {"entries": entries})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What is of no use in a search engine: pages that only their owners see, endless combinations of filters."""
    closed = {"/admin/", "/i18n/"}
    for name in ("workspace:home", "account_login", "search"):
        closed |= {path for _code, path in paths_of(name)}
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in sorted(closed)), "Disallow: /*?*after="]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response
