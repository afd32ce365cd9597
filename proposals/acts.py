"""Public acts of proposals as documents: what a fingerprint is taken over, and what the ledger keeps.

Each document holds only what never changes afterwards, so that anybody can repeat the `sha256` from the record itself.
People appear in the ledger by opaque id only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import ledger
from proposals.models import Opinion, Proposal, ProposalVersion


def moment(at: dt.datetime | None) -> str | None:
    """An instant as the ledger writes it: UTC, six decimals."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds") if at is not None else None


def version_document(version: ProposalVersion) -> dict[str, Any]:
    """A proposal version as it was submitted: RFC 8785 and SHA-256 over this give its `sha256`."""
    return {
        "folio": version.folio,
        "number": version.number,
        "at": moment(version.at),
        "cause": version.cause,
        **version.text_values(),
    }


def opinion_document(opinion: Opinion) -> dict[str, Any]:
    """An issued opinion: RFC 8785 and SHA-256 over this give its `sha256`. Amounts are text with two decimals."""
    return {
        "folio": opinion.folio,
        "referral": opinion.referral.folio,
        "version": opinion.referral.version.folio,
        "agency": opinion.referral.agency.key,
        "soundness": opinion.soundness,
        "soundness_text": opinion.soundness_text,
        "verdict": opinion.verdict,
        "reasons": opinion.reasons,
        "legal_basis": opinion.legal_basis,
        "programme": opinion.programme,
        "programme_evidence": opinion.programme_evidence,
        "refer_to": opinion.refer_to.key if opinion.refer_to else None,
        "questions_text": opinion.questions_text,
        "questions_due_on": opinion.questions_due_on.isoformat() if opinion.questions_due_on else None,
        "signatory_post": opinion.signatory_post,
        "issued_at": moment(opinion.issued_at),
        "on_behalf_reason": opinion.on_behalf_reason,
        "supersedes": opinion.supersedes.folio if opinion.supersedes else None,
        "supersede_reason": opinion.supersede_reason,
        "criteria": [
            {
                "criterion": row.criterion,
                "value": row.value,
                "reason": row.reason,
                "needs_legal_reform": row.needs_legal_reform,
                "amount": f"{row.amount:.2f}" if row.amount is not None else None,
                "currency": row.currency,
                "funding_source": row.funding_source,
                "fiscal_year": row.fiscal_year,
                "other_bodies": row.other_bodies,
                "gender_and_inclusion": row.gender_and_inclusion,
            }
            for row in sorted(opinion.criteria.all(), key=lambda row: row.criterion)
        ],
        "conditions": [
            {
                "number": row.number,
                "what": row.what,
                "owner": row.owner,
                "kind": row.kind,
                "until": row.until.isoformat() if row.until else None,
            }
            for row in sorted(opinion.conditions.all(), key=lambda row: row.number)
        ],
    }


def enter_version(version: ProposalVersion, proposal: Proposal, *, at: dt.datetime) -> None:
    """Enter a submitted or revised version in the ledger, with those who bring it in and those it is addressed to."""
    ledger.append(
        "proposal_version",
        version.folio,
        {
            **version_document(version),
            "sha256": version.sha256,
            "edition": proposal.edition.slug,
            "proponents": sorted(proposal.proponents.values_list("key", flat=True)),
            "addressees": sorted(proposal.addressees.values_list("key", flat=True)),
            "antecedents": sorted(proposal.antecedents.values_list("key", flat=True)),
        },
        at=at,
    )


def enter_opinion(opinion: Opinion, *, at: dt.datetime) -> None:
    """Enter a released opinion in the ledger."""
    signatory = opinion.signed_by.key if opinion.signed_by else None
    ledger.append(
        "opinion", opinion.folio, {**opinion_document(opinion), "sha256": opinion.sha256, "signed_by": signatory}, at=at
    )


def enter_retraction(proposal: Proposal, became: str, *, at: dt.datetime, reason: str, others: Any = ()) -> None:
    """Enter that a published proposal was returned, withdrawn, merged or split. What never was public leaves no entry."""
    if proposal.published_at is None:
        return
    ledger.append(
        "retraction",
        proposal.folio,
        {"edition": proposal.edition.slug, "became": became, "reason": reason, "others": sorted(other.folio for other in others)},
        at=at,
    )
