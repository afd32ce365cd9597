"""What the lists of editions, organizations, public bodies and participants can be narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import search
from core.listing import ChoiceFilter, Filter, RecordFilter, TextFilter
from core.pages import language
from forum.models import Agency, Area, Edition, Organization, Participation

#: A control offers at most this many choices.
MOST_CHOICES = 200
#: People are not counted below this number (design.md section 5): 0, 1 and 2 look alike.
FEWEST_PEOPLE = 3
Orders = dict[str, tuple[Any, Sequence[str]]]

EDITION_ORDERS: Orders = {"newest": (pgettext_lazy("order of a list", "newest first"), ("-sort", "slug"))}
NAME_ORDERS: Orders = {
    "name": (pgettext_lazy("order of a list", "name"), ("sort", "key")),
    "key": (pgettext_lazy("order of a list", "key"), ("key",)),
}


def agency_order() -> tuple[str, str]:
    """The order of public bodies by name, as the reader's language has their names."""
    return ("sort_en" if language() == "en" else "sort", "key")


def agency_orders() -> Orders:
    return {**NAME_ORDERS, "name": (NAME_ORDERS["name"][0], agency_order())}


def edition_choices(user: Any) -> list[tuple[str, str]]:
    """Editions that `user` may see, newest first."""
    rows = Edition.objects.visible_to(user).order_by("-starts_on", "slug")[:MOST_CHOICES]
    return [(row.slug, row.name) for row in rows]


def state_choices() -> list[tuple[str, str]]:
    """The 32 federal entities by ISO 3166 code."""
    return [(area.code, area.name) for area in Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY).order_by("sort")]


def state_filter(column: str, label: Any = None) -> ChoiceFilter:
    return ChoiceFilter(
        "state", label or pgettext_lazy("filter: a federal entity", "State of origin"), state_choices, f"{column}__code"
    )


def edition_filters() -> tuple[Filter, ...]:
    return (
        TextFilter("q", _("Words")),
        ChoiceFilter(
            "stage", pgettext_lazy("filter", "Stage"), [choice for choice in Edition.Stage.choices if choice[0] != "preparation"]
        ),
    )


def taking_part(user: Any) -> ChoiceFilter:
    """Organizations or agencies that take part in an edition that `user` may see."""
    return ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "editions__slug")


def organization_filters(user: Any) -> tuple[Filter, ...]:
    return (
        TextFilter("q", _("Words")),
        taking_part(user),
        ChoiceFilter("kind", pgettext_lazy("filter", "Kind"), Organization.Kind.choices),
        state_filter("state_of_origin"),
    )


def agency_filters(user: Any) -> tuple[Filter, ...]:
    return (
        TextFilter("q", _("Words")),
        taking_part(user),
        ChoiceFilter("level", pgettext_lazy("filter", "Level"), Agency.Level.choices),
    )


def by_shown_name(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Through the search index, which holds a name only while its bearer consents to showing it."""
    found = search.find(text, kind="participant")
    return rows.filter(pk__in=[entry.record_id for entry in found])


def participant_filters(user: Any) -> tuple[Filter, ...]:
    """The state of origin narrows down named people only: for the others it would tell who they are."""
    return (
        TextFilter("q", pgettext_lazy("filter", "Name or organization"), by_shown_name),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        ChoiceFilter("role", pgettext_lazy("filter", "Role"), Participation.Role.choices, fewest=FEWEST_PEOPLE),
        ChoiceFilter(
            "state",
            pgettext_lazy("filter: a federal entity", "State of origin"),
            state_choices,
            apply=lambda rows, code: rows.named().filter(person__state_of_origin__code=code),
        ),
        RecordFilter(
            "organization",
            pgettext_lazy("filter", "Organization"),
            lambda: Organization.objects.visible_to(user),
            lambda rows, record: rows.filter(organization=record),
        ),
        RecordFilter(
            "agency",
            pgettext_lazy("filter", "Public body"),
            lambda: Agency.objects.visible_to(user),
            lambda rows, record: rows.filter(agency=record),
        ),
    )
