"""Everything that the page of a proposal shows, read in a number of queries that does not grow with it.

The page and its JSON are made from the same `ProposalPage`, so that they cannot say different things.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy

from core.deadlines import MEXICO, Calendar
from core.pages import language
from core.prepared import attach, put
from core.sockets import record_panels, reminders_sent
from forum.calendars import Calendars
from forum.names import attach_names
from proposals import queries as read
from proposals.clock import Clock, Total, chain_of, total_of
from proposals.models import (
    Antecedent,
    Attachment,
    Clarification,
    CriterionAssessment,
    Opinion,
    Proposal,
    ProposalVersion,
    Referral,
)
from proposals.models.proposals import ProposalLinkKind
from proposals.models.referrals import ReferralStatus
from proposals.reading import Reading, overall_reading

#: The eight criteria in the order in which every page shows them.
CRITERIA = [value for value, _label in CriterionAssessment.Criterion.choices]
#: How a link reads from the other proposal's side.
BACKWARDS = {
    ProposalLinkKind.MERGED_INTO: pgettext_lazy("link of a proposal, seen from the other", "takes in"),
    ProposalLinkKind.SPLIT_FROM: pgettext_lazy("link of a proposal, seen from the other", "split into"),
    ProposalLinkKind.RE_PRESENTS: pgettext_lazy("link of a proposal, seen from the other", "presented again as"),
    ProposalLinkKind.SIMILAR_TO: pgettext_lazy("link of a proposal, seen from the other", "similar to"),
}


@dataclass
class Answer:
    """What one body has said, or not said, about one version.

    `state`: draft (only its officials see this), answered, withheld (answered, released later), onward, recalled, paused,
    late, waiting. `days_late` and `days_left` are working days.
    """

    referral: Referral
    on: dt.date
    calendar: Calendar
    opinion: Opinion | None = None
    draft: Opinion | None = None
    earlier: list[Opinion] = field(default_factory=list)
    clarifications: list[Clarification] = field(default_factory=list)
    onward_to: list[Referral] = field(default_factory=list)
    dissents: bool = False
    reminders: int = 0

    @property
    def agency(self) -> Any:
        return self.referral.agency

    @property
    def name(self) -> str:
        """The name of the body on the day the proposal was sent to it."""
        return self.agency.name_on(self.referral.sent_on)[0]

    @property
    def acronym(self) -> str:
        return self.agency.name_on(self.referral.sent_on)[1]

    @cached_property
    def state(self) -> str:
        status = self.referral.status
        if status == ReferralStatus.RECALLED:
            return "recalled"
        if status == ReferralStatus.REFERRED_ONWARD:
            return "onward"
        if self.opinion is not None:
            return "answered"
        if status == ReferralStatus.ANSWERED:
            return "withheld"
        if self.referral.paused_on is not None:
            return "paused"
        return "late" if self.referral.due_on < self.on else "waiting"

    @property
    def is_silent(self) -> bool:
        """An answer is owed and has not come."""
        return self.state in ("late", "waiting", "paused")

    @property
    def answered_on(self) -> dt.date | None:
        at = self.referral.answered_at
        return at.astimezone(self.referral.zone).date() if at else None

    @cached_property
    def clock(self) -> Clock:
        """Why the due date is what it is, and how long the question lay with whom."""
        return Clock(self.referral, self.on, self.calendar)

    @property
    def days_late(self) -> int:
        return self.clock.days_late

    @property
    def days_left(self) -> int:
        return self.clock.days_left

    @property
    def changes(self) -> list[Any]:
        """What moved the due date, oldest first."""
        return self.clock.changes

    @property
    def rank(self) -> tuple[int, str]:
        """Answers first, then who owes one, then those who are out of it."""
        order = {"answered": 0, "late": 1, "paused": 2, "waiting": 2, "withheld": 2, "onward": 3, "recalled": 4}
        return order[self.state], self.referral.folio


@dataclass
class Assessment:
    """One body's word on one criterion, as a cell of the comparison; `row` None where the body said nothing."""

    answer: Answer
    row: CriterionAssessment | None


@dataclass
class RelatedProposal:
    """Another proposal and how it stands to this one."""

    kind: str
    words: Any
    other: Proposal
    backwards: bool


@dataclass
class ProposalPage:
    """A proposal as a person may read it. `version` is the one shown: in force, or an earlier one."""

    proposal: Proposal
    user: Any
    on: dt.date
    version: ProposalVersion | None
    versions: list[ProposalVersion]
    answers: list[Answer]
    earlier_answers: list[Answer]
    all_answers: list[Answer]
    related: list[RelatedProposal]
    antecedents: list[Antecedent]
    attachments: list[Attachment]
    proponents: list[Any]
    speakers: list[Any]
    addressees: list[Any]
    recommendations: list[Any]
    states: list[Any]
    later_actions: list[Any]

    @property
    def is_current(self) -> bool:
        return self.version is None or self.version.number == self.proposal.version_number

    @property
    def text(self) -> Any:
        """What carries the texts: the proposal itself, or an earlier version."""
        return self.proposal if self.is_current else self.version

    @property
    def speaker_names(self) -> list[str]:
        """Who speaks for the proponents: names by consent, and whom the others represent, each said once."""
        return list(dict.fromkeys(person.public_name for person in self.speakers))

    @cached_property
    def reading(self) -> Reading:
        """The overall reading, from the answers to the version in force and what anybody may know of them."""
        current = [
            answer.referral for answer in self.all_answers if answer.referral.version.number == self.proposal.version_number
        ]
        return overall_reading(self.proposal, self.on, with_opinions(current, self.proposal, self.user))

    @cached_property
    def dissenting(self) -> list[Answer]:
        keys = {opinion.pk for opinion in self.reading.dissenting}
        found = [answer for answer in self.answers if answer.opinion is not None and answer.opinion.pk in keys]
        for answer in found:
            answer.dissents = True
        return found

    @property
    def given(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.opinion is not None]

    @property
    def silent(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_silent]

    @property
    def late(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.state == "late"]

    @property
    def not_yet_asked(self) -> list[Any]:
        """Addressees to whom the version in force was not sent."""
        sent = {answer.agency.pk for answer in self.answers}
        return [agency for agency in self.addressees if agency.pk not in sent]

    @cached_property
    def total(self) -> Total | None:
        """How long the version shown lay with the bodies in all; None when nobody was asked."""
        return total_of([answer.clock for answer in self.answers], MEXICO)

    @cached_property
    def comparison(self) -> list[tuple[str, str, list[Assessment]]]:
        """(code, words, one cell for each body that answered) of every criterion that some body assessed."""
        labels = dict(CriterionAssessment.Criterion.choices)
        rows = []
        given = self.given
        said = {
            answer.referral.pk: {row.criterion: row for row in answer.opinion.criteria.all()}
            for answer in given
            if answer.opinion
        }
        for code in CRITERIA:
            cells = [Assessment(answer, said[answer.referral.pk].get(code)) for answer in given]
            if any(cell.row is not None and cell.row.value != "not_assessed" for cell in cells):
                rows.append((code, str(labels[code]), cells))
        return rows

    @cached_property
    def clarifications(self) -> list[Clarification]:
        return [each for answer in (*self.answers, *self.earlier_answers) for each in answer.clarifications]

    @cached_property
    def panels(self) -> list[dict[str, Any]]:
        """What the higher apps show of this proposal (see `core.sockets.record_panels`)."""
        return record_panels.collect(record=self.proposal, user=self.user)


def page_of(proposal: Proposal, user: Any, *, number: int | None = None) -> ProposalPage:
    """The page of a proposal that `user` may read; `number` asks for an earlier version.

    Raises `ProposalVersion.DoesNotExist` when there is no such version.
    """
    on = proposal.edition.today()
    versions = read.versions(user, proposal.pk)
    shown = proposal.version_number if number is None else number
    version = next((each for each in versions if each.number == shown), None)
    if version is None and number is not None:
        raise ProposalVersion.DoesNotExist
    addressees = read.addressees(user, proposal.pk)
    there = read.parts_of(proposal.pk)

    def rows(name: str) -> list[Any]:
        return getattr(read, name)(user, proposal.pk) if name in there else []

    answers = answers_of(proposal, user, on, beside=addressees, there=there)
    page = ProposalPage(
        proposal=proposal,
        user=user,
        on=on,
        version=version,
        versions=versions,
        answers=sorted((a for a in answers if a.referral.version.number == shown), key=lambda answer: answer.rank),
        earlier_answers=[a for a in answers if a.referral.version.number < shown] if number is None else [],
        all_answers=answers,
        related=related_to(proposal, rows("links")),
        antecedents=rows("antecedents"),
        attachments=rows("attachments"),
        proponents=read.proponents(user, proposal.pk),
        speakers=rows("speakers"),
        addressees=addressees,
        recommendations=rows("recommendations"),
        states=read.states(user, proposal.pk),
        later_actions=rows("later_actions"),
    )
    for name in ("proponents", "addressees", "states"):
        put(proposal, name, getattr(page, name))
    if page.is_current:
        page.dissenting  # noqa: B018  marks the answers that differ
    return page


def answers_of(
    proposal: Proposal, user: Any, on: dt.date, beside: Iterable[Any] = (), there: Iterable[str] = tuple(read.PARTS)
) -> list[Answer]:
    """Every referral of every version with what this person may read of it. Eight queries at most.

    `beside`: other public bodies of the page, which get their former names with those of the referrals. `there`: of which
    parts (`proposals.queries.PARTS`) there are rows at all.
    """
    calendars = Calendars.load()
    referrals = read.referrals(user, proposal.pk)
    moved = read.due_date_changes.of(user, [each.pk for each in referrals]) if "due_date_changes" in there else []
    attach(referrals, "due_date_changes", moved, "referral_id")
    agencies = {referral.agency_id: referral.agency for referral in referrals}
    attach_names([*agencies.values(), *beside], user)
    answers = {}
    for referral in referrals:
        referral.agency = agencies[referral.agency_id]
        referral.version.proposal = proposal
        answers[referral.pk] = Answer(referral, on, calendars.of(referral.agency))
    for referral in referrals:
        if referral.onward_from_id in answers:
            answers[referral.onward_from_id].onward_to.append(referral)
    for sent in reminders_sent.collect(records=referrals):
        for key, count in sent.items():
            if key in answers:
                answers[key].reminders += count
    put_opinions(answers, read.opinions(user, proposal.pk), user, with_conditions="conditions" in there)
    for clarification in read.clarifications(user, proposal.pk) if "clarifications" in there else ():
        if clarification.referral_id in answers:
            clarification.referral = answers[clarification.referral_id].referral
            answers[clarification.referral_id].clarifications.append(clarification)
    return list(answers.values())


def with_opinions(referrals: list[Referral], proposal: Proposal, user: Any) -> list[Referral]:
    """Those that were not recalled, each with its opinion in force (`in_force`), as the overall reading wants them. One query."""
    found = [referral for referral in referrals if referral.status != ReferralStatus.RECALLED]
    by_key = {referral.pk: referral for referral in found}
    for referral in found:
        referral.in_force = []
    for opinion in read.opinions_in_force(user, proposal.pk):
        if opinion.referral_id in by_key:
            opinion.referral = by_key[opinion.referral_id]
            opinion.referral.in_force.append(opinion)
    return sorted(found, key=lambda referral: referral.folio)


def put_opinions(answers: dict[int, Answer], opinions: list[Opinion], user: Any, *, with_conditions: bool = True) -> None:
    """Put each opinion, with its criteria and conditions, to the referral that it answers. Two queries at most."""
    keys = [opinion.pk for opinion in opinions]
    attach(opinions, "criteria", read.criteria.of(user, keys), "opinion_id")
    attach(opinions, "conditions", read.conditions.of(user, keys) if with_conditions else [], "opinion_id")
    for opinion in opinions:
        answer = answers.get(opinion.referral_id)
        if answer is None:
            continue
        opinion.referral = answer.referral
        if opinion.status == Opinion.Status.ISSUED:
            answer.opinion = opinion
        elif opinion.status == Opinion.Status.DRAFT:
            answer.draft = opinion
        else:
            answer.earlier.append(opinion)


def clocks_for(referral: Referral, answers: list[Answer]) -> dict[str, Any]:
    """`chain`: the clocks of the bodies through which this question went; `total`: the clock of all bodies of the version."""
    same = [answer for answer in answers if answer.referral.version_id == referral.version_id]
    clocks = {answer.referral.pk: answer.clock for answer in same}
    chain = chain_of(referral, [answer.referral for answer in same])
    return {"chain": [clocks[each.pk] for each in chain if each.pk in clocks], "total": total_of(list(clocks.values()), MEXICO)}


def related_to(proposal: Proposal, links: list[Any]) -> list[RelatedProposal]:
    """Links in both directions to proposals that somebody may read, its own first."""
    labels = dict(ProposalLinkKind.choices)
    own, others = [], []
    for link in links:
        if link.proposal_id == proposal.pk:
            own.append(RelatedProposal(link.kind, labels[link.kind], link.other, False))
        else:
            others.append(RelatedProposal(link.kind, BACKWARDS[ProposalLinkKind(link.kind)], link.proposal, True))
    return own + others


def in_lang(record: Any, name: str) -> str:
    """The language of a text where it is not the reader's, '' otherwise: what `lang` should say."""
    code = str(record.language_of(name))
    return code if code != language() else ""
