"""What every page needs to know about the site and about who reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy

from config.workspace.navigation import workspace_navigation
from core.addresses import place
from core.pages import reader

#: The main navigation: address name → words. A section is current on its own pages and on those of its records.
SECTIONS = (
    ("agreements", pgettext_lazy("navigation", "Agreements")),
    ("progress", pgettext_lazy("navigation", "Progress")),
    ("proposals", pgettext_lazy("navigation", "Proposals")),
    ("meetings", pgettext_lazy("navigation", "Meetings")),
    ("organizations", pgettext_lazy("navigation", "Organizations")),
    ("agencies", pgettext_lazy("navigation", "Public bodies")),
    ("editions", pgettext_lazy("navigation", "Forums")),
)
#: Pages that belong to a section by another name than its own.
BELONGS = {
    "agreement": "agreements",
    "agreement_version": "agreements",
    "dossier": "agreements",
    "proposal": "proposals",
    "antecedents": "proposals",
    "antecedent": "proposals",
    "meeting": "meetings",
    "meetings_calendar": "meetings",
    "organization": "organizations",
    "agency": "agencies",
    "edition": "editions",
    "participants": "editions",
}


@dataclass(frozen=True)
class NavItem:
    """One entry of a navigation."""

    url: str
    label: Any
    current: bool


@dataclass(frozen=True)
class Language:
    """The same page in another language."""

    code: str
    name: str
    url: str


def navigation(request: HttpRequest) -> list[NavItem]:
    """The main navigation with the section of this page marked."""
    match = getattr(request, "resolver_match", None)
    here = match.url_name if match is not None and not match.namespaces else ""
    here = BELONGS.get(here or "", here or "")
    return [NavItem(place(name), label, name == here) for name, label in SECTIONS]


def languages(request: HttpRequest) -> list[Language]:
    """This page in each language, with the same query; the home page where it has no address under a language."""
    found = getattr(request, "resolver_match", None) is not None
    path = request.get_full_path() if found else reverse("home")
    return [Language(code, name, translate_url(path, code)) for code, name in (("es", "Español"), ("en", "English"))]


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, who reads, the navigation, this page in the other languages and its permanent address.

    `account` is None for an anonymous visitor and then nothing of the session was touched: templates of public pages
    use it and never `user` or `messages`.
    """
    here = (get_language() or settings.LANGUAGE_CODE)[:2]
    return {
        "site_name": "Acuerda",
        "account": SimpleLazyObject(lambda: reader(request)) if has_session(request) else None,
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        # Asked for by workspace pages only, which have a session anyway.
        "workspace_navigation": SimpleLazyObject(lambda: workspace_navigation(request)),
        "languages": SimpleLazyObject(lambda: languages(request)),
        "page_language": here,
        # Lazy: the page that refuses a forged Host header must not ask for it again.
        "origin": SimpleLazyObject(lambda: f"{request.scheme}://{request.get_host()}"),
        "is_filtered_page": bool(request.GET),
    }


def has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
