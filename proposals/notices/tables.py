"""The tables: who is told of which event, in which words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.outbox.notices import Notice, PublicAct
from proposals.models import Opinion
from proposals.notices import facts, who

REFERRAL, QUESTION, OPINION = "proposals.referral", "proposals.clarification", "proposals.opinion"

NOTICES = (
    Notice(
        "referral_sent",
        model=REFERRAL,
        actions=("refer", "reopen"),
        to=who.officials,
        when=facts.came_directly,
        applies=facts.is_waiting,
        subject=_("%(folio)s was referred to %(body)s: opinion due %(due)s"),
        text=_("Proposal “%(title)s” waits for the opinion of %(body)s. The term is %(days)s working days, until %(due)s."),
        facts=facts.facts_of_referral,
        link=facts.review_page,
        link_words=_("Sign in, read the proposal and give the opinion"),
        private_link=facts.drafting_page,
        private_words=_("Or write the draft without signing in (for you alone, for two weeks; do not pass this mail on)"),
    ),
    Notice(
        "referral_passed_to_you",
        model=REFERRAL,
        actions=("refer", "reopen"),
        to=who.officials,
        when=facts.came_onward,
        applies=facts.is_waiting,
        subject=_("%(folio)s was passed on to %(body)s: opinion due %(due)s"),
        text=_(
            "%(before)s passed proposal “%(title)s” on to %(body)s. The term is %(days)s working days, until %(due)s; "
            "the reason stands with the referral."
        ),
        facts=facts.facts_of_referral,
        link=facts.review_page,
        link_words=_("Open the proposal and write the opinion"),
    ),
    Notice(
        "referral_passed_on",
        model=REFERRAL,
        actions=("refer_onward", "pass_on"),
        to=who.organizers_and_delegates,
        subject=_("%(body)s passed %(folio)s on to another body"),
        text=_("%(body)s does not answer proposal “%(title)s” itself and passed it on. The chain is on its page."),
        facts=facts.facts_of_referral,
        link=facts.public_page,
    ),
    Notice(
        "referral_recalled",
        model=REFERRAL,
        actions=("recall",),
        to=who.officials,
        applies=facts.was_recalled,
        subject=_("%(folio)s was recalled: %(body)s no longer has to answer"),
        text=_("The referral of proposal “%(title)s” to %(body)s was taken back. What was drafted stays with the body."),
        facts=facts.facts_of_referral,
        link=facts.public_page,
    ),
    Notice(
        "referral_extended",
        model=REFERRAL,
        actions=("extend",),
        to=who.officials,
        applies=facts.is_waiting,
        subject=_("%(folio)s: more time for %(body)s, until %(due)s"),
        text=_("The term for the opinion on proposal “%(title)s” was extended until %(due)s."),
        facts=facts.facts_of_referral,
        link=facts.review_page,
    ),
    Notice(
        "referral_reminder",
        model=REFERRAL,
        actions=("remind",),
        to=who.officials,
        applies=facts.is_waiting,
        subject=_("%(reminder)s: opinion of %(body)s on %(folio)s, %(due)s"),
        text=_("Proposal “%(title)s” waits for the opinion of %(body)s. Due date: %(due)s."),
        facts=facts.facts_of_referral,
        link=facts.review_page,
        link_words=_("Sign in, read the proposal and give the opinion"),
        private_link=facts.drafting_page,
        private_words=_("Or write the draft without signing in (for you alone, for two weeks; do not pass this mail on)"),
        urgent=True,
    ),
    Notice(
        "question_asked",
        model=QUESTION,
        actions=("ask",),
        to=who.organizers_and_delegates,
        applies=facts.is_unanswered,
        subject=_("%(body)s asks about %(folio)s"),
        text=_("%(body)s needs something clarified about proposal “%(title)s”. Its clock stands still until you answer."),
        facts=facts.facts_of_question,
        link=facts.question_page,
        link_words=_("Read the question and answer"),
    ),
    Notice(
        "question_reminder",
        model=QUESTION,
        actions=("remind",),
        to=who.delegates,
        applies=facts.is_unanswered,
        subject=_("%(reminder)s: question of %(body)s about %(folio)s, %(until)s"),
        text=_("%(body)s waits for your answer about proposal “%(title)s”. Answer expected by: %(until)s."),
        facts=facts.facts_of_question,
        link=facts.question_page,
        link_words=_("Read the question and answer"),
        urgent=True,
    ),
    Notice(
        "question_answered",
        model=QUESTION,
        actions=("answer",),
        to=who.officials,
        subject=_("The question about %(folio)s was answered"),
        text=_("The proponents of “%(title)s” answered %(body)s. With the last answer the clock runs again; due date: %(due)s."),
        facts=facts.facts_of_question,
        link=facts.review_page,
        link_words=_("Read the answer"),
    ),
    Notice(
        "opinion_issued",
        model=OPINION,
        actions=("issue", "issue_on_behalf"),
        to=who.readers_of_opinion,
        when=facts.says_something,
        subject=_("%(body)s answered %(folio)s: %(verdict)s"),
        text=_("%(body)s issued its opinion on proposal “%(title)s”: %(verdict)s. The reasons are on the page."),
        facts=facts.facts_of_opinion,
        link=facts.public_page,
        link_words=_("Read the opinion"),
    ),
    Notice(
        "opinions_released",
        model="forum.edition",
        actions=("release_opinions",),
        to=who.those_of_released,
        subject=_("The opinions of %(edition)s are public"),
        text=_(
            "The organizers released the opinions of the public bodies together. All answers stand side by side in the matrix."
        ),
        facts=facts.facts_of_edition,
        link=facts.matrix_page,
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
        facts=facts.facts_of_proposal,
        link=facts.public_page,
    ),
    PublicAct(
        "proposal_ended",
        model="proposals.proposal",
        actions=("withdraw", "merge", "split"),
        targets=proposal_and_proponents,
        public=is_published,
        text=_("%(folio)s, “%(title)s”: withdrawn, merged or split."),
        facts=facts.facts_of_proposal,
        link=facts.public_page,
    ),
    PublicAct(
        "opinion_public",
        model=OPINION,
        actions=("issue", "issue_on_behalf", "release"),
        targets=those_concerned,
        public=is_released,
        text=_("%(folio)s, “%(title)s”: %(body)s answered: %(verdict)s."),
        facts=facts.facts_of_opinion,
        link=facts.public_page,
    ),
)
