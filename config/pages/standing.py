"""How an edition stands today, for the home page and the progress page: only what anybody may read."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from agreements.figures import agreements_of, commitments_of, lights, of
from agreements.models import Commitment, Meeting
from agreements.models.commitments import Light
from core import tally
from forum.calendars import Calendars
from forum.models import Agency, Edition
from proposals.kept import answer_on
from proposals.models import Proposal

#: The cord on the home page has a knot for each commitment, up to this many.
MOST_KNOTS = 60
NEWEST, LATEST, COMING, SILENT = 4, 5, 3, 6


@dataclass(frozen=True)
class Figure:
    """A number with its words, the code that gives its look, and the list behind it."""

    code: str
    label: Any
    number: int
    url: str


@dataclass(frozen=True)
class SilentBody:
    """A body that owes answers: how many, and how many working days the oldest one is late."""

    agency: Agency
    number: int
    since: dt.date
    days: int


def list_address(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def commitments_list(edition: Edition | None = None, **query: str) -> str:
    """The list of commitments on the progress page."""
    asked = {**query, **({"edition": edition.slug} if edition is not None else {})}
    return reverse("progress") + (f"?{urlencode(asked)}" if asked else "") + "#commitments"


def by_light(on: dt.date, edition: Edition | None = None) -> list[Figure]:
    """How many commitments in force stand under each light, in the order of `Light`; those that none has are left out."""
    counts = lights(on, edition)
    return [
        Figure(light.value, light.label, counts[light.value], commitments_list(edition, light=light.value))
        for light in Light
        if counts.get(light.value)
    ]


def by_reading(edition: Edition | None = None) -> list[Figure]:
    """How many public proposals have each overall reading."""
    counts = dict(tally.sums("readings", "code", body=0, **of(edition)))
    asked = {"edition": edition.slug} if edition is not None else {}
    return [
        Figure(
            reading.value or "submitted",
            reading.label,
            counts[reading.value],
            list_address("proposals", reading=reading.value or "none", **asked),
        )
        for reading in Proposal.Reading
        if counts.get(reading.value)
    ]


def commitments_with_parties(rows: Any) -> Any:
    return rows.select_related("agreement", "lead__organization", "lead__agency")


def knots(on: dt.date, edition: Edition | None = None) -> list[Commitment]:
    """The commitments of the cord by due date, with their light."""
    rows = commitments_with_parties(commitments_of(edition)).with_light(on)
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "folio")[:MOST_KNOTS])


def late(on: dt.date, edition: Edition | None = None) -> list[Commitment]:
    """The commitments that are late, the longest first, with `days`."""
    rows = commitments_with_parties(commitments_of(edition).overdue(on)).order_by("due_on", "folio")[:LATEST]
    found: list[Any] = list(rows)
    for commitment in found:
        commitment.days = commitment.days_late(on)
    return found


def newest_agreements(edition: Edition | None = None) -> Any:
    rows = agreements_of(edition).exclude(status="void")
    return rows.prefetch_related("parties__organization", "parties__agency").order_by("-published_at", "-pk")[:NEWEST]


def coming_meetings(edition: Edition | None = None) -> Any:
    rows = Meeting.objects.visible_to(None).coming(timezone.now())
    if edition is not None:
        rows = rows.filter(edition=edition)
    return rows.order_by("starts_at", "folio")[:COMING]


def silent_bodies(on: dt.date, edition: Edition | None = None) -> list[SilentBody]:
    """Bodies whose term is over without an answer, on versions in force, with the clock running; oldest silence first."""
    numbers: Counter[int] = Counter()
    since: dict[int, dt.date] = {}
    for body, code, due_on, number in tally.sums("answers", "body", "code", "day", code__in=("open", "silent"), **of(edition)):
        if answer_on(code, due_on, on) == "silent":
            numbers[body] += number
            since[body] = min(due_on, since.get(body, due_on))
    agencies = Agency.objects.filter(never_answers=False).in_bulk(list(numbers))
    oldest = sorted(agencies, key=lambda key: (since[key], key))[:SILENT]
    calendars = Calendars.load()
    return [
        SilentBody(agencies[key], numbers[key], since[key], calendars.of(agencies[key]).between(since[key], on)) for key in oldest
    ]


def counted(figures: Sequence[Figure]) -> int:
    return sum(figure.number for figure in figures)


def open_for_signature(edition: Edition | None = None) -> int:
    """How many agreements wait for signatures."""
    return agreements_of(edition).filter(Q(status="open")).count()
