"""An issued opinion on paper, with the fingerprint that the public ledger holds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.documents import Document, Entry, Facts, Heading, Note, Words
from core.documents.words import both, day, picked, spelled
from core.pages import language
from proposals.models import CriterionAssessment, Opinion

#: Opinions are written in one language.
WRITTEN_IN = "es"


def own_words() -> str:
    """The mark of an opinion's texts, where the document is in another language."""
    return "" if language() == WRITTEN_IN else WRITTEN_IN


def opinion_document(opinion: Opinion, address: str) -> Document:
    """`opinion` issued, with referral, version, proposal, edition, agency, criteria and conditions at hand."""
    referral, proposal = opinion.referral, opinion.proposal
    edition = proposal.edition
    name, acronym = referral.agency.name_on(referral.sent_on)
    reasons = [Heading(_("Reasons")), Words(opinion.reasons, own_words())] if opinion.reasons else []
    return Document(
        title=_("Opinion of %(body)s on proposal %(folio)s") % {"body": acronym or name, "folio": proposal.folio},
        language=language(),
        author=edition.name,
        at=opinion.issued_at or opinion.created_at,
        overline=edition.name,
        folio=opinion.folio,
        version=_("on version %(number)s of the proposal, issued on %(date)s")
        % {"number": referral.version.number, "date": day(opinion.issued_at, edition.time_zone)},
        fingerprint=opinion.sha256,
        address=address,
        mark=pgettext("mark on a printed page", "SUPERSEDED") if opinion.status == Opinion.Status.SUPERSEDED else "",
        parts=[
            *([Note(_("Sample data: this opinion is invented."), strong=True)] if opinion.is_sample else []),
            Facts(
                [
                    (_("Body"), name),
                    (_("Proposal"), f"{proposal.folio}, {picked(both(referral.version, 'title'))[0]}"),
                    (_("Verdict"), spelled(opinion.get_verdict_display())),
                    (_("Soundness"), spelled(opinion.get_soundness_display())),
                    (_("Signed by (post)"), opinion.signatory_post),
                    (_("Recorded on behalf of the body"), opinion.on_behalf_reason),
                    (_("Takes the place of"), opinion.supersedes.folio if opinion.supersedes else ""),
                    (_("Assessed again because"), opinion.supersede_reason),
                ]
            ),
            *([Words(opinion.soundness_text, own_words())] if opinion.soundness_text else []),
            *reasons,
            Facts(
                [
                    (_("Programme"), opinion.programme),
                    (_("What proves it"), opinion.programme_evidence),
                    (_("What it asks"), opinion.questions_text),
                    (_("Answers expected by"), day(opinion.questions_due_on)),
                    (_("Refers to"), str(opinion.refer_to or "")),
                    (_("Legal basis"), opinion.legal_basis),
                ]
            ),
            *conditions(opinion),
            *criteria(opinion),
        ],
    )


def conditions(opinion: Opinion) -> list[Any]:
    rows = sorted(opinion.conditions.all(), key=lambda row: row.number)
    found: list[Any] = [Heading(_("Conditions"))] if rows else []
    for row in rows:
        facts = [
            (_("Responsible party"), row.owner),
            (_("Kind"), spelled(row.get_kind_display())),
            (_("Until"), day(row.until)),
            (_("Status"), spelled(row.get_status_display())),
            (_("What proves it"), row.evidence),
        ]
        found.append(Entry(_("Condition %(number)s") % {"number": row.number}, row.what, own_words(), facts))
    return found


def criteria(opinion: Opinion) -> list[Any]:
    """The eight criteria, in the order of every page; those not assessed say so."""
    order = {code: number for number, (code, _label) in enumerate(CriterionAssessment.Criterion.choices)}
    rows = sorted(opinion.criteria.all(), key=lambda row: order[row.criterion])
    found: list[Any] = [Heading(_("Criteria and reasons"))] if rows else []
    for row in rows:
        amount = f"{row.amount:,.2f} {row.currency}" if row.amount is not None else ""
        facts = [
            (_("Needs a legal reform"), _("yes") if row.needs_legal_reform else ""),
            (_("Amount"), amount),
            (_("Source of the funds"), row.funding_source),
            (_("Fiscal year"), str(row.fiscal_year or "")),
            (_("Other bodies needed"), row.other_bodies),
            (_("Gender and inclusion"), row.gender_and_inclusion),
        ]
        label = f"{spelled(row.get_criterion_display())}: {row.get_value_display()}"
        found.append(Entry(label, row.reason, own_words(), facts))
    return found
