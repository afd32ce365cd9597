"""Public pages of editions, organizations, public bodies and participants. Who reads is asked of `core.pages.reader` only."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext_lazy, npgettext_lazy
from django.views.decorators.http import require_safe

from core import sockets
from core.gate import get_for
from core.listing import Listing, Narrowed
from core.pages import json_page, reader, to_permanent
from forum import api
from forum import public_tables as tables
from forum.listing import (
    EDITION_ORDERS,
    FEWEST_PEOPLE,
    NAME_ORDERS,
    agency_filters,
    agency_orders,
    edition_filters,
    organization_filters,
    participant_filters,
)
from forum.models import Agency, AgencySuccession, Edition, Organization, Participation, WorkingTable
from forum.programme import by_day, sessions_of

#: A page names at most this many bodies or people of an edition; the lists, filtered by it, have them all.
MOST_ROWS = 200
#: Part of an organization → heading of those that have it.
PART_HEADINGS: dict[str, Any] = {
    "convener": npgettext_lazy("heading", "Convener", "Conveners"),
    "supporter": npgettext_lazy("heading", "Supporting organization", "Supporting organizations"),
    "participant": npgettext_lazy("heading", "Participating organization", "Participating organizations"),
    "observer": npgettext_lazy("heading", "Observer", "Observers"),
}


def link_of(request: HttpRequest) -> api.Link:
    """Absolute addresses for the JSON of this request."""
    return lambda record: request.build_absolute_uri(record.get_absolute_url())


def panels_of(record: Any, user: Any) -> list[Any]:
    """What the higher apps have to say about a record of this one."""
    return sockets.record_panels.collect(record=record, user=user)


def panel_data(record: Any, user: Any, link: api.Link) -> dict[str, Any]:
    """The same as data: each panel by its name."""
    return {panel["name"]: panel["data"](link) for panel in panels_of(record, user) if "data" in panel}


# --- editions ---------------------------------------------------------------------------------------------------------


@require_safe
def editions_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of forums as a file."""
    user = reader(request)
    rows = Edition.objects.visible_to(user)
    return tables.EDITIONS.response(request, Narrowed(request, rows, edition_filters(), orders=EDITION_ORDERS), user)


@require_safe
def editions(request: HttpRequest) -> HttpResponse:
    """The forums: q, stage, after."""
    rows = Edition.objects.visible_to(reader(request))
    listing = Listing(request, rows, edition_filters(), orders=EDITION_ORDERS)
    return render(request, "forum/public/editions.html", {"listing": listing})


def edition_parts(record: Edition, user: Any) -> dict[str, Any]:
    """Tables, sessions, bodies and participants of an edition as `user` may read them. Five queries."""
    people = Participation.objects.visible_to(user).select_related("organization", "agency")
    named_by_consent = people.filter(edition=record)
    return {
        "tables": list(
            WorkingTable.objects.visible_to(user)
            .filter(edition=record)
            .select_related("moderator__organization", "moderator__agency", "rapporteur__organization", "rapporteur__agency")
            .order_by("number")
        ),
        "sessions": sessions_of(record, user),
        "organization_rows": list(
            record.organization_rows.select_related("organization__state_of_origin").order_by("organization__sort", "pk")[
                :MOST_ROWS
            ]
        ),
        "agency_rows": list(record.agency_rows.select_related("agency").order_by("agency__sort", "pk")[:MOST_ROWS]),
        "participants": list(named_by_consent.order_by("sort", "key")[:MOST_ROWS]),
    }


@require_safe
def edition(request: HttpRequest, key: str) -> HttpResponse:
    """One forum: when and where, who, at which tables, with which programme, and what came of it."""
    user = reader(request)
    record = get_for(user, Edition, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    parts = edition_parts(record, user)
    bodies = [row.organization for row in parts["organization_rows"]] + [row.agency for row in parts["agency_rows"]]
    context = {
        "record": record,
        **parts,
        "programme": by_day(parts["sessions"], record.time_zone),
        "groups": groups_of(parts["organization_rows"]),
        "named": [row for row in parts["participants"] if row.shown_name],
        "has_samples": any(body.is_sample for body in [*bodies, *parts["participants"]]),
        "unnamed": sum(1 for row in parts["participants"] if not row.shown_name),
        "fewest": FEWEST_PEOPLE,
        "results": sockets.edition_figures.collect(edition=record, user=user),
        "panels": panels_of(record, user),
    }
    return render(request, "forum/public/edition.html", context)


def groups_of(rows: list[Any]) -> list[tuple[str, list[Any]]]:
    """(heading, organizations) of an edition by the part that they have in it, in the order of `EditionOrganization.Part`."""
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.part, []).append(row.organization)
    choices = rows[0].Part.choices if rows else []
    return [(PART_HEADINGS[part] % len(groups[part]), groups[part]) for part, _words in choices if part in groups]


@require_safe
def edition_json(request: HttpRequest, key: str) -> HttpResponse:
    user = reader(request)
    record = get_for(user, Edition, key)
    if elsewhere := to_permanent(request, record, key, reverse("edition_json", args=[record.slug])):
        return elsewhere
    link = link_of(request)
    return json_page({**api.edition_data(record, link, edition_parts(record, user)), **panel_data(record, user, link)})


# --- organizations ----------------------------------------------------------------------------------------------------


def organizations_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of organizations and its file have in common."""
    return {
        "request": request,
        "queryset": Organization.objects.visible_to(user),
        "filters": organization_filters(user),
        "orders": NAME_ORDERS,
        "facet": "kind",
        "nouns": ngettext_lazy("%(n)s organization", "%(n)s organizations", "n"),
    }


@require_safe
def organizations_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of organizations as a file."""
    user = reader(request)
    return tables.ORGANIZATIONS.response(request, Narrowed(**organizations_asked(request, user)), user)


@require_safe
def organizations(request: HttpRequest) -> HttpResponse:
    """Organizations: q, edition, kind, state, order, after."""
    user = reader(request)
    listing = Listing(
        **organizations_asked(request, user),
        prepare=lambda rows: rows.select_related("state_of_origin", "country", "subdivision"),
    )
    return render(request, "forum/public/organizations.html", {"listing": listing})


def organization_record(user: Any, key: str) -> Organization:
    rows = Organization.objects.select_related("state_of_origin", "country", "subdivision", "parent")
    record: Organization = get_for(user, rows, key)
    return record


def organization_parts(record: Organization, user: Any) -> dict[str, Any]:
    """Names, members, mirrors and editions of an organization. Five queries."""
    return {
        "names": list(record.names.all()),
        "members": list(record.members.order_by("sort", "key")[:MOST_ROWS]),
        "mirrors": list(record.mirror_links.select_related("mirror").order_by("mirror__sort", "pk")),
        "mirror_of": list(record.mirrored_links.select_related("organization").order_by("organization__sort", "pk")[:MOST_ROWS]),
        "editions": edition_rows(record, user),
    }


def edition_rows(record: Organization | Agency, user: Any) -> list[Any]:
    """Rows of the editions that `user` may see and that the body took part in, newest first."""
    visible = Edition.objects.visible_to(user).values("pk")
    rows: Any = record.edition_rows
    return list(rows.filter(edition__in=visible).select_related("edition").order_by("-edition__starts_on", "-pk"))


@require_safe
def organization(request: HttpRequest, key: str) -> HttpResponse:
    """One organization: where it comes from, whom it is linked with, what it brought in and what it owes."""
    user = reader(request)
    record = organization_record(user, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    people = Participation.objects.visible_to(user).named().filter(organization=record)
    people = people.select_related("edition").order_by("-edition__starts_on", "sort", "key")[:MOST_ROWS]
    context = {
        "record": record,
        **organization_parts(record, user),
        # Who came to several forums is named once, with the newest post.
        "people": list({row.person_id: row for row in reversed(people)}.values())[::-1],
        "panels": panels_of(record, user),
    }
    return render(request, "forum/public/organization.html", context)


@require_safe
def organization_json(request: HttpRequest, key: str) -> HttpResponse:
    user = reader(request)
    record = organization_record(user, key)
    if elsewhere := to_permanent(request, record, key, reverse("organization_json", args=[record.key])):
        return elsewhere
    link = link_of(request)
    return json_page({**api.organization_data(record, link, organization_parts(record, user)), **panel_data(record, user, link)})


# --- public bodies ----------------------------------------------------------------------------------------------------


def agencies_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of public bodies and its file have in common."""
    return {
        "request": request,
        "queryset": Agency.objects.visible_to(user),
        "filters": agency_filters(user),
        "orders": agency_orders(),
        "facet": "level",
        "nouns": ngettext_lazy("%(n)s public body", "%(n)s public bodies", "n"),
    }


@require_safe
def agencies_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of public bodies as a file."""
    user = reader(request)
    return tables.AGENCIES.response(request, Narrowed(**agencies_asked(request, user)), user)


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Public bodies: q, edition, level, order, after."""
    user = reader(request)
    listing = Listing(
        **agencies_asked(request, user),
        prepare=lambda rows: rows.select_related("state"),
    )
    return render(request, "forum/public/agencies.html", {"listing": listing})


def agency_record(user: Any, key: str) -> Agency:
    onward = AgencySuccession.objects.select_related("successor")
    # Two steps are read at once; a longer chain of successors costs a query for each further step.
    onward = onward.prefetch_related(Prefetch("successor__succession", AgencySuccession.objects.select_related("successor")))
    rows = Agency.objects.select_related("state", "parent").prefetch_related("names", Prefetch("succession", onward))
    record: Agency = get_for(user, rows, key)
    return record


def agency_parts(record: Agency, user: Any) -> dict[str, Any]:
    """Names, predecessors, successors and editions of a public body."""
    return {
        "names": [row for row in record.names.all() if row.is_dated or row.name_es != record.name_es],
        "successions": list(record.succession.all()),
        "predecessions": list(record.preceded_by.select_related("predecessor").order_by("happened_on", "pk")),
        "today": record.successors_today(),
        "editions": edition_rows(record, user),
    }


@require_safe
def agency(request: HttpRequest, key: str) -> HttpResponse:
    """One public body: its names, how it answers and what it owes."""
    user = reader(request)
    record = agency_record(user, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    context = {
        "record": record,
        **agency_parts(record, user),
        "panels": panels_of(record, user),
    }
    return render(request, "forum/public/agency.html", context)


@require_safe
def agency_json(request: HttpRequest, key: str) -> HttpResponse:
    user = reader(request)
    record = agency_record(user, key)
    if elsewhere := to_permanent(request, record, key, reverse("agency_json", args=[record.key])):
        return elsewhere
    link = link_of(request)
    return json_page({**api.agency_data(record, link, agency_parts(record, user)), **panel_data(record, user, link)})


# --- participants -----------------------------------------------------------------------------------------------------


def participants_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of participants and its file have in common."""
    return {
        "request": request,
        "queryset": Participation.objects.visible_to(user),
        "filters": participant_filters(user),
        "order": ("sort", "key", "pk"),
        "facet": "role",
        "nouns": ngettext_lazy("%(n)s participant", "%(n)s participants", "n"),
    }


@require_safe
def participants_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of participants as a file: as little of those who are not named as the page shows."""
    user = reader(request)
    return tables.PARTICIPANTS.response(request, Narrowed(**participants_asked(request, user)), user)


@require_safe
def participants(request: HttpRequest) -> HttpResponse:
    """Who takes part: names by consent, otherwise whom the person represents. q, edition, role, state, after."""
    user = reader(request)
    listing = Listing(
        **participants_asked(request, user),
        prepare=lambda rows: rows.select_related("edition", "organization", "agency", "person__state_of_origin"),
    )
    return render(request, "forum/public/participants.html", {"listing": listing})
