"""An agreement assembled from opinions: what is carried over, each piece with the opinion that it comes from.

The texts made here are content, not interface: each is written once in Spanish and, where the proposals have an English
text, once in English. Nothing is saved: the organizer reads, changes and saves the draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.dates import today_in
from forum.models import Participation
from proposals.models import Condition, Opinion, Proposal

#: Opinions that an agreement can grow out of.
FAVOURABLE = (Opinion.Verdict.FEASIBLE, Opinion.Verdict.CONDITIONAL)
TITLE_LENGTH = 300
TEXT_LENGTH = 20_000


@dataclass
class Draft:
    """What an agreement starts with. `parties` and `clauses` as `agreements.workflow.create_agreement` takes them."""

    values: dict[str, Any] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    parties: list[dict[str, Any]] = field(default_factory=list)
    clauses: list[dict[str, Any]] = field(default_factory=list)


def opinions_of(edition: Any, user: Any) -> Any:
    """The opinions of an edition that an agreement can grow out of, as far as this person may read them."""
    return (
        Opinion.objects.visible_to(user)
        .current()
        .filter(
            verdict__in=FAVOURABLE,
            referral__version__proposal__edition=edition,
            referral__version__proposal__status__in=["in_review", "reviewed", "agreed"],
        )
        .select_related("referral__agency", "referral__version__proposal__edition")
        .prefetch_related("conditions", "referral__version__proposal__proponents")
        .order_by("referral__version__proposal__folio", "referral__agency__sort", "folio")
    )


def _unique(records: Iterable[Any]) -> list[Any]:
    return list({record.pk: record for record in records}.values())


def _title(proposals: Sequence[Proposal], language: str) -> str:
    titles = [getattr(proposal, f"title_{language}") for proposal in proposals]
    if not titles or not all(titles):
        return ""
    if len(titles) == 1:
        return titles[0]
    with override(language):
        text = _("Joint work agreement: %(titles)s") % {"titles": "; ".join(titles)}
    if len(text) > TITLE_LENGTH:
        with override(language):
            text = _("Joint work agreement on proposals %(folios)s") % {"folios": ", ".join(p.folio for p in proposals)}
    return text[:TITLE_LENGTH]


def _background(proposals: Sequence[Proposal], opinions: Sequence[Opinion], language: str) -> str:
    """One paragraph for each proposal: who brought it in, and what each body answered."""
    if not all(getattr(proposal, f"title_{language}") for proposal in proposals):
        return ""
    paragraphs = []
    with override(language):
        for proposal in proposals:
            brought_in = ", ".join(organization.short for organization in proposal.proponents.all())
            words = {"folio": proposal.folio, "title": getattr(proposal, f"title_{language}"), "organizations": brought_in}
            lines = [
                (
                    _("Proposal %(folio)s, “%(title)s”, brought in by %(organizations)s.")
                    if brought_in
                    else _("Proposal %(folio)s, “%(title)s”.")
                )
                % words
            ]
            lines += [
                _("%(agency)s found it %(verdict)s (opinion %(folio)s).")
                % {"agency": opinion.agency.short, "verdict": opinion.get_verdict_display(), "folio": opinion.folio}
                for opinion in opinions
                if opinion.proposal.pk == proposal.pk
            ]
            paragraphs.append(" ".join(lines))
    return "\n\n".join(paragraphs)[:TEXT_LENGTH]


def condition_text(condition: Condition) -> str:
    """A condition in the words of the body that set it, with its owner and date."""
    text = condition.what
    with override("es"):
        if condition.owner:
            text += "\n" + _("Responsible according to the opinion: %(owner)s.") % {"owner": condition.owner}
        if condition.until:
            text += "\n" + _("Until: %(date)s.") % {"date": condition.until.isoformat()}
    return text[:TEXT_LENGTH]


def clauses_from(proposals: Sequence[Proposal], opinions: Sequence[Opinion]) -> list[dict[str, Any]]:
    """The petition of each proposal, then each condition, with their opinions."""
    clauses = []
    for proposal in proposals:
        sources = [opinion for opinion in opinions if opinion.proposal.pk == proposal.pk]
        clauses.append({"text_es": proposal.petition_es, "text_en": proposal.petition_en, "opinions": sources})
        clauses += [
            {"text_es": condition_text(condition), "text_en": "", "opinions": [opinion]}
            for opinion in sources
            for condition in opinion.conditions.all()
            if condition.status == Condition.Status.OPEN
        ]
    return clauses


def parties_from(edition: Any, proposals: Sequence[Proposal], opinions: Sequence[Opinion]) -> list[dict[str, Any]]:
    """The bodies of the opinions and the proponents, as signatories; a representative where only one can be meant."""
    agencies = _unique(opinion.agency for opinion in opinions)
    organizations = _unique(organization for proposal in proposals for organization in proposal.proponents.all())
    people = list(
        Participation.objects.filter(edition=edition, capacity=Participation.Capacity.PRINCIPAL)
        .filter(agency__in=[agency.pk for agency in agencies])
        .select_related("person")
    ) + list(
        Participation.objects.filter(edition=edition, capacity=Participation.Capacity.PRINCIPAL)
        .filter(organization__in=[organization.pk for organization in organizations])
        .select_related("person")
    )
    parties = []
    for side, bodies in (("organization", organizations), ("agency", agencies)):
        for body in bodies:
            own = [person for person in people if getattr(person, f"{side}_id") == body.pk]
            parties.append({side: body, "role": "signatory", "representative": own[0] if len(own) == 1 else None})
    return parties


def assemble(edition: Any, opinions: Iterable[Opinion]) -> Draft:
    """The draft that these opinions lead to; an empty one for none."""
    chosen = list(opinions)
    proposals = _unique(opinion.proposal for opinion in chosen)
    if not chosen:
        return Draft(values={"dated_on": None})
    topics = {proposal.topic for proposal in proposals if proposal.topic}
    return Draft(
        values={
            "title_es": _title(proposals, "es"),
            "title_en": _title(proposals, "en"),
            "background_es": _background(proposals, chosen, "es"),
            "background_en": _background(proposals, chosen, "en"),
            "topic": topics.pop() if len(topics) == 1 else "",
            "place": edition.city,
            "dated_on": today_in(edition.time_zone),
        },
        proposals=proposals,
        opinions=chosen,
        parties=parties_from(edition, proposals, chosen),
        clauses=clauses_from(proposals, chosen),
    )
