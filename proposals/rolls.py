"""By what the list of proposals is read along an index (see `core.rolls`): only what anybody may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import Concat, TruncDate

from core.deadlines import public_day
from core.rolls import Roll, entries
from core.tally import Source
from core.walks import Mark
from proposals.kept import IS_PUBLIC, OF_EDITION, PUBLIC, code
from proposals.models import Opinion, Proposal, Referral
from proposals.models.proposals import LEFT_THE_TABLE
from proposals.models.referrals import ReferralStatus
from proposals.querysets import proposal_gate

OF_VERSION = "version__proposal__"
#: The proposal behind a row, where it is public: a draft stands in no roll, so writing ten thousand of them costs nothing.
BEHIND = "SELECT p.id FROM proposals_proposal p WHERE p.published_at IS NOT NULL AND p.id = "
BEHIND_VERSION = (
    "SELECT p.id FROM proposals_proposal p JOIN proposals_proposalversion v ON v.proposal_id = p.id "
    "WHERE p.published_at IS NOT NULL AND v.id = "
)
BEHIND_REFERRAL = (
    "SELECT p.id FROM proposals_proposal p JOIN proposals_proposalversion v ON v.proposal_id = p.id "
    "JOIN proposals_referral r ON r.version_id = v.id WHERE p.published_at IS NOT NULL AND r.id = "
)


def of_proposal(*columns: str) -> Source:
    return Source("proposals_proposal", (*PUBLIC, *columns), "{row}.id", IS_PUBLIC)


def of_link(table: str) -> Source:
    return Source(table, (), BEHIND + "{row}.proposal_id")


def of_key(table: str, records: str, column: str = "key") -> Source:
    """What entries are found under was given another key."""
    return Source(table, (column,), records)


ASKED_BODY = (
    "SELECT proposal_id FROM proposals_proposal_addressees WHERE agency_id = {row}.id UNION SELECT v.proposal_id "
    "FROM proposals_proposalversion v JOIN proposals_referral r ON r.version_id = v.id WHERE r.agency_id = {row}.id"
)
OF_REFERRAL = Source(
    "proposals_referral",
    ("status", "due_on", "paused_on", "answered_at", "agency_id", "version_id"),
    BEHIND_VERSION + "{row}.version_id",
)
OF_ITS_VERSION = Source("proposals_proposalversion", ("number", "proposal_id"), BEHIND + "{row}.proposal_id")


def linked(through: Any, value: str) -> QuerySet[Any]:
    return entries(through.objects.filter(proposal_gate(None, "proposal__")), F(value), path="proposal__")


def agencies() -> tuple[QuerySet[Any], ...]:
    """Under the key of each body that it is addressed or was referred to."""
    referred = entries(Referral.objects.visible_to(None), F("agency__key"), path=OF_VERSION)
    return linked(Proposal.addressees.through, "agency__key"), referred


def organizations() -> tuple[QuerySet[Any], ...]:
    return (linked(Proposal.proponents.through, "organization__key"),)


def states() -> tuple[QuerySet[Any], ...]:
    return (linked(Proposal.states.through, "area__code"),)


def verdicts() -> tuple[QuerySet[Any], ...]:
    """Under the verdicts that are in force on the version in force."""
    current = Opinion.objects.visible_to(None).current()
    current = current.filter(referral__version__number=F("referral__version__proposal__version_number"))
    return (entries(current, F("verdict"), path=f"referral__{OF_VERSION}"),)


def came_of() -> Any:
    """What came of a referral of `asked_in_force`; `open` ones are late once their due date is over (`proposals.answers`)."""
    answered, paused = Q(status=ReferralStatus.ANSWERED), Q(paused_on__isnull=False)
    return code(
        When(answered & Q(answered_on__gt=F("due_on")), then=Value("answered_late")),
        When(answered & Q(answered_on__lte=F("due_on")), then=Value("in_time")),
        When(answered, then=Value("answered")),
        When(status=ReferralStatus.REFERRED_ONWARD, then=Value("onward")),
        When(paused & Q(due_on__lt=F("paused_on")), then=Value("late")),
        When(paused, then=Value("waiting")),
        default=Value("open"),
    )


CAME_OF = ("answered_late", "in_time", "answered", "onward", "late", "waiting", "open")


def marks_of_answer(answer: str, on: dt.date, agency: str = "") -> list[Mark]:
    """The entries of `answers`, or of those of the body with the key `agency`, that are of a sort on date `on`: the rule of
    `proposals.answers.answer_gates`."""
    roll, body = ("pb", f"{agency} ") if agency else ("pn", "")
    if answer in ("waiting", "late"):
        days = (None, on) if answer == "late" else (on, None)
        return [Mark(roll, body + answer), Mark(roll, f"{body}open", *days)]
    return [Mark(roll, body + each) for each in (CAME_OF if answer == "asked" else [answer])]


def asked() -> QuerySet[Any]:
    rows = Referral.objects.visible_to(None).filter(version__number=F("version__proposal__version_number"))
    return rows.exclude(status=ReferralStatus.RECALLED).annotate(answered_on=TruncDate("answered_at"))


def answers() -> tuple[QuerySet[Any], ...]:
    """Under what came of each referral, by due date."""
    return (entries(asked(), came_of(), path=OF_VERSION, day=F("due_on")),)


def answers_of_bodies() -> tuple[QuerySet[Any], ...]:
    """The same with the key of the body before it: `IFE open`."""
    return (entries(asked(), Concat(F("agency__key"), Value(" "), came_of()), path=OF_VERSION, day=F("due_on")),)


def left() -> tuple[QuerySet[Any], ...]:
    """Those that left the table, under `left`."""
    return (entries(Proposal.objects.visible_to(None).filter(status__in=LEFT_THE_TABLE), code(default=Value("left"))),)


def marks_of_fate(fate: str, on: dt.date) -> list[Mark]:
    """Where the proposals stand of which that became: in `left`, or in the roll `pf` that agreements keep of the others."""
    if fate == "left":
        return [Mark("pl", "left")]
    if fate in ("late", "under_way"):
        late = public_day(on)
        return [Mark("pf", "open", *((None, late) if fate == "late" else (late, None)))]
    return [Mark("pf", each) for each in (("fulfilled", "open", "no_commitment") if fate == "agreement" else (fate,))]


ROLLS = (
    Roll(
        "pa",
        Proposal,
        agencies,
        (
            of_proposal(),
            OF_EDITION,
            of_link("proposals_proposal_addressees"),
            Source("proposals_referral", ("agency_id", "version_id"), BEHIND_VERSION + "{row}.version_id"),
            Source("proposals_proposalversion", ("proposal_id",), BEHIND + "{row}.proposal_id"),
            of_key("forum_agency", ASKED_BODY),
        ),
    ),
    Roll(
        "po",
        Proposal,
        organizations,
        (
            of_proposal(),
            OF_EDITION,
            of_link("proposals_proposal_proponents"),
            of_key(
                "forum_organization", "SELECT proposal_id FROM proposals_proposal_proponents WHERE organization_id = {row}.id"
            ),
        ),
    ),
    Roll(
        "ps",
        Proposal,
        states,
        (
            of_proposal(),
            OF_EDITION,
            of_link("proposals_proposal_states"),
            of_key("forum_area", "SELECT proposal_id FROM proposals_proposal_states WHERE area_id = {row}.id", "code"),
        ),
    ),
    Roll(
        "pv",
        Proposal,
        verdicts,
        (
            of_proposal("version_number"),
            OF_EDITION,
            Source(
                "proposals_opinion", ("status", "verdict", "released_at", "referral_id"), BEHIND_REFERRAL + "{row}.referral_id"
            ),
            Source("proposals_referral", ("version_id",), BEHIND_VERSION + "{row}.version_id"),
            OF_ITS_VERSION,
        ),
    ),
    Roll("pl", Proposal, left, (of_proposal(), OF_EDITION)),
    Roll("pn", Proposal, answers, (of_proposal("version_number"), OF_EDITION, OF_REFERRAL, OF_ITS_VERSION), dated=True),
    Roll(
        "pb",
        Proposal,
        answers_of_bodies,
        (
            of_proposal("version_number"),
            OF_EDITION,
            OF_REFERRAL,
            OF_ITS_VERSION,
            of_key("forum_agency", ASKED_BODY),
        ),
        dated=True,
    ),
)
