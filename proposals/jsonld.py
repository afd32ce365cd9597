"""Proposals and antecedents in the vocabulary of schema.org. `link` gives a record's absolute address."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from core.jsonld import thing
from core.pages import language, partial
from forum.api import Link
from forum.jsonld import area_of, body_brief
from proposals.models import Antecedent, Proposal


def proposal_thing(proposal: Proposal, link: Link) -> dict[str, Any]:
    """A proposal as a document: by whom, to whom, since when, which version. Three queries where nothing is prefetched."""
    return thing(
        "DigitalDocument",
        id=link(proposal),
        url=link(proposal),
        identifier=proposal.folio,
        name=proposal.title,
        abstract=proposal.petition,
        inLanguage=proposal.language_of("title") or language(),
        keywords=proposal.topic,
        version=proposal.version_number or None,
        creativeWorkStatus=proposal.get_status_display(),
        datePublished=proposal.published_at,
        author=[body_brief(body, link) for body in in_order(proposal.proponents, "key")],
        audience=[body_brief(body, link) for body in in_order(proposal.addressees, "key")],
        spatialCoverage=[area_of(area) for area in in_order(proposal.states, "code")],
        isPartOf=thing("Event", id=link(proposal.edition), name=proposal.edition.name),
    )


def in_order(related: Any, name: str) -> list[Any]:
    """Rows of a relation that may be at hand, by a column."""
    return sorted(related.all(), key=attrgetter(name))


def antecedent_thing(antecedent: Antecedent, link: Link) -> dict[str, Any]:
    return thing(
        "CreativeWork",
        id=link(antecedent),
        url=link(antecedent),
        identifier=antecedent.key,
        name=antecedent.name,
        inLanguage=antecedent.language_of("name") or language(),
        temporal=partial(antecedent, "starts_on", "starts_precision"),
        locationCreated=thing("Place", name=antecedent.place) if antecedent.place else None,
        sameAs=antecedent.url,
    )
