"""By what the lists of agreements and of meetings are read along an index (see `core.rolls`): only what anybody may read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from agreements.kept import CITED, FORCE, OUTCOME_SOURCES, STATES, in_force, with_outcome
from agreements.models import Agreement, Commitment, Meeting, Party
from agreements.querysets import DUE_SOON_DAYS, agreement_gate, meeting_gate, owes_report
from core.deadlines import public_day
from core.models.roll import NEVER
from core.prepared import prepared
from core.rolls import Roll, entries
from core.tally import Source
from core.walks import Mark
from forum.models import Edition
from proposals.kept import IS_PUBLIC, OPENING, PUBLIC, code
from proposals.models import Proposal
from proposals.querysets import proposal_gate
from proposals.rolls import of_key

OF_IT = "agreement__"
#: What the list of meetings is ordered by.
DATED = "starts_at"
FOLLOWS = "agreements_meeting_agreements"


def lights() -> tuple[QuerySet[Any], ...]:
    """Under where its commitments in force stand, by due date: `cancelled`, `fulfilled`, `open`, or `owing` with the cut-off
    date that no report has reached (`owing 2026-05-01`)."""
    cut_off = Cast(F("agreement__edition__report_cut_off"), CharField())
    state = code(
        When(cancelled_at__isnull=False, then=Value("cancelled")),
        When(reported_status="fulfilled", then=Value("fulfilled")),
        When(owes_report(), then=Concat(Value("owing "), cut_off)),
        default=Value("open"),
    )
    return (entries(in_force(), state, path=OF_IT, day=Coalesce(F("due_on"), Value(NEVER))),)


@prepared
def cut_offs(_user: None) -> QuerySet[Any]:
    """The cut-off dates of all editions, each once."""
    rows = Edition.objects.filter(report_cut_off__isnull=False)
    return rows.order_by("report_cut_off").values_list("report_cut_off", flat=True).distinct()


def marks_of_light(light: str, on: dt.date) -> list[Mark]:
    """The entries of `lights` that stand under a light on date `on`: the rule of `agreements.light.light_of`. One query."""
    if light in ("cancelled", "fulfilled"):
        return [Mark("al", light)]
    owing = {end: f"owing {end.isoformat()}" for end in cut_offs(None)}
    reached = [value for end, value in owing.items() if end <= on]
    others = ["open", *(value for end, value in owing.items() if end > on)]
    soon = on + dt.timedelta(days=DUE_SOON_DAYS + 1)
    late = public_day(on)
    days = {"late": (None, late), "no_report": (late, None), "due_soon": (late, soon), "on_time": (soon, None)}[light]
    values = {"late": [*others, *reached], "no_report": reached}.get(light, others)
    return [Mark("al", value, *days) for value in values]


def parties(body: str) -> QuerySet[Any]:
    return entries(Party.objects.visible_to(None).filter(**{f"{body}__isnull": False}), F(f"{body}__key"), path=OF_IT)


def states() -> tuple[QuerySet[Any], ...]:
    """Under the states that a commitment, or a proposal that the agreement cites, names."""
    promised = Commitment.objects.visible_to(None).filter(states__isnull=False)
    cited = Agreement.proposals.through.objects.filter(
        agreement_gate(None, OF_IT), proposal_gate(None, "proposal__"), proposal__states__isnull=False
    )
    return entries(promised, F("states__code"), path=OF_IT), entries(cited, F("proposal__states__code"), path=OF_IT)


def fates() -> tuple[QuerySet[Any], ...]:
    """Proposals under what became of them (`agreements.kept.outcomes`), by the first due date of what is not kept yet."""
    rows = with_outcome(Proposal.objects.visible_to(None))
    return (entries(rows, F("end"), day=Coalesce(F("first_due"), Value(NEVER))),)


def with_body(body: str) -> tuple[QuerySet[Any], ...]:
    """Meetings under the bodies that convene them, and under the parties to the agreements that they follow."""
    convened = Meeting.objects.visible_to(None).filter(**{f"convening_{body}__isnull": False})
    followed = Meeting.agreements.through.objects.filter(
        meeting_gate(None, "meeting__"), agreement_gate(None, OF_IT), **{f"agreement__parties__{body}__isnull": False}
    )
    return (
        entries(convened, F(f"convening_{body}__key"), created=DATED),
        entries(followed, F(f"agreement__parties__{body}__key"), path="meeting__", created=DATED),
    )


def meeting_roll(name: str, body: str) -> Roll:
    party = f"p ON p.agreement_id = f.agreement_id WHERE p.{body}_id = {{row}}.id"
    return Roll(
        name,
        Meeting,
        lambda: with_body(body),
        (
            Source("agreements_meeting", ("published_at", "edition_id", f"convening_{body}_id"), "{row}.id"),
            Source(FOLLOWS, (), "{row}.meeting_id"),
            Source(
                "agreements_agreement",
                ("status", "published_at"),
                f"SELECT meeting_id FROM {FOLLOWS} WHERE agreement_id = {{row}}.id",
            ),
            Source("agreements_party", OF_PARTY, f"SELECT meeting_id FROM {FOLLOWS} WHERE agreement_id = {{row}}.agreement_id"),
            Source("forum_edition", ("stage",), "SELECT id FROM agreements_meeting WHERE edition_id = {row}.id", OPENING),
            of_key(
                f"forum_{body}",
                f"SELECT id FROM agreements_meeting WHERE convening_{body}_id = {{row}}.id UNION "
                f"SELECT f.meeting_id FROM {FOLLOWS} f JOIN agreements_party {party}",
            ),
        ),
        created=DATED,
    )


OF_AGREEMENT = Source("agreements_agreement", FORCE, "{row}.id")
OF_PARTY = ("agreement_id", "agency_id", "organization_id")
#: The agreements that have to do with a state.
NAMING = (
    "SELECT c.agreement_id FROM agreements_commitment c JOIN agreements_commitment_states s ON s.commitment_id = c.id "
    f"WHERE s.area_id = {{row}}.id UNION SELECT c.agreement_id FROM {CITED} c "
    "JOIN proposals_proposal_states s ON s.proposal_id = c.proposal_id WHERE s.area_id = {row}.id"
)
ROLLS = (
    Roll(
        "al",
        Agreement,
        lights,
        (
            OF_AGREEMENT,
            Source("agreements_commitment", STATES, "{row}.agreement_id"),
            Source("forum_edition", ("report_cut_off",), "SELECT id FROM agreements_agreement WHERE edition_id = {row}.id"),
        ),
        dated=True,
    ),
    Roll("pf", Proposal, fates, OUTCOME_SOURCES, dated=True),
    Roll(
        "aa",
        Agreement,
        lambda: (parties("agency"),),
        (
            OF_AGREEMENT,
            Source("agreements_party", OF_PARTY, "{row}.agreement_id"),
            of_key("forum_agency", "SELECT agreement_id FROM agreements_party WHERE agency_id = {row}.id"),
        ),
    ),
    Roll(
        "ao",
        Agreement,
        lambda: (parties("organization"),),
        (
            OF_AGREEMENT,
            Source("agreements_party", OF_PARTY, "{row}.agreement_id"),
            of_key("forum_organization", "SELECT agreement_id FROM agreements_party WHERE organization_id = {row}.id"),
        ),
    ),
    Roll(
        "as",
        Agreement,
        states,
        (
            OF_AGREEMENT,
            Source("agreements_commitment", ("agreement_id", "since_version"), "{row}.agreement_id"),
            Source(
                "agreements_commitment_states",
                (),
                "SELECT agreement_id FROM agreements_commitment WHERE id = {row}.commitment_id",
            ),
            Source(CITED, (), "{row}.agreement_id"),
            Source("proposals_proposal", PUBLIC, f"SELECT agreement_id FROM {CITED} WHERE proposal_id = {{row}}.id", IS_PUBLIC),
            Source("proposals_proposal_states", (), f"SELECT agreement_id FROM {CITED} WHERE proposal_id = {{row}}.proposal_id"),
            Source(
                "forum_edition",
                ("stage",),
                f"SELECT c.agreement_id FROM {CITED} c JOIN proposals_proposal p ON p.id = c.proposal_id "
                "WHERE p.edition_id = {row}.id",
                OPENING,
            ),
            of_key("forum_area", NAMING, "code"),
        ),
    ),
    meeting_roll("ma", "agency"),
    meeting_roll("mo", "organization"),
)
