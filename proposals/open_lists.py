"""The lists of this app as data (`core.open_lists`)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.models import RollEntry
from core.open_lists import (
    DAY_OR_NONE,
    MOMENT_OR_NONE,
    NUMBER_OR_NONE,
    TEXT,
    TEXT_OR_NONE,
    Field,
    OpenList,
    column,
    list_of,
    one_of,
)
from core.prepared import prepared
from forum.api import moment
from forum.open_lists import ORIGIN, URL, both, code_of
from proposals.answers import ANSWERS
from proposals.listing import PUBLIC_STATUSES
from proposals.models import Opinion, Proposal
from proposals.models.proposals import PolicyMoment
from proposals.views import proposals_asked

#: A body's answer, and the day until which it is owed.
ANSWER = {
    "type": "object",
    "required": ["agency", "answer", "due_on"],
    "properties": {
        "agency": TEXT,
        "answer": one_of(code for code, _words in ANSWERS if code != "asked"),
        "due_on": DAY_OR_NONE,
    },
}


@prepared
def standing(user: Any, proposals: list[int]) -> QuerySet[Any]:
    """(proposal, roll, value, day) of everything under which these proposals stand."""
    rows = RollEntry.objects.filter(record__in=proposals, roll__in=["pa", "po", "ps", "pv", "pb"])
    return rows.order_by("roll", "value").values_list("record", "roll", "value", "day")


def complete(proposals: list[Proposal]) -> None:
    """Give each proposal what it stands under: `under` (roll → values) and `answers`. One query."""
    under: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    answers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    today = timezone.localdate()
    for key, roll, value, day in standing.of(None, [each.pk for each in proposals]):
        if roll == "pb":
            answers[key].append(answer_of(value, day, today))
        else:
            under[key][roll].append(value)
    for each in proposals:
        each.under, each.answers = under[each.pk], answers[each.pk]


def answer_of(value: str, due_on: dt.date, today: dt.date) -> dict[str, Any]:
    """An entry of the roll of answers (`proposals.rolls.answers_of_bodies`) on a day."""
    agency, _blank, answer = value.rpartition(" ")
    if answer == "open":
        answer = "late" if due_on < today else "waiting"
    return {"agency": agency, "answer": answer, "due_on": due_on.isoformat()}


def under(name: str, roll: str) -> Field:
    return Field(name, list_of(TEXT), lambda record, _link: record.under[roll])


def title_only(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without the long texts: fifty of them are 200 kB to read."""
    columns = ("folio", "title_es", "title_en", "status", "reading", "source", "topic", "policy_moment", "version_number")
    related = ("edition__slug", "table__key", "created_at", "updated_at", "published_at")
    return rows.select_related("edition", "table").only(*columns, *related)


PROPOSALS = OpenList(
    "proposals",
    "The proposals that were submitted, without their long texts.",
    proposals_asked,
    (
        *(column("folio", TEXT), both("title"), URL, *ORIGIN),
        column("status", one_of(code for code, _words in PUBLIC_STATUSES)),
        Field("overall_reading", one_of(Proposal.Reading.values, none=True), lambda record, _link: record.reading or None),
        *(code_of("edition", "slug"), code_of("table", "key"), column("topic", TEXT_OR_NONE)),
        Field("policy_moment", one_of(PolicyMoment.values, none=True), lambda record, _link: record.policy_moment or None),
        Field("published_at", MOMENT_OR_NONE, lambda record, _link: moment(record.published_at)),
        Field("version", NUMBER_OR_NONE, lambda record, _link: record.version_number or None),
        *(under("organizations", "po"), under("agencies", "pa"), under("states", "ps")),
        Field("verdicts", list_of(one_of(Opinion.Verdict.values)), lambda record, _link: record.under["pv"]),
        Field("answers", list_of(ANSWER), lambda record, _link: record.answers),
    ),
    title_only,
    complete,
)
LISTS: tuple[Any, ...] = (PROPOSALS,)
