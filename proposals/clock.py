"""The clock of a referral: every step of the sum that gives its due date, and how long it lay with whom.

The sum is kept as it was made, step by step (`DueDateChange`); `expected_due` makes it again by the calendar of today,
which is how new non-working days find the dates that they move.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from core.deadlines import Calendar, DayOff
from core.pages import language
from proposals.models import DueDateChange, Referral
from proposals.models.referrals import DueDateChangeKind


@dataclass(frozen=True)
class Step:
    """One step of the sum: `days` working days after `start` give `end`. `kind`: term, pause, extension, closure.

    `off` are the weekdays in between that do not count. A closure that moved the date later is a step of its own, and
    is not among those of the steps before it. `back` says that the step moved the date to an earlier day.
    """

    kind: str
    days: int
    start: dt.date
    end: dt.date
    off: list[DayOff]
    change: DueDateChange | None = None

    @property
    def back(self) -> bool:
        return self.end < self.start


@dataclass
class Clock:
    """How the time of one referral runs on date `on`. All figures are working days of the body's calendar."""

    referral: Referral
    on: dt.date
    calendar: Calendar

    @cached_property
    def changes(self) -> list[DueDateChange]:
        return list(self.referral.due_date_changes.all())

    @cached_property
    def steps(self) -> list[Step]:
        """The sum from the day it was sent to the due date of today."""
        referral = self.referral
        found = [self.step("term", referral.term_days, referral.sent_on, referral.original_due_on)]
        return found + [self.step(row.kind, row.working_days, row.from_on, row.to_on, row) for row in self.changes]

    def step(self, kind: str, days: int, start: dt.date, end: dt.date, change: DueDateChange | None = None) -> Step:
        later = [row.closure for row in self.changes if row.closure is not None and row is not change]
        off = [
            day
            for day in self.calendar.days_off(start, end, language())
            if not any(closure.starts_on <= day.date <= closure.ends_on for closure in later)
        ]
        return Step(kind, days, start, end, off, change)

    @property
    def ends_on(self) -> dt.date:
        """The last day that counts: of the answer, of passing it on, or today."""
        return self.referral.ended_on() or self.on

    @cached_property
    def days_paused(self) -> int:
        """How long the body waited for the proponents."""
        paused = sum(row.working_days for row in self.changes if row.kind == DueDateChangeKind.PAUSE)
        if self.referral.paused_on is not None:
            paused += self.calendar.between(self.referral.paused_on, self.ends_on)
        return paused

    @cached_property
    def days_open(self) -> int:
        """From the day it was sent to the last day that counts."""
        return self.calendar.between(self.referral.sent_on, self.ends_on)

    @property
    def days_with_body(self) -> int:
        """How long it lay with the body itself."""
        return max(self.days_open - self.days_paused, 0)

    @property
    def days_left(self) -> int:
        return self.calendar.between(self.on, self.referral.due_on)

    @cached_property
    def days_late(self) -> int:
        return self.referral.working_days_late(self.on, self.calendar)


def expected_due(referral: Referral, calendar: Calendar) -> dt.date:
    """The due date as the sum gives it by `calendar`: the term, every pause and every extension, one after the other.

    An extension never ends before the day that was granted.
    """
    due = calendar.add(referral.sent_on, referral.term_days)
    for row in referral.due_date_changes.all():
        days = row.working_days
        if row.kind == DueDateChangeKind.PAUSE:
            if row.started_on and row.ended_on:
                days = calendar.between(row.started_on, row.ended_on)
            due = calendar.add(due, days)
        elif row.kind == DueDateChangeKind.EXTENSION:
            due = max(calendar.add(due, days), row.to_on)
    return due


@dataclass(frozen=True)
class Total:
    """Working days of a proposal in all: from the first referral to the last answer (or today), and with each body."""

    days: int
    clocks: list[Clock]

    @property
    def is_running(self) -> bool:
        return any(clock.referral.is_open for clock in self.clocks)


def total_of(clocks: list[Clock], calendar: Calendar) -> Total | None:
    """The overall clock; None when no body was asked. `calendar` counts the days that belong to no single body."""
    if not clocks:
        return None
    start = min(clock.referral.sent_on for clock in clocks)
    return Total(calendar.between(start, max(clock.ends_on for clock in clocks)), clocks)


def chain_of(referral: Referral, others: list[Referral]) -> list[Any]:
    """The referrals through which a question went from body to body, first to last, `referral` among them.

    `others` are all referrals of the proposal. Empty when it was never passed on.
    """
    by_key = {each.pk: each for each in others}
    chain, seen = [referral], {referral.pk}
    while (before := by_key.get(chain[0].onward_from_id)) is not None and before.pk not in seen:
        chain.insert(0, before)
        seen.add(before.pk)
    while (after := next((each for each in others if each.onward_from_id == chain[-1].pk), None)) and after.pk not in seen:
        chain.append(after)
        seen.add(after.pk)
    return chain if len(chain) > 1 else []
