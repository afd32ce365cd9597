"""The lists of this app as data (`core.open_lists`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone

from agreements import queries as read
from agreements.listing import MEETING_STATUSES, PUBLIC_STATUSES
from agreements.models import Agreement
from agreements.models.commitments import Light
from agreements.views import agreements_asked, meetings_asked, show_follows
from core.models import RollEntry
from core.open_lists import (
    DAY_OR_NONE,
    MOMENT_OR_NONE,
    NUMBER_OR_NONE,
    TEXT,
    TEXT_OR_NONE,
    YES_OR_NO,
    Field,
    OpenList,
    column,
    list_of,
    one_of,
)
from core.prepared import prepared
from forum.api import day, moment
from forum.open_lists import ORIGIN, URL, both, code_of
from proposals.querysets import proposal_gate


@prepared
def under(user: Any, agreements: list[int]) -> QuerySet[Any]:
    """(agreement, roll, value) of what these agreements stand under, and `cites` with the folio of each proposal."""
    rolls = RollEntry.objects.filter(record__in=agreements, roll__in=["aa", "ao", "as"])
    cited = Agreement.proposals.through.objects.filter(proposal_gate(user, "proposal__"), agreement__in=agreements)
    return (
        rolls.values_list("record", "roll", "value")
        .union(cited.values_list("agreement", Value("cites"), "proposal__folio"), all=True)
        .order_by("roll", "value")
    )


def complete(agreements: list[Agreement]) -> None:
    """Give each agreement what it stands under (`under`), its commitments by light and how many are disputed. Two queries."""
    keys = [each.pk for each in agreements]
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, roll, value in under.of(None, keys):
        found[key][roll].append(value)
    lights: dict[int, Counter[str]] = defaultdict(Counter)
    disputed: Counter[int] = Counter()
    for row in read.standing.of(None, keys, fixed=(timezone.localdate(),)):
        lights[row.agreement_id][row.light] += 1
        disputed[row.agreement_id] += row.disputed
    for each in agreements:
        each.under, each.lights, each.disputed = found[each.pk], lights[each.pk], disputed[each.pk]


def among(name: str, roll: str) -> Field:
    return Field(name, list_of(TEXT), lambda record, _link: record.under[roll])


#: How many commitments stand under each light.
LIGHTS = {"type": "object", "properties": {light: {"type": "integer"} for light in Light.values}, "additionalProperties": False}


def date(name: str) -> Field:
    return Field(name, DAY_OR_NONE, lambda record, _link: day(getattr(record, name)))


def instant(name: str) -> Field:
    return Field(name, MOMENT_OR_NONE, lambda record, _link: moment(getattr(record, name)))


AGREEMENTS = OpenList(
    "agreements",
    "The agreements that are open for signature or signed, with how their commitments stand today.",
    agreements_asked,
    (
        *(column("folio", TEXT), both("title"), URL, *ORIGIN),
        column("status", one_of(code for code, _words in PUBLIC_STATUSES)),
        *(code_of("edition", "slug"), column("topic", TEXT_OR_NONE), column("place", TEXT_OR_NONE)),
        *(date("dated_on"), instant("published_at"), instant("signed_at")),
        Field("version_in_force", NUMBER_OR_NONE, lambda record, _link: record.version_number or None),
        *(among("organizations", "ao"), among("agencies", "aa"), among("states", "as"), among("proposals", "cites")),
        Field("commitments", LIGHTS, lambda record, _link: dict(record.lights)),
        column("disputed", {"type": "integer"}),
    ),
    lambda rows: rows.select_related("edition").defer("background_es", "background_en", "folded"),
    complete,
)
COMMITMENT_FIELDS = (
    *(column("folio", TEXT), code_of("agreement", "folio"), column("number", {"type": "integer"}), both("text"), URL, *ORIGIN),
    Field("lead", TEXT_OR_NONE, lambda record, _link: record.lead.key if record.lead else None),
    *(date("starts_on"), date("due_on"), date("original_due_on"), column("light", one_of(Light.values))),
    *(column("disputed", YES_OR_NO), column("topic", TEXT_OR_NONE)),
)
MEETINGS = OpenList(
    "meetings",
    "The work meetings that are called or were held.",
    meetings_asked,
    (
        *(column("folio", TEXT), both("title"), URL, *ORIGIN),
        column("status", one_of(code for code, _words in MEETING_STATUSES)),
        *(code_of("edition", "slug"), instant("starts_at"), instant("ends_at"), column("time_zone", TEXT)),
        column("place", TEXT_OR_NONE),
        Field("agreements", list_of(TEXT), lambda record, _link: [each.folio for each in record.follows]),
    ),
    lambda rows: rows.select_related("edition"),
    lambda records: show_follows(records, None),
)
LISTS: tuple[Any, ...] = (AGREEMENTS, MEETINGS)
