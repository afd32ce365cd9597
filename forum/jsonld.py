"""Editions, organizations and public bodies in the vocabulary of schema.org. `link` gives a record's absolute address."""

from __future__ import annotations

from typing import Any

from core.jsonld import thing
from core.pages import language, partial
from forum.api import Link
from forum.models import Agency, Area, Edition, Organization


def body_brief(body: Organization | Agency, link: Link) -> dict[str, Any]:
    """An organization or public body as other things name it."""
    kind = "GovernmentOrganization" if isinstance(body, Agency) else "Organization"
    return thing(kind, id=link(body), name=str(body), alternateName=body.acronym, url=link(body))


def place_of(name: str, city: str = "") -> dict[str, Any] | None:
    if not (name or city):
        return None
    return thing("Place", name=name or city, address=thing("PostalAddress", addressLocality=city) if city else None)


def area_of(area: Area | None) -> dict[str, Any] | None:
    return None if area is None else thing("AdministrativeArea", name=area.name, identifier=area.code)


def edition_thing(edition: Edition, link: Link) -> dict[str, Any]:
    """A forum. Dates are no more exact than they are known: `2011-05`."""
    return thing(
        "Event",
        id=link(edition),
        url=link(edition),
        name=edition.name,
        description=edition.objective,
        inLanguage=edition.language_of("name") or language(),
        startDate=partial(edition, "starts_on", "date_precision"),
        endDate=partial(edition, "ends_on", "date_precision"),
        eventStatus="https://schema.org/EventScheduled",
        eventAttendanceMode="https://schema.org/OfflineEventAttendanceMode" if edition.venue else None,
        location=place_of(edition.venue, edition.city),
        organizer=thing("Organization", name=edition.convener) if edition.convener else None,
    )


def organization_thing(organization: Organization, link: Link) -> dict[str, Any]:
    return thing(
        "Organization",
        id=link(organization),
        url=link(organization),
        name=organization.name,
        alternateName=organization.acronym,
        identifier=organization.key,
        sameAs=organization.website,
        areaServed=area_of(organization.state_of_origin),
        address=thing(
            "PostalAddress",
            addressLocality=organization.city,
            addressRegion=organization.subdivision.name if organization.subdivision else None,
            addressCountry=organization.country.code if organization.country else None,
        )
        if organization.city or organization.country
        else None,
    )


def agency_thing(agency: Agency, link: Link) -> dict[str, Any]:
    return thing(
        "GovernmentOrganization",
        id=link(agency),
        url=link(agency),
        name=agency.name,
        alternateName=agency.acronym,
        identifier=agency.key,
        sameAs=agency.website,
        areaServed=area_of(agency.state),
        parentOrganization=body_brief(agency.parent, link) if agency.parent else None,
    )
