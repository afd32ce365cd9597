"""Agencies, their dated names and what became of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core import search
from core.events import record_event
from forum.models import Agency, AgencyName, AgencySuccession, Participation
from forum.models.agencies import line_of, other_names_of
from forum.validators import check_agency
from forum.workflow.common import create_checked, edit_checked, only_organizers


def create_agency(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> Agency:
    only_organizers(actor)
    created: Agency = create_checked(Agency(**values), check_agency, actor=actor, at=at)
    return created


def edit_agency(
    *, agency: Agency, actor: Any, values: Mapping[str, Any], revision: int | None = None, at: dt.datetime | None = None
) -> Agency:
    only_organizers(actor)
    with transaction.atomic():
        edited: Agency = edit_checked(agency, values, check_agency, actor=actor, revision=revision, at=at)
        if {"name_es", "name_en", "acronym"} & set(values):
            refresh_line(edited)
            refresh_people_of(agency=edited)
    return edited


def add_agency_name(*, agency: Agency, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> AgencyName:
    """A dated name of the agency; it is found by it from now on."""
    only_organizers(actor)
    with transaction.atomic():
        row = AgencyName(agency=agency, **values)
        row.full_clean()
        row.save()
        record_event(agency, "add_name", actor=actor, changes={"name": [None, row.name_es]}, at=at)
        refresh_other_names(agency)
    return row


def remove_agency_name(*, name: AgencyName, actor: Any, at: dt.datetime | None = None) -> None:
    only_organizers(actor)
    with transaction.atomic():
        agency, text = name.agency, name.name_es
        name.delete()
        record_event(agency, "remove_name", actor=actor, changes={"name": [text, None]}, at=at)
        refresh_other_names(agency)


def add_succession(
    *,
    predecessor: Agency,
    successor: Agency,
    actor: Any,
    values: Mapping[str, Any],
    at: dt.datetime | None = None,
) -> AgencySuccession:
    """`successor` does the work of `predecessor`. `values`: kind, happened_on, date_precision, note_es, note_en."""
    only_organizers(actor)
    with transaction.atomic():
        row = AgencySuccession(predecessor=predecessor, successor=successor, **values)
        row.full_clean()
        row.save()
        record_event(predecessor, "add_successor", actor=actor, changes={"successor": [None, successor.key]}, at=at)
        refresh_line(predecessor)
        refresh_other_names(predecessor)
    return row


def refresh_other_names(body: Any) -> None:
    """Bring `other_names`, and with it what the search finds, in step with the names and the succession of `body`
    (agency or organization)."""
    if isinstance(body, Agency):
        names = other_names_of(body)
    else:
        names = " ".join(f"{row.name} {row.acronym}" for row in body.names.all())
    if names != body.other_names:
        body.other_names = names
        body.save(update_fields=["other_names"])
    search.refresh(body)


def refresh_line(agency: Agency) -> None:
    """Those who carry the name of `agency` among their other names: what came before and after it."""
    for body in line_of(agency):
        refresh_other_names(body)


def refresh_people_of(**body: Any) -> None:
    """What the search finds of the participants of a body, which is named beside them."""
    people = Participation.objects.filter(**body).exclude(shown_name="")
    for participation in people.select_related("edition", "organization", "agency"):
        search.refresh(participation)
