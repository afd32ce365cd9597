"""Who is told of what happens to proposals, by mail (`core.outbox`)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from core.outbox.letters import typed
from core.outbox.notices import Notice, PublicAct
from forum.addressees import organizers_of, people_of
from proposals.models import Clarification, Opinion, Referral
from proposals.models.referrals import ReferralStatus


def day(date: Any) -> str:
    return formats.date_format(date, "DATE_FORMAT") if date is not None else "–"


# --- who --------------------------------------------------------------------------------------------------------------


def officials(record: Any) -> list[Any]:
    """The liaisons named for a referral while they are officials of the body; all its officials where there are none."""
    referral = getattr(record, "referral", record)
    everybody = people_of(agencies=[referral.agency_id])
    named = set(referral.liaisons.values_list("pk", flat=True))
    return [user for user in everybody if user.pk in named] or everybody


def delegates(record: Any) -> list[Any]:
    """Delegates of the proponents."""
    return people_of(organizations=record.proposal.proponents.all())


def organizers_and_delegates(record: Any) -> list[Any]:
    return [*organizers_of(record), *delegates(record)]


def readers_of_opinion(opinion: Opinion) -> list[Any]:
    """Organizers at once; the proponents when it is released, which may be later."""
    return organizers_and_delegates(opinion) if opinion.released_at is not None else organizers_of(opinion)


def those_of_released(edition: Any) -> list[Any]:
    """Delegates of the proponents and officials of the bodies whose opinions of this edition are public."""
    rows = Opinion.objects.filter(referral__version__proposal__edition=edition, released_at__isnull=False)
    return people_of(
        organizations=set(rows.values_list("referral__version__proposal__proponents", flat=True)) - {None},
        agencies=set(rows.values_list("referral__agency", flat=True)),
    )


# --- what -------------------------------------------------------------------------------------------------------------


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


REFERRAL, QUESTION, OPINION = "proposals.referral", "proposals.clarification", "proposals.opinion"

NOTICES = (
    Notice(
        "referral_sent",
        model=REFERRAL,
        actions=("refer", "reopen"),
        to=officials,
        when=came_directly,
        applies=is_waiting,
        subject=_("%(folio)s was referred to %(body)s: opinion due %(due)s"),
        text=_("Proposal “%(title)s” waits for the opinion of %(body)s. The term is %(days)s working days, until %(due)s."),
        facts=facts_of_referral,
        link=review_page,
        link_words=_("Open the proposal and write the opinion"),
    ),
    Notice(
        "referral_passed_to_you",
        model=REFERRAL,
        actions=("refer", "reopen"),
        to=officials,
        when=came_onward,
        applies=is_waiting,
        subject=_("%(folio)s was passed on to %(body)s: opinion due %(due)s"),
        text=_(
            "%(before)s passed proposal “%(title)s” on to %(body)s. The term is %(days)s working days, until %(due)s; "
            "the reason stands with the referral."
        ),
        facts=facts_of_referral,
        link=review_page,
        link_words=_("Open the proposal and write the opinion"),
    ),
    Notice(
        "referral_passed_on",
        model=REFERRAL,
        actions=("refer_onward", "pass_on"),
        to=organizers_and_delegates,
        subject=_("%(body)s passed %(folio)s on to another body"),
        text=_("%(body)s does not answer proposal “%(title)s” itself and passed it on. The chain is on its page."),
        facts=facts_of_referral,
        link=public_page,
    ),
    Notice(
        "referral_recalled",
        model=REFERRAL,
        actions=("recall",),
        to=officials,
        applies=was_recalled,
        subject=_("%(folio)s was recalled: %(body)s no longer has to answer"),
        text=_("The referral of proposal “%(title)s” to %(body)s was taken back. What was drafted stays with the body."),
        facts=facts_of_referral,
        link=public_page,
    ),
    Notice(
        "referral_extended",
        model=REFERRAL,
        actions=("extend",),
        to=officials,
        applies=is_waiting,
        subject=_("%(folio)s: more time for %(body)s, until %(due)s"),
        text=_("The term for the opinion on proposal “%(title)s” was extended until %(due)s."),
        facts=facts_of_referral,
        link=review_page,
    ),
    Notice(
        "referral_reminder",
        model=REFERRAL,
        actions=("remind",),
        to=officials,
        applies=is_waiting,
        subject=_("%(reminder)s: opinion of %(body)s on %(folio)s, %(due)s"),
        text=_("Proposal “%(title)s” waits for the opinion of %(body)s. Due date: %(due)s."),
        facts=facts_of_referral,
        link=review_page,
        link_words=_("Open the proposal and write the opinion"),
        urgent=True,
    ),
    Notice(
        "question_asked",
        model=QUESTION,
        actions=("ask",),
        to=organizers_and_delegates,
        applies=is_unanswered,
        subject=_("%(body)s asks about %(folio)s"),
        text=_("%(body)s needs something clarified about proposal “%(title)s”. Its clock stands still until you answer."),
        facts=facts_of_question,
        link=question_page,
        link_words=_("Read the question and answer"),
    ),
    Notice(
        "question_reminder",
        model=QUESTION,
        actions=("remind",),
        to=delegates,
        applies=is_unanswered,
        subject=_("%(reminder)s: question of %(body)s about %(folio)s, %(until)s"),
        text=_("%(body)s waits for your answer about proposal “%(title)s”. Answer expected by: %(until)s."),
        facts=facts_of_question,
        link=question_page,
        link_words=_("Read the question and answer"),
        urgent=True,
    ),
    Notice(
        "question_answered",
        model=QUESTION,
        actions=("answer",),
        to=officials,
        subject=_("The question about %(folio)s was answered"),
        text=_("The proponents of “%(title)s” answered %(body)s. With the last answer the clock runs again; due date: %(due)s."),
        facts=facts_of_question,
        link=review_page,
        link_words=_("Read the answer"),
    ),
    Notice(
        "opinion_issued",
        model=OPINION,
        actions=("issue", "issue_on_behalf"),
        to=readers_of_opinion,
        when=says_something,
        subject=_("%(body)s answered %(folio)s: %(verdict)s"),
        text=_("%(body)s issued its opinion on proposal “%(title)s”: %(verdict)s. The reasons are on the page."),
        facts=facts_of_opinion,
        link=public_page,
        link_words=_("Read the opinion"),
    ),
    Notice(
        "opinions_released",
        model="forum.edition",
        actions=("release_opinions",),
        to=those_of_released,
        subject=_("The opinions of %(edition)s are public"),
        text=_(
            "The organizers released the opinions of the public bodies together. All answers stand side by side in the matrix."
        ),
        facts=facts_of_edition,
        link=matrix_page,
        link_words=_("Read the opinions"),
    ),
)


# --- followers of public records --------------------------------------------------------------------------------------


def proposal_and_proponents(proposal: Any) -> list[Any]:
    return [proposal, *proposal.proponents.all()]


def those_concerned(opinion: Opinion) -> list[Any]:
    return [opinion.proposal, opinion.referral.agency, *opinion.proposal.proponents.all()]


def is_published(_event: Any, proposal: Any) -> bool:
    return proposal.published_at is not None


def is_released(_event: Any, opinion: Opinion) -> bool:
    return opinion.released_at is not None


ACTS = (
    PublicAct(
        "proposal_text",
        model="proposals.proposal",
        actions=("submit", "revise"),
        targets=proposal_and_proponents,
        public=is_published,
        text=_("%(folio)s, “%(title)s”: the text was submitted or revised."),
        facts=facts_of_proposal,
        link=public_page,
    ),
    PublicAct(
        "proposal_ended",
        model="proposals.proposal",
        actions=("withdraw", "merge", "split"),
        targets=proposal_and_proponents,
        public=is_published,
        text=_("%(folio)s, “%(title)s”: withdrawn, merged or split."),
        facts=facts_of_proposal,
        link=public_page,
    ),
    PublicAct(
        "opinion_public",
        model=OPINION,
        actions=("issue", "issue_on_behalf", "release"),
        targets=those_concerned,
        public=is_released,
        text=_("%(folio)s, “%(title)s”: %(body)s answered: %(verdict)s."),
        facts=facts_of_opinion,
        link=public_page,
    ),
)
