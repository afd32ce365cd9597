"""Rules of forum records beyond a single column: the same for forms, admin and imports, which all use the doors.

Each function takes a record that is not saved yet and raises `ValidationError` with the names of the fields.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from forum.models import Area, Edition, Organization, Participation, Person, Session, WorkingTable
from forum.models.closures import LONGEST

MOST_LEVELS = 20


def check_state_of_origin(record: Any, name: str = "state_of_origin") -> dict[str, str]:
    """The state of origin is one of the 32 federal entities."""
    area = getattr(record, name)
    if area is not None and area.kind != Area.Kind.FEDERAL_ENTITY:
        return {name: _("“%(area)s” is not a federal entity of Mexico.") % {"area": area}}
    return {}


def check_residence(record: Any, country_name: str, subdivision_name: str) -> dict[str, str]:
    """A country is a country, and a subdivision belongs to it."""
    country, subdivision = getattr(record, country_name), getattr(record, subdivision_name)
    problems = {}
    if country is not None and country.kind != Area.Kind.COUNTRY:
        problems[country_name] = _("“%(area)s” is not a country.") % {"area": country}
    if subdivision is not None and subdivision.kind == Area.Kind.COUNTRY:
        problems[subdivision_name] = _("“%(area)s” is a country: choose a state or province of it.") % {"area": subdivision}
    elif subdivision is not None and country is not None and subdivision.country_id != country.pk:
        problems[subdivision_name] = _("“%(area)s” is not in %(country)s.") % {"area": subdivision, "country": country}
    return problems


def check_parent(record: Any) -> dict[str, str]:
    """Going up from parent to parent never comes back to the record."""
    above, levels = record.parent, 0
    while above is not None:
        levels += 1
        if (record.pk is not None and above.pk == record.pk) or levels > MOST_LEVELS:
            return {"parent": _("“%(record)s” would stand above itself.") % {"record": record}}
        above = above.parent
    return {}


def refuse(problems: dict[str, str]) -> None:
    if problems:
        raise ValidationError(dict(problems))


def check_edition(edition: Edition) -> None:
    """The review does not end before the intake does."""
    intake, review = edition.intake_closes_on, edition.review_closes_on
    refuse(
        {"review_closes_on": _("The review cannot end before proposals stop being taken.")}
        if intake and review and review < intake
        else {}
    )


def check_organization(organization: Organization) -> None:
    refuse(
        check_state_of_origin(organization) | check_residence(organization, "country", "subdivision") | check_parent(organization)
    )


def check_agency(agency: Any) -> None:
    refuse(check_state_of_origin(agency, "state") | check_parent(agency))


def check_closure(closure: Any) -> None:
    """The days come in order, are not more than a season, and the state is one of the 32."""
    problems = check_state_of_origin(closure, "state")
    if closure.starts_on and closure.ends_on:
        days = (closure.ends_on - closure.starts_on).days + 1
        if days > LONGEST:
            problems["ends_on"] = _("These are %(days)s days; at most %(most)s are closed by one record.") % {
                "days": days,
                "most": LONGEST,
            }
        elif days < 1:
            problems["ends_on"] = _("The last day cannot come before the first.")
    refuse(problems)


def check_person(person: Person) -> None:
    refuse(check_state_of_origin(person) | check_residence(person, "residence_country", "residence_subdivision"))


def check_participation(participation: Participation) -> None:
    """An official comes for an agency, a migrant leader never does."""
    problems = {}
    if participation.role == Participation.Role.OFFICIAL and participation.agency is None:
        problems["agency"] = _("An official comes for an agency: say which one.")
    if participation.role == Participation.Role.MIGRANT_LEADER and participation.agency is not None:
        problems["agency"] = _("A migrant leader comes for an organization, not for an agency.")
    refuse(problems)


def check_table(table: WorkingTable) -> None:
    """Moderator and rapporteur take part in the same edition."""
    problems = {}
    for name in ("moderator", "rapporteur"):
        participation = getattr(table, name)
        if participation is not None and participation.edition_id != table.edition_id:
            problems[name] = _("This participant belongs to another edition.")
    refuse(problems)


def check_session(session: Session) -> None:
    refuse(
        {"table": _("This working table belongs to another edition.")}
        if session.table is not None and session.table.edition_id != session.edition_id
        else {}
    )
