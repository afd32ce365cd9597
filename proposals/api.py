"""Proposals and antecedents as JSON: stable English keys, ISO 8601 dates, codes instead of labels, nothing that is private.

`link` turns a record, or a path, into an absolute address. Dates are days in the zone of the edition, moments are in UTC.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.pages import partial, texts
from forum.api import Data, Link, area_data, body_data, day, edition_brief, moment
from proposals.acts import opinion_document, version_document
from proposals.models import Antecedent, Clarification, Opinion, Proposal, ProposalVersion, Recommendation
from proposals.record import Answer, ProposalPage


def proposal_brief(proposal: Proposal, link: Link) -> Data:
    """A proposal as other records name it."""
    return {
        "folio": proposal.folio,
        "title": texts(proposal, "title"),
        "status": proposal.status,
        "overall_reading": proposal.reading or None,
        "url": link(proposal),
    }


def file_data(record: Any) -> Data:
    """A stored file by key and fingerprint."""
    return {
        "key": record.key,
        "title": record.title,
        "content_type": record.content_type,
        "size": record.size,
        "sha256": record.sha256 or None,
    }


def version_data(version: ProposalVersion) -> Data:
    """A version: RFC 8785 and SHA-256 over `document` give `sha256`."""
    return {
        "folio": version.folio,
        "number": version.number,
        "at": moment(version.at),
        "cause": version.cause,
        **{name: texts(version, name) for name in ("title", "problem", "petition", "expected_result")},
        "policy_moment": version.policy_moment or None,
        "sha256": version.sha256 or None,
        "document": version_document(version),
    }


def opinion_data(opinion: Opinion, link: Link) -> Data:
    """An opinion as it was issued: RFC 8785 and SHA-256 over `document` give `sha256`."""
    return {
        "folio": opinion.folio,
        "number": opinion.number,
        "status": opinion.status,
        "sample": opinion.is_sample,
        "agency": opinion.referral.agency.key,
        "issued_at": moment(opinion.issued_at),
        "released_at": moment(opinion.released_at),
        "signatory_post": opinion.signatory_post,
        "recorded_on_behalf": opinion.on_behalf_reason or None,
        "soundness_acknowledged": {"yes": True, "no": False}.get(opinion.soundness),
        "soundness_text": opinion.soundness_text,
        "verdict": opinion.verdict or None,
        "reasons": opinion.reasons,
        "legal_basis": opinion.legal_basis,
        "programme": opinion.programme or None,
        "programme_evidence": opinion.programme_evidence or None,
        "refer_to": opinion.refer_to.key if opinion.refer_to else None,
        "questions": opinion.questions_text or None,
        "questions_due_on": day(opinion.questions_due_on),
        "criteria": [
            {
                "criterion": row.criterion,
                "assessment": row.value,
                "reason": row.reason,
                "needs_legal_reform": row.needs_legal_reform,
                "amount": str(row.amount) if row.amount is not None else None,
                "currency": row.currency or None,
                "funding_source": row.funding_source or None,
                "fiscal_year": row.fiscal_year,
                "other_bodies": row.other_bodies or None,
                "gender_and_inclusion": row.gender_and_inclusion or None,
            }
            for row in opinion.criteria.all()
        ],
        "conditions": [
            {
                "number": row.number,
                "what": row.what,
                "owner": row.owner,
                "kind": row.kind,
                "until": day(row.until),
                "status": row.status,
                "evidence": row.evidence or None,
            }
            for row in opinion.conditions.all()
        ],
        "supersedes": opinion.supersedes.folio if opinion.supersedes else None,
        "why_assessed_again": opinion.supersede_reason or None,
        "sha256": opinion.sha256 or None,
        "document": opinion_document(opinion) if opinion.status != Opinion.Status.DRAFT else None,
    }


def clarification_data(clarification: Clarification) -> Data:
    return {
        "folio": clarification.folio,
        "public": clarification.is_public,
        "question": clarification.question,
        "asked_at": moment(clarification.asked_at),
        "answer_expected_by": day(clarification.due_on),
        "answer": clarification.answer or None,
        "answered_at": moment(clarification.answered_at),
        "answered_for": clarification.answered_for.key if clarification.answered_for else None,
    }


def answer_data(answer: Answer, link: Link) -> Data:
    """A referral and what the body said: `opinion` is null where it has not answered."""
    referral = answer.referral
    return {
        "folio": referral.folio,
        "version": referral.version.number,
        "agency": {**body_data(referral.agency, link), "name_then": answer.name, "acronym_then": answer.acronym},
        "state": answer.state,
        "status": referral.status,
        "sent_on": day(referral.sent_on),
        "term_working_days": referral.term_days,
        "original_due_on": day(referral.original_due_on),
        "due_on": day(referral.due_on),
        "due_date_changes": [
            {
                "kind": row.kind,
                "from": day(row.from_on),
                "to": day(row.to_on),
                "working_days": row.working_days,
                "reason": row.reason,
            }
            for row in answer.changes
        ],
        "paused_on": day(referral.paused_on),
        "acknowledged_at": moment(referral.acknowledged_at),
        "answered_at": moment(referral.answered_at),
        "working_days_late": answer.days_late,
        "working_days_with_body": answer.clock.days_with_body,
        "working_days_waiting_for_proponents": answer.clock.days_paused,
        "closed_at": moment(referral.closed_at),
        "referred_onward_from": referral.onward_from.folio if referral.onward_from else None,
        "referred_onward_to": [onward.folio for onward in answer.onward_to],
        "opinion": opinion_data(answer.opinion, link) if answer.opinion else None,
        "superseded_opinions": [opinion_data(opinion, link) for opinion in answer.earlier],
        "clarifications": [clarification_data(each) for each in answer.clarifications],
    }


def recommendation_data(recommendation: Recommendation) -> Data:
    return {
        "key": recommendation.key,
        "number": recommendation.number,
        "text": texts(recommendation, "text"),
        "addressee": recommendation.addressee or None,
        "outcome": texts(recommendation, "outcome"),
    }


def antecedent_brief(antecedent: Antecedent, link: Link) -> Data:
    return {
        "key": antecedent.key,
        "name": texts(antecedent, "name"),
        "starts_on": partial(antecedent, "starts_on", "starts_precision"),
        "ends_on": partial(antecedent, "ends_on", "ends_precision"),
        "url": link(antecedent),
    }


def proposal_data(page: ProposalPage, link: Link) -> Data:
    """Everything that the page of a proposal says, and its chain in both directions."""
    proposal = page.proposal
    data = {
        "type": "proposal",
        **proposal_brief(proposal, link),
        "source": proposal.source,
        "sample": proposal.is_sample,
        "edition": edition_brief(proposal.edition, link),
        "table": {"key": proposal.table.key, "number": proposal.table.number, "name": texts(proposal.table, "name")}
        if proposal.table
        else None,
        "topic": proposal.topic or None,
        "policy_moment": proposal.policy_moment or None,
        **{name: texts(proposal, name) for name in ("problem", "petition", "expected_result")},
        "states": [area_data(area) for area in page.states],
        "published_at": moment(proposal.published_at),
        "version": proposal.version_number or None,
        "versions": [version_data(version) for version in page.versions],
        "proponents": [body_data(organization, link) for organization in page.proponents],
        "speakers": [person.public_name for person in page.speakers],
        "addressees": [body_data(agency, link) for agency in page.addressees],
        "antecedents": [antecedent_brief(antecedent, link) for antecedent in page.antecedents],
        "recommendations": [{"antecedent": each.antecedent.key, **recommendation_data(each)} for each in page.recommendations],
        "as_of": day(page.on),
        "answers": {
            "asked": page.reading.asked,
            "answered": page.reading.answered,
            "waiting": page.reading.waiting,
            "late": page.reading.late,
            "dissenting": [answer.agency.key for answer in page.dissenting],
        },
        "referrals": [answer_data(answer, link) for answer in (*page.earlier_answers, *page.answers)],
        "later_actions": [
            {
                "key": each.key,
                "on": partial(each, "happened_on", "date_precision"),
                "agency": each.agency.key if each.agency else None,
                "text": texts(each, "text"),
                "url": each.url or None,
                "source": each.source,
            }
            for each in page.later_actions
        ],
        "attachments": [{**file_data(each), "url": link(reverse("attachment", args=[each.key]))} for each in page.attachments],
        "links": [
            {"kind": each.kind, "from_here": not each.backwards, "proposal": proposal_brief(each.other, link)}
            for each in page.related
        ],
    }
    for panel in page.panels:
        if "data" in panel:
            data[panel["name"]] = panel["data"](link)
    return data


def antecedent_data(antecedent: Antecedent, recommendations: list[Any], proposals: list[Proposal], link: Link) -> Data:
    """An antecedent, its recommendations and the proposals that take them up."""
    return {
        "type": "antecedent",
        **antecedent_brief(antecedent, link),
        "source": antecedent.source,
        "sample": antecedent.is_sample,
        "place": antecedent.place or None,
        "website": antecedent.url or None,
        "recommendations": [
            {**recommendation_data(each), "taken_up_by": [proposal.folio for proposal in each.taken_up]}
            for each in recommendations
        ],
        "proposals": [proposal_brief(proposal, link) for proposal in proposals],
    }
