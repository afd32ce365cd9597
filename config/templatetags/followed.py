"""What lets a record be found, shown elsewhere and followed: `{% load followed %}`.

`{% head_of record %}` belongs into the head of a public record's page, `{% follow record %}` at its foot, `{% feeds %}` into
the head of every other public page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.jsonld import agreement_thing, meeting_thing
from agreements.models import Agreement, Meeting
from config.pages.follow import address_of
from core import jsonld
from core.identifiers import plain_text
from core.listing import Narrowed
from core.pages import language
from forum.jsonld import agency_thing, edition_thing, organization_thing
from forum.models import Agency, Edition, Organization
from proposals.jsonld import antecedent_thing, proposal_thing
from proposals.models import Antecedent, Proposal

register = template.Library()
LONGEST_DESCRIPTION = 200
LOCALES = {"es": "es_MX", "en": "en_US"}


@dataclass(frozen=True)
class Kind:
    """How records of a model are described: the builder of their thing, the list they stand in, its words."""

    thing: Callable[[Any, Any], dict[str, Any]]
    list_name: str
    words: Callable[[], str]


KINDS: dict[type, Kind] = {
    Edition: Kind(edition_thing, "editions", lambda: pgettext("navigation", "Forums")),
    Organization: Kind(organization_thing, "organizations", lambda: pgettext("navigation", "Organizations")),
    Agency: Kind(agency_thing, "agencies", lambda: pgettext("navigation", "Public bodies")),
    Antecedent: Kind(antecedent_thing, "antecedents", lambda: _("Antecedents")),
    Proposal: Kind(proposal_thing, "proposals", lambda: pgettext("navigation", "Proposals")),
    Agreement: Kind(agreement_thing, "agreements", lambda: pgettext("navigation", "Agreements")),
    Meeting: Kind(meeting_thing, "meetings", lambda: pgettext("navigation", "Meetings")),
}


def words_of(record: Any) -> str:
    """The name of a record, without its folio."""
    return plain_text(str(getattr(record, "title", "") or record))


def description_of(record: Any) -> str:
    """The first words of what a record says, for previews."""
    for name in ("background", "petition", "objective"):
        text = " ".join(plain_text(getattr(record, name, "") or "").split())
        if text:
            return text if len(text) <= LONGEST_DESCRIPTION else f"{text[:LONGEST_DESCRIPTION].rstrip()}…"
    return ""


def is_public(record: Any) -> bool:
    """Whether anybody may read it: what is not public is described to nobody, whoever reads the page."""
    return bool(getattr(record, "is_public", True))


@register.simple_tag
def ld_json(document: Any) -> str:
    """A document as the content of a data block."""
    return format_html("{}", jsonld.Block(document))


@register.inclusion_tag("components/head_of_record.html", takes_context=True)
def head_of(context: Any, record: Any) -> dict[str, Any]:
    """OpenGraph and schema.org of a public record, and the feeds that follow it; nothing for any other record."""
    kind = KINDS.get(type(record))
    if kind is None or not is_public(record):
        return {"shown": False}
    origin = str(context.get("origin", ""))

    def link(other: Any) -> str:
        return f"{origin}{other.get_absolute_url()}"

    way = [
        ("Acuerda", f"{origin}{reverse('home')}"),
        (kind.words(), f"{origin}{reverse(kind.list_name)}"),
        (words_of(record), link(record)),
    ]
    return {
        "shown": True,
        "data": jsonld.document([kind.thing(record, link), jsonld.breadcrumbs(way)]),
        "title": words_of(record),
        "description": description_of(record),
        "url": link(record),
        "image": origin
        + (reverse("agreement_card", args=[record.folio]) if isinstance(record, Agreement) else static("img/card.png")),
        "locale": LOCALES[language()],
        "other_locales": [locale for code, locale in LOCALES.items() if code != language()],
        "kind": "article" if isinstance(record, (Agreement, Proposal, Antecedent)) else "website",
        "feeds": feeds_of(record),
    }


@register.inclusion_tag("components/head_of_record.html", takes_context=True)
def head_of_page(context: Any, title: str, description: str) -> dict[str, Any]:
    """OpenGraph and schema.org of a page that people pass on and that is no record: the home page, the progress page."""
    origin, home, path = str(context.get("origin", "")), reverse("home"), context["request"].path
    title, description = str(title), str(description)
    search = {
        "@type": "SearchAction",
        "target": f"{origin}{reverse('search')}?q={{search_term_string}}",
        "query-input": "required name=search_term_string",
    }
    site = jsonld.thing("WebSite", id=f"{origin}{home}", url=f"{origin}{home}", name="Acuerda", inLanguage=language())
    if path == home:
        things = [{**site, "description": description, "potentialAction": search}]
    else:
        page = jsonld.thing("WebPage", id=f"{origin}{path}", url=f"{origin}{path}", name=title, description=description)
        things = [{**page, "isPartOf": site}, jsonld.breadcrumbs([("Acuerda", f"{origin}{home}"), (title, f"{origin}{path}")])]
    return {
        "shown": True,
        "data": jsonld.document(things),
        "title": title,
        "description": description,
        "url": f"{origin}{path}",
        "image": f"{origin}{static('img/card.png')}",
        "locale": LOCALES[language()],
        "other_locales": [locale for code, locale in LOCALES.items() if code != language()],
        "kind": "website",
        "feeds": feeds_of(),
    }


@dataclass(frozen=True)
class FeedLink:
    title: str
    url: str


def feeds_of(record: Any = None) -> list[FeedLink]:
    """The feeds that have to do with a record: those of a body for a body, else all three of everything."""
    asked = {"lang": "en"} if language() == "en" else {}
    words = ""
    if isinstance(record, Agency):
        asked["agency"], words = record.key, record.short
    elif isinstance(record, Organization):
        asked["organization"], words = record.key, record.short
    names = {
        "feed_agreements": pgettext("title of a feed", "agreements"),
        "feed_proposals": pgettext("title of a feed", "proposals and the answers to them"),
        "feed_progress": pgettext("title of a feed", "how the promises are kept"),
    }
    query = f"?{urlencode(asked)}" if asked else ""
    return [FeedLink(f"{title} · {words}" if words else title, reverse(name) + query) for name, title in names.items()]


def feeds_beside(record: Any) -> list[FeedLink]:
    """The feeds to offer at the foot of a record: of a body all that name it, else those in which the record appears."""
    if isinstance(record, (Agency, Organization)):
        return feeds_of(record)
    agreements, proposals, progress = feeds_of()
    if isinstance(record, Agreement):
        return [agreements, progress]
    return [proposals] if isinstance(record, Proposal) else []


@register.simple_tag
def feed_of_list(name: str, listing: Narrowed) -> str:
    """The address of a feed, narrowed down as far as feeds can be to what the list is narrowed down to."""
    asked = {"lang": "en"} if language() == "en" else {}
    for filtered in ("agency", "organization", "state", "topic"):
        value = listing.values.get(filtered)
        if value:
            asked[filtered] = str(getattr(value, "public_key", value))
    return reverse(name) + (f"?{urlencode(asked)}" if asked else "")


@register.inclusion_tag("components/feeds.html")
def feeds(record: Any = None) -> dict[str, Any]:
    """`<link>` elements of the feeds, for the head of a page."""
    return {"feeds": feeds_of(record)}


@register.inclusion_tag("components/follow.html", takes_context=True)
def follow(context: Any, record: Any) -> dict[str, Any]:
    """Calendar, feeds and the code for other sites at the foot of a public record's page."""
    if type(record) not in KINDS or not is_public(record):
        return {"shown": False}
    found: dict[str, Any] = {"shown": True, "feeds": feeds_beside(record)}
    asked = {"lang": "en"} if language() == "en" else {}
    if isinstance(record, Agreement):
        found["calendar"] = reverse("agreement_ics", args=[record.folio])
        found["embed"] = f"{context.get('origin', '')}{reverse('agreement_embed', args=[record.folio])}"
        found["card"] = reverse("agreement_card", args=[record.folio])
        found["title"] = f"{record.folio} · Acuerda"
    elif isinstance(record, Meeting):
        found["calendar"] = reverse("meeting_ics", args=[record.folio])
    elif isinstance(record, (Agency, Organization)):
        name = "agency" if isinstance(record, Agency) else "organization"
        found["calendar"] = f"{reverse('calendar')}?{urlencode({**asked, name: record.key})}"
    found["mail"] = address_of(record)
    found["shown"] = bool(found["feeds"] or found.get("calendar") or found["mail"])
    return found
