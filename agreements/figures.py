"""Figures of what became of the proposals and how the promises are kept: counts of what anybody may read.

They come from the sums that the database keeps (`core.tally`, `proposals.kept`, `agreements.kept`), compared with the day
that is asked for; so their cost depends on the number of bodies, states and due dates, not on the number of records. The
drawings made from these are in `agreements.pictures`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from agreements.models import Agreement, Commitment
from agreements.querysets import DUE_SOON_DAYS
from core import tally
from core.deadlines import public_day
from forum.counting import publishable, publishable_of_all
from forum.models import Agency, Area, Edition, Organization, Participation
from proposals.kept import answer_on
from proposals.models import Proposal

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


def of(edition: Edition | None) -> dict[str, int]:
    """The edition as a key of the kept sums; nothing for all editions."""
    return {} if edition is None else {"edition": edition.pk}


def light_on(state: str, due_on: dt.date | None, on: dt.date, cut_off: dt.date | None) -> str:
    """The light of commitments in a kept state: the same rule as `agreements.light.light_of`."""
    if state in ("cancelled", "fulfilled"):
        return state
    if due_on is not None and due_on < public_day(on):
        return "late"
    if state == "owing" and cut_off is not None and cut_off <= on:
        return "no_report"
    soon = on + dt.timedelta(days=DUE_SOON_DAYS)
    return "due_soon" if due_on is not None and due_on <= soon else "on_time"


def cut_offs() -> dict[int, dt.date | None]:
    return dict(Edition.objects.values_list("pk", "report_cut_off"))


def lights(on: dt.date, edition: Edition | None = None) -> dict[str, int]:
    """Commitments in force by light on date `on`. Two queries."""
    ends = cut_offs() if edition is None else {edition.pk: edition.report_cut_off}
    found: Counter[str] = Counter()
    for key, state, due_on, number in tally.sums("lights", "edition", "code", "day", **of(edition)):
        found[light_on(state, due_on, on, ends.get(key))] += number
    return dict(found)


def lights_owed(on: dt.date, body: int) -> tuple[dict[str, int], int]:
    """(commitments by light, how many are disputed) that a party leads or shares: an agency, or an organization as -id."""
    ends = cut_offs()
    found: Counter[str] = Counter()
    disputed = 0
    for key, code, due_on, number in tally.sums(("owed", "shared"), "edition", "code", "day", body=body):
        found[light_on(code.removesuffix("!"), due_on, on, ends.get(key))] += number
        disputed += number if code.endswith("!") else 0
    return dict(found), disputed


def by_body(groups: Iterable[tuple[int, str, int]]) -> list[OfBody]:
    """Groups (agency, 0 for organizations; code; number), most first. One query."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for key, code, number in groups:
        counts[key][code] += number
    agencies = Agency.objects.in_bulk({key for key in counts if key})
    found = [OfBody(agencies[key] if key else None, dict(each)) for key, each in counts.items()]
    return sorted(found, key=lambda each: (-each.total, each.body.sort if each.body else "~"))


def lights_by_body(on: dt.date, edition: Edition | None = None) -> list[OfBody]:
    """Commitments in force by the body that leads them and by light on date `on`."""
    ends = cut_offs()
    rows = tally.sums("leads", "edition", "body", "code", "day", **of(edition))
    return by_body((body, light_on(state, due_on, on, ends.get(key)), number) for key, body, state, due_on, number in rows)


def answers_by_body(on: dt.date, edition: Edition | None = None) -> list[OfBody]:
    """Referrals of the versions in force by body: `in_time`, `late` (answered after the due date), `waiting` (not yet
    due, or paused), `silent` (due and not answered). Recalled ones and those referred onward do not count, nor do bodies
    that never sit at the table."""
    rows = tally.sums("answers", "body", "code", "day", **of(edition))
    found = by_body((body, answer_on(code, due_on, on), number) for body, code, due_on, number in rows if code != "onward")
    return [each for each in found if each.body is not None and not each.body.never_answers]


def outcomes(on: dt.date, edition: Edition | None = None) -> dict[tuple[str, str], int]:
    """How many proposals had which overall reading and which end: `{(reading, end): number}`. One query.

    Readings are those of `Proposal.Reading` ("none" for not referred), and "left" for the withdrawn, merged and split.
    Ends: "no_agreement", else by the commitments of the signed agreements that cite the proposal: "fulfilled" (all),
    "late" (one at least), "under_way", "no_commitment".
    """
    found: Counter[tuple[str, str]] = Counter()
    for code, first_due, number in tally.sums("outcomes", "code", "day", **of(edition)):
        answer, _blank, end = code.partition(" ")
        if end == "open":
            end = "late" if first_due is not None and first_due < public_day(on) else "under_way"
        found[answer, end] += number
    return dict(found)


def with_end(rows: QuerySet[Any], on: dt.date) -> QuerySet[Any]:
    """Annotates proposals with their `end` on date `on`, as `outcomes` counts them."""
    signed = agreements_of(None).filter(status__in=["signed", "concluded"])
    promised = Commitment.objects.visible_to(None).in_force().filter(cancelled_at__isnull=True)
    unkept = promised.exclude(reported_status="fulfilled")
    return rows.annotate(
        end=Case(
            When(~Q(pk__in=cited_by(signed.values("pk"))), then=Value("no_agreement")),
            When(pk__in=cited_by(unkept.filter(due_on__lt=public_day(on)).values("agreement")), then=Value("late")),
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
    """The 32 federal entities with their organizations, people, proposals and agreements. Six queries."""
    found = {area.pk: OfState(area) for area in Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)}
    organizations = Organization.objects.visible_to(None)
    if edition is not None:
        organizations = organizations.filter(edition_rows__edition=edition)
    for key, number in grouped(organizations, "state_of_origin", "pk").items():
        if key in found:
            found[key].organizations = number
    for key, number in people_by_state(edition).items():
        if key in found:
            found[key].people = number
    for name, figure in (("proposals", "states_named"), ("agreements", "states_concerned")):
        for key, number in tally.sums(figure, "body", **of(edition)):
            if key in found:
                setattr(found[key], name, number)
    return sorted(found.values(), key=lambda each: each.area.sort)


def people_by_state(edition: Edition | None) -> dict[int, int]:
    """Area → how many people come from it, as far as that may be published (`forum.counting`). Two queries."""
    rows = Participation.objects.visible_to(None)
    of_each: dict[int, dict[int | None, int]] = defaultdict(dict)
    for of, area, number in (
        rows.order_by().values_list("edition", "person__state_of_origin").annotate(number=Count("person", distinct=True))
    ):
        of_each[of][area] = number
    parts = {of: publishable({k: n for k, n in each.items() if k is not None}, each.get(None, 0)) for of, each in of_each.items()}
    if edition is not None:
        return parts.get(edition.pk, {})
    together = rows.order_by().values_list("person__state_of_origin").annotate(number=Count("person", distinct=True))
    counts = dict(together)
    return publishable_of_all(counts, parts.values(), counts.pop(None, 0))


def grouped(rows: QuerySet[Any], column: str, of: str) -> dict[int, int]:
    """Value of `column` → how many different `of`; without the rows that have none."""
    found = rows.order_by().values_list(column).annotate(number=Count(of, distinct=True))
    return {key: number for key, number in found if key is not None}


def over_time(on: dt.date, edition: Edition | None = None) -> list[Month]:
    """Month by month until `on`, how many commitments had been made, had fallen due, had been fulfilled. Three queries.

    A commitment is fulfilled at the cut-off date of the report that says so; cancelled ones count as made only.
    """
    steps: dict[dt.date, dict[str, int]] = defaultdict(dict)
    for name in ("made", "due", "fulfilled"):
        for month, number in tally.sums(name, "day", **of(edition)):
            if month is not None and month <= on:
                steps[month][name] = number
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
