"""Agreements and work meetings in the vocabulary of schema.org. `link` gives a record's absolute address."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from agreements import queries as read
from agreements.models import Agreement, Meeting
from core.jsonld import thing
from core.pages import language
from core.prepared import is_at_hand
from forum.api import Link
from forum.jsonld import body_brief, place_of


def agreement_thing(agreement: Agreement, link: Link) -> dict[str, Any]:
    """An agreement as a document of its parties. Two queries at most: parties with their bodies, proposals it comes from."""
    parties = agreement.parties.all() if is_at_hand(agreement, "parties") else read.parties(None, agreement.pk)
    origin = read.proposals(None, agreement.pk)
    return thing(
        "DigitalDocument",
        id=link(agreement),
        url=link(agreement),
        identifier=agreement.folio,
        name=agreement.title,
        abstract=agreement.background,
        inLanguage=agreement.language_of("title") or language(),
        keywords=agreement.topic,
        version=agreement.version_number or None,
        creativeWorkStatus=agreement.get_status_display(),
        datePublished=agreement.published_at,
        dateCreated=agreement.dated_on,
        locationCreated=thing("Place", name=agreement.place) if agreement.place else None,
        author=[body_brief(party.body, link) for party in parties],
        isBasedOn=[thing("DigitalDocument", id=link(proposal), name=proposal.title) for proposal in origin],
        isPartOf=thing("Event", id=link(agreement.edition), name=agreement.edition.name),
    )


def meeting_thing(meeting: Meeting, link: Link) -> dict[str, Any]:
    """A work meeting on the clock of its own zone. The link for the invited is nothing that the public reads."""
    zone = ZoneInfo(meeting.time_zone)
    cancelled = meeting.status == Meeting.Status.CANCELLED
    return thing(
        "Event",
        id=link(meeting),
        url=link(meeting),
        identifier=meeting.folio,
        name=meeting.title,
        inLanguage=meeting.language_of("title") or language(),
        startDate=meeting.starts_at.astimezone(zone),
        endDate=meeting.ends_at.astimezone(zone),
        eventStatus=f"https://schema.org/Event{'Cancelled' if cancelled else 'Scheduled'}",
        location=place_of(meeting.place),
        organizer=body_brief(meeting.convener, link) if meeting.convener else None,
        superEvent=thing("Event", id=link(meeting.edition), name=meeting.edition.name),
    )
