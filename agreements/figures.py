"""Figures of what became of the proposals and how the promises are kept: counts of what anybody may read.

Everything is counted by the database in groups; what comes back has one row a body, a state or a month, so the number of
queries and the memory do not grow with the records. The drawings made from these are in `agreements.pictures`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncMonth

from agreements.models import Agreement, Commitment
from forum.models import Agency, Area, Edition, Organization, Participation
from proposals.answers import answer_gates, asked_in_force
from proposals.models import Proposal, Referral
from proposals.models.proposals import LEFT_THE_TABLE

#: People are not counted below this number (design.md section 5): 0, 1 and 2 look alike.
FEWEST_PEOPLE = 3
#: Months of a line of change over time, the last one today's: a hundred years.
MOST_MONTHS = 1200


@dataclass
class OfBody:
    """Counts by code of one body. `body` None stands for all organizations together."""

    body: Agency | None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Month:
    """How many commitments had been made, had fallen due and had been fulfilled by the end of a month."""

    first_day: dt.date
    made: int
    due: int
    fulfilled: int


@dataclass
class OfState:
    """What a federal entity has to do with the forum. `people` is 0 where fewer than three would be counted."""

    area: Area
    organizations: int = 0
    people: int = 0
    proposals: int = 0
    agreements: int = 0


def commitments_of(edition: Edition | None) -> QuerySet[Any]:
    """Public commitments in force, of one edition or of all."""
    rows = Commitment.objects.visible_to(None).in_force()
    return rows if edition is None else rows.filter(agreement__edition=edition)


def proposals_of(edition: Edition | None) -> QuerySet[Any]:
    rows = Proposal.objects.visible_to(None)
    return rows if edition is None else rows.filter(edition=edition)


def agreements_of(edition: Edition | None) -> QuerySet[Any]:
    rows = Agreement.objects.visible_to(None)
    return rows if edition is None else rows.filter(edition=edition)


def by_body(rows: QuerySet[Any], agency: str, code: str) -> list[OfBody]:
    """Groups `rows` by the columns `agency` (None: organizations) and `code`; most first. Two queries."""
    found: dict[int | None, OfBody] = {}
    groups = list(rows.order_by().values_list(agency, code).annotate(number=Count("pk")))
    agencies = Agency.objects.in_bulk({key for key, _code, _number in groups if key is not None})
    for key, value, number in groups:
        body = found.setdefault(key, OfBody(agencies[key] if key is not None else None))
        body.counts[value] = number
    return sorted(found.values(), key=lambda each: (-each.total, each.body.sort if each.body else "~"))


def lights_by_body(on: dt.date, edition: Edition | None = None) -> list[OfBody]:
    """Commitments in force by the body that leads them and by light on date `on`."""
    return by_body(commitments_of(edition).with_light(on).filter(lead__isnull=False), "lead__agency", "light")


def answers_by_body(on: dt.date, edition: Edition | None = None) -> list[OfBody]:
    """Referrals of the versions in force by body: `in_time`, `late` (answered after the due date), `waiting` (not yet
    due, or paused), `silent` (due and not answered). Recalled ones and those referred onward do not count, nor do bodies
    that never sit at the table."""
    rows = asked_in_force(Referral.objects.visible_to(None)).filter(agency__never_answers=False)
    if edition is not None:
        rows = rows.filter(version__proposal__edition=edition)
    gates = answer_gates(on)
    sorts = {"in_time": "in_time", "late": "answered_late", "waiting": "waiting", "silent": "late"}
    rows = rows.exclude(gates["onward"]).annotate(
        answer=Case(*(When(gates[sort], then=Value(code)) for code, sort in sorts.items()), output_field=CharField())
    )
    return by_body(rows, "agency", "answer")


def outcomes(on: dt.date, edition: Edition | None = None) -> dict[tuple[str, str], int]:
    """How many proposals had which overall reading and which end: `{(reading, end): number}`. One query.

    Readings are those of `Proposal.Reading` ("none" for not referred), and "left" for the withdrawn, merged and split.
    Ends: "no_agreement", else by the commitments of the signed agreements that cite the proposal: "fulfilled" (all),
    "late" (one at least), "under_way", "no_commitment".
    """
    rows = with_end(proposals_of(edition), on).annotate(
        answer=Case(
            When(status__in=LEFT_THE_TABLE, then=Value("left")),
            When(reading="", then=Value("none")),
            default=F("reading"),
            output_field=CharField(),
        )
    )
    counts = rows.order_by().values_list("answer", "end").annotate(number=Count("pk"))
    return {(answer, end): number for answer, end, number in counts}


def with_end(rows: QuerySet[Any], on: dt.date) -> QuerySet[Any]:
    """Annotates proposals with their `end` on date `on`, as `outcomes` counts them."""
    signed = agreements_of(None).filter(status__in=["signed", "concluded"])
    promised = Commitment.objects.visible_to(None).in_force().filter(cancelled_at__isnull=True)
    unkept = promised.exclude(reported_status="fulfilled")
    return rows.annotate(
        end=Case(
            When(~Q(pk__in=cited_by(signed.values("pk"))), then=Value("no_agreement")),
            When(pk__in=cited_by(unkept.filter(due_on__lt=on).values("agreement")), then=Value("late")),
            When(pk__in=cited_by(unkept.values("agreement")), then=Value("under_way")),
            When(pk__in=cited_by(promised.values("agreement")), then=Value("fulfilled")),
            default=Value("no_commitment"),
            output_field=CharField(),
        )
    )


def of_fate(rows: QuerySet[Any], fate: str, on: dt.date) -> QuerySet[Any]:
    """The proposals of which that became (`core.sockets.proposal_fates`): the list behind a figure of the flow."""
    ended = with_end(rows, on)
    return ended.exclude(end="no_agreement") if fate == "agreement" else ended.filter(end=fate)


def cited_by(agreements: QuerySet[Any]) -> QuerySet[Any]:
    """The ids of the proposals that these agreements cite. One set for the whole query, not one look-up for each proposal:
    as EXISTS, PostgreSQL took it for so much work that compiling the query lasted eight seconds."""
    return Agreement.proposals.through.objects.filter(agreement__in=agreements).values("proposal")


def by_state(edition: Edition | None = None) -> list[OfState]:
    """The 32 federal entities with their organizations, people, proposals and agreements. Seven queries."""
    found = {area.pk: OfState(area) for area in Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)}
    organizations = Organization.objects.visible_to(None)
    people = Participation.objects.visible_to(None)
    if edition is not None:
        organizations = organizations.filter(edition_rows__edition=edition)
        people = people.filter(edition=edition)
    counted = {
        "organizations": (organizations, "state_of_origin", "pk"),
        "people": (people, "person__state_of_origin", "person"),
        "proposals": (proposals_of(edition), "states", "pk"),
    }
    for name, (rows, column, of) in counted.items():
        for key, number in grouped(rows, column, of).items():
            if key in found and not (name == "people" and number < FEWEST_PEOPLE):
                setattr(found[key], name, number)
    for key, number in agreements_in_states(edition).items():
        if key in found:
            found[key].agreements = number
    return sorted(found.values(), key=lambda each: each.area.sort)


def agreements_in_states(edition: Edition | None) -> dict[int, int]:
    """Area → number of agreements: where a commitment, or a proposal that the agreement cites, names the state.

    Three queries: those of commitments, those of proposals, less those of both.
    """
    agreements = agreements_of(edition).values("pk")
    commitments = Commitment.objects.visible_to(None).filter(agreement__in=agreements)
    promised = Commitment.states.through.objects.filter(commitment__in=commitments.values("pk"))
    cited = Agreement.proposals.through.objects.filter(agreement__in=agreements, proposal__in=proposals_of(None).values("pk"))
    both = promised.filter(
        commitment__agreement__in=agreements,
        commitment__agreement__proposals__in=proposals_of(None).values("pk"),
        commitment__agreement__proposals__states=F("area"),
    )
    numbers: Counter[int] = Counter()
    numbers.update(grouped(promised, "area", "commitment__agreement"))
    numbers.update(grouped(cited, "proposal__states", "agreement"))
    numbers.subtract(grouped(both, "area", "commitment__agreement"))
    return numbers


def grouped(rows: QuerySet[Any], column: str, of: str) -> dict[int, int]:
    """Value of `column` → how many different `of`; without the rows that have none."""
    found = rows.order_by().values_list(column).annotate(number=Count(of, distinct=True))
    return {key: number for key, number in found if key is not None}


def over_time(on: dt.date, edition: Edition | None = None) -> list[Month]:
    """Month by month until `on`, how many commitments had been made, had fallen due, had been fulfilled. Three queries.

    A commitment is fulfilled at the cut-off date of the report that says so; cancelled ones count as made only.
    """
    rows = commitments_of(edition)
    live = rows.filter(cancelled_at__isnull=True)
    columns = {
        "made": (rows, "agreement__signed_at"),
        "due": (live, "due_on"),
        "fulfilled": (live.filter(reported_status="fulfilled"), "reported_cut_off"),
    }
    steps: dict[dt.date, dict[str, int]] = defaultdict(dict)
    for name, (counted, column) in columns.items():
        for month, number in counted.order_by().values_list(TruncMonth(column)).annotate(number=Count("pk")):
            if month is not None:
                first = dt.date(month.year, month.month, 1)
                if first <= on:
                    steps[first][name] = number
    return list(added_up(steps, on))[-MOST_MONTHS:]


def added_up(steps: dict[dt.date, dict[str, int]], on: dt.date) -> Iterator[Month]:
    """Sums from the first month in which something happened to the month of `on`."""
    if not steps:
        return
    sums = {"made": 0, "due": 0, "fulfilled": 0}
    month = min(steps)
    while month <= on:
        for name, number in steps.get(month, {}).items():
            sums[name] += number
        yield Month(month, **sums)
        month = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
