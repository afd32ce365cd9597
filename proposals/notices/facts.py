"""What notices of proposals say, where they lead, and whether they still hold when the mail leaves."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import formats

from core.outbox.letters import typed
from proposals.models import Clarification, Opinion, Referral
from proposals.models.referrals import ReferralStatus


def day(date: Any) -> str:
    return formats.date_format(date, "DATE_FORMAT") if date is not None else "–"


def facts_of_referral(referral: Referral) -> dict[str, Any]:
    return {
        "folio": referral.proposal.folio,
        "title": typed(referral.proposal.title),
        "body": typed(referral.agency.short),
        "due": day(referral.due_on),
        "days": referral.term_days,
        "before": typed(referral.onward_from.agency.short) if referral.onward_from is not None else "",
    }


def facts_of_question(question: Clarification) -> dict[str, Any]:
    return facts_of_referral(question.referral) | {"until": day(question.due_on)}


def facts_of_opinion(opinion: Opinion) -> dict[str, Any]:
    return facts_of_referral(opinion.referral) | {"verdict": opinion.get_verdict_display()}


def facts_of_proposal(proposal: Any) -> dict[str, Any]:
    return {"folio": proposal.folio, "title": typed(proposal.title)}


def facts_of_edition(edition: Any) -> dict[str, Any]:
    return {"edition": typed(edition.name)}


# --- where ------------------------------------------------------------------------------------------------------------


def review_page(record: Any, user: Any) -> str:
    referral = getattr(record, "referral", record)
    return reverse("workspace:review", args=[referral.folio])


def drafting_page(referral: Referral, user: Any) -> str:
    """The link that opens this one proposal without signing in; never asked for but for the addressee's own mail."""
    from proposals.by_mail import address_for

    return address_for(referral, user)


def public_page(record: Any, user: Any = None) -> str:
    return str(getattr(record, "proposal", record).get_absolute_url())


def question_page(question: Clarification, user: Any) -> str:
    return reverse("workspace:clarification", args=[question.folio])


def matrix_page(edition: Any, user: Any) -> str:
    return f"{reverse('matrix')}?edition={edition.slug}"


# --- when -------------------------------------------------------------------------------------------------------------


def is_waiting(referral: Referral) -> bool:
    return referral.is_open


def clock_runs(referral: Referral) -> bool:
    return referral.status in (ReferralStatus.PENDING, ReferralStatus.ACKNOWLEDGED)


def was_recalled(referral: Referral) -> bool:
    return referral.status == ReferralStatus.RECALLED


def came_directly(_event: Any, referral: Referral) -> bool:
    return referral.onward_from_id is None


def came_onward(_event: Any, referral: Referral) -> bool:
    return referral.onward_from_id is not None


def is_unanswered(question: Clarification) -> bool:
    return question.answered_at is None


def says_something(_event: Any, opinion: Opinion) -> bool:
    """An opinion that only asks is told once, by its question."""
    return opinion.verdict != "more_information"
