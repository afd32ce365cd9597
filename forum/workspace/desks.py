"""Organizations and agencies: the same list and the same form, with other words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.gate import get_for
from core.listing import ChoiceFilter, Filter, Listing, TextFilter
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency, Organization
from forum.permissions import is_any_organizer
from forum.workflow import create_agency, create_organization, edit_agency, edit_organization
from forum.workspace.access import organizers_only
from forum.workspace.forms import AgencyForm, OrganizationForm

FOUND = TextFilter("q", _("Words"))


@dataclass(frozen=True)
class Desk:
    """One kind of record that organizers enter, list and edit. `argument` is what the doors call the record."""

    argument: str
    model: Any
    form: Any
    create: Callable[..., Any]
    edit: Callable[..., Any]
    title: Any
    new: Any
    filters: Sequence[Filter]
    #: Heading and value of each column after the name.
    columns: Sequence[tuple[Any, Callable[[Any], Any]]]
    related: Sequence[str]

    @property
    def list_url(self) -> str:
        return reverse(f"workspace:{self.plural}")

    @property
    def new_url(self) -> str:
        return reverse(f"workspace:{self.argument}_new")

    @property
    def plural(self) -> str:
        return {"organization": "organizations", "agency": "agencies"}[self.argument]

    def page_url(self, record: Any) -> str:
        return reverse(f"workspace:{self.argument}_edit", args=[record.key])


ORGANIZATIONS = Desk(
    "organization",
    Organization,
    OrganizationForm,
    create_organization,
    edit_organization,
    _("Organizations"),
    _("Enter an organization"),
    (
        FOUND,
        ChoiceFilter("kind", _("Kind"), Organization.Kind.choices),
    ),
    (
        (_("Key"), lambda row: row.key),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("State of origin"), lambda row: row.state_of_origin),
        (_("Residence"), lambda row: ", ".join(filter(None, [row.city, str(row.subdivision or row.country or "")]))),
    ),
    ("state_of_origin", "subdivision", "country"),
)

AGENCIES = Desk(
    "agency",
    Agency,
    AgencyForm,
    create_agency,
    edit_agency,
    pgettext_lazy("title of a list", "Public bodies"),
    _("Enter a public body"),
    (
        FOUND,
        ChoiceFilter("level", _("Level"), Agency.Level.choices),
    ),
    (
        (_("Acronym"), lambda row: row.acronym),
        (_("Level"), lambda row: row.get_level_display()),
        (_("Parent body"), lambda row: row.parent.short if row.parent else ""),
    ),
    ("parent",),
)

ORDER = ("sort", "key")


def show_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list with search; every name leads to the form."""
    organizers_only(request)
    shown = Listing(
        request,
        desk.model.objects.visible_to(request.user),
        desk.filters,
        order=ORDER,
        prepare=lambda rows: rows.select_related(*desk.related),
    )
    rows = [
        {
            "url": desk.page_url(row),
            "record": row,
            "cells": [(heading, value(row)) for heading, value in desk.columns],
        }
        for row in shown
    ]
    return render(request, "forum/workspace/records.html", {"desk": desk, "listing": shown, "rows": rows})


def show_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Enter a record."""
    organizers_only(request)
    form = desk.form(sent(request))
    if form.is_valid() and attempt(form, desk.create, actor=request.user, values=form.values()):
        return done(request, _("Entered: %(record)s.") % {"record": form.result}, desk.page_url(form.result))
    return show_form(request, "forum/workspace/record_form.html", form, desk=desk, title=desk.new)


def show_edit(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Edit a record, with what happened to it below."""
    record = get_for(request.user, desk.model, key, allow=is_any_organizer)
    form = desk.form(sent(request), record=record)
    arguments = {desk.argument: record, "actor": request.user}
    if form.is_valid() and attempt(form, desk.edit, values=form.values(), revision=form.revision, **arguments):
        return done(request, _("Saved: %(record)s.") % {"record": record}, desk.page_url(record))
    return show_form(
        request,
        "forum/workspace/record_form.html",
        form,
        desk=desk,
        record=record,
        title=str(record),
        timeline=timeline(record),
    )


@workspace_page(methods=("GET", "HEAD"))
def organizations(request: HttpRequest) -> HttpResponse:
    return show_list(request, ORGANIZATIONS)


@workspace_page
def organization_new(request: HttpRequest) -> HttpResponse:
    return show_new(request, ORGANIZATIONS)


@workspace_page
def organization_edit(request: HttpRequest, key: str) -> HttpResponse:
    return show_edit(request, ORGANIZATIONS, key)


@workspace_page(methods=("GET", "HEAD"))
def agencies(request: HttpRequest) -> HttpResponse:
    return show_list(request, AGENCIES)


@workspace_page
def agency_new(request: HttpRequest) -> HttpResponse:
    return show_new(request, AGENCIES)


@workspace_page
def agency_edit(request: HttpRequest, key: str) -> HttpResponse:
    return show_edit(request, AGENCIES, key)
