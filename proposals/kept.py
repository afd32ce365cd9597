"""What is kept count of about proposals and referrals (see `core.tally`): only what anybody may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from core.tally import Figure, Source, facts
from proposals.models import Proposal, Referral
from proposals.models.proposals import LEFT_THE_TABLE
from proposals.models.referrals import ReferralStatus
from proposals.querysets import proposal_gate

#: On what it depends whether a proposal is public, and in which edition.
PUBLIC = ("status", "published_at", "edition_id")
#: A draft counts nowhere.
IS_PUBLIC = "{row}.published_at IS NOT NULL"
#: Only where an edition opens, or goes back to be prepared, does what it holds become public or cease to be.
OPENING = "{row}.stage = 'preparation'"
OF_EDITION = Source("forum_edition", ("stage",), "SELECT id FROM proposals_proposal WHERE edition_id = {row}.id", OPENING)


def code(*cases: When, default: Any) -> Case:
    return Case(*cases, default=default, output_field=CharField())


def readings() -> QuerySet[Any]:
    """Proposals by overall reading; `body` is 1 for those that left the table, else 0."""
    left = Case(When(status__in=LEFT_THE_TABLE, then=Value(1)), default=Value(0), output_field=BigIntegerField())
    return facts(Proposal.objects.visible_to(None), "edition_id", F("reading"), body=left)


def answers() -> QuerySet[Any]:
    """Referrals of the versions in force, but for the recalled, by body, by what came of them and by due date.

    Codes: `in_time` and `late` (answered), `onward`; not answered yet: `open`, or with the clock stopped `waiting` and
    `silent` (the date had passed when it was stopped).
    """
    rows = Referral.objects.visible_to(None).filter(version__number=F("version__proposal__version_number"))
    answered = Q(status=ReferralStatus.ANSWERED)
    came = code(
        When(answered & Q(answered_on__gt=F("due_on")), then=Value("late")),
        When(answered, then=Value("in_time")),
        When(status=ReferralStatus.REFERRED_ONWARD, then=Value("onward")),
        When(paused_on__gt=F("due_on"), then=Value("silent")),
        When(paused_on__isnull=False, then=Value("waiting")),
        default=Value("open"),
    )
    rows = rows.exclude(status=ReferralStatus.RECALLED).annotate(answered_on=TruncDate("answered_at"))
    return facts(rows, "version__proposal__edition_id", came, body=F("agency_id"), day=F("due_on"))


def answer_on(code: str, due_on: dt.date, on: dt.date) -> str:
    """What a kept code of a referral means on date `on`."""
    return code if code != "open" else "silent" if due_on < on else "waiting"


def states_named() -> QuerySet[Any]:
    """Proposals by the states that they name: `body` is the area."""
    rows = Proposal.states.through.objects.filter(proposal_gate(None, "proposal__"))
    return facts(rows, "proposal__edition_id", Value(""), body=F("area_id"))


OF_PROPOSAL = "SELECT r.id FROM proposals_referral r JOIN proposals_proposalversion v ON v.id = r.version_id"
FIGURES = (
    Figure(
        "readings", Proposal, readings, (Source("proposals_proposal", ("reading", *PUBLIC), "{row}.id", IS_PUBLIC), OF_EDITION)
    ),
    Figure(
        "answers",
        Referral,
        answers,
        (
            Source(
                "proposals_referral",
                ("status", "due_on", "paused_on", "answered_at", "agency_id", "version_id"),
                "{row}.id",
            ),
            Source(
                "proposals_proposalversion",
                ("number", "proposal_id"),
                "SELECT id FROM proposals_referral WHERE version_id = {row}.id",
            ),
            Source(
                "proposals_proposal", ("version_number", *PUBLIC), f"{OF_PROPOSAL} WHERE v.proposal_id = {{row}}.id", IS_PUBLIC
            ),
            Source(
                "forum_edition",
                ("stage",),
                f"{OF_PROPOSAL} JOIN proposals_proposal p ON p.id = v.proposal_id WHERE p.edition_id = {{row}}.id",
            ),
        ),
    ),
    Figure(
        "states_named",
        Proposal.states.through,
        states_named,
        (
            # Of a draft there is nothing to count: its rows cost no look at the view.
            Source(
                "proposals_proposal_states",
                (),
                "SELECT {row}.id FROM proposals_proposal WHERE id = {row}.proposal_id AND published_at IS NOT NULL",
            ),
            Source(
                "proposals_proposal", PUBLIC, "SELECT id FROM proposals_proposal_states WHERE proposal_id = {row}.id", IS_PUBLIC
            ),
            Source(
                "forum_edition",
                ("stage",),
                "SELECT s.id FROM proposals_proposal_states s JOIN proposals_proposal p ON p.id = s.proposal_id "
                "WHERE p.edition_id = {row}.id",
            ),
        ),
    ),
)
