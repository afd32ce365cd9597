"""The lists of this app as data (`core.open_lists`)."""

from __future__ import annotations

from typing import Any

from core.models import Source
from core.open_lists import (
    ADDRESS,
    TEXT,
    TEXT_OR_NONE,
    TEXTS,
    YES_OR_NO,
    Field,
    OpenList,
    column,
    one_of,
)
from core.pages import partial, texts
from forum.listing import EDITION_ORDERS, edition_filters
from forum.models import Agency, Edition, Organization
from forum.views import agencies_asked, organizations_asked

URL = Field("url", ADDRESS, lambda record, link: link(record))
#: Whether a record says so itself, and where it comes from.
ORIGIN = (column("source", one_of(Source.values)), Field("sample", YES_OR_NO, lambda record, _link: record.is_sample))


def both(name: str) -> Field:
    """A text in two languages."""
    return Field(name, TEXTS, lambda record, _link: texts(record, name))


def code_of(name: str, key: str = "code") -> Field:
    """The code or key of another record, null where there is none."""
    return Field(name, TEXT_OR_NONE, lambda record, _link: getattr(getattr(record, name), key) if getattr(record, name) else None)


def day_of(name: str, precision: str = "date_precision") -> Field:
    """A day that may be known by its month or year only."""
    return Field(name, TEXT_OR_NONE, lambda record, _link: partial(record, name, precision))


EDITIONS = OpenList(
    "editions",
    "The forums, newest first.",
    lambda request, user: {
        "request": request,
        "queryset": Edition.objects.visible_to(user),
        "filters": edition_filters(),
        "orders": EDITION_ORDERS,
    },
    (
        *(column("slug", TEXT), both("name"), URL, *ORIGIN, column("stage", one_of(Edition.Stage.values))),
        *(day_of("starts_on"), day_of("ends_on"), column("time_zone", TEXT), column("city", TEXT_OR_NONE)),
        column("convener", TEXT_OR_NONE),
    ),
    lambda rows: rows,
)
ORGANIZATIONS = OpenList(
    "organizations",
    "The organizations: migrant, of civil society, academic.",
    organizations_asked,
    (
        *(column("key", TEXT), column("name", TEXT), column("acronym", TEXT_OR_NONE), URL, *ORIGIN),
        *(column("kind", one_of(Organization.Kind.values)), code_of("state_of_origin"), code_of("country")),
        *(code_of("subdivision"), column("city", TEXT_OR_NONE), code_of("parent", "key"), column("website", TEXT_OR_NONE)),
    ),
    lambda rows: rows.select_related("state_of_origin", "country", "subdivision", "parent"),
)
AGENCIES = OpenList(
    "agencies",
    "The public bodies that are asked and that promise.",
    agencies_asked,
    (
        *(column("key", TEXT), both("name"), column("acronym", TEXT_OR_NONE), URL, *ORIGIN),
        *(column("level", one_of(Agency.Level.values)), code_of("state"), code_of("parent", "key")),
        *(column("never_answers", YES_OR_NO), column("website", TEXT_OR_NONE)),
    ),
    lambda rows: rows.select_related("state", "parent"),
)
LISTS: tuple[Any, ...] = (EDITIONS, ORGANIZATIONS, AGENCIES)
