"""The four separate readings of a commitment: what one side says, what the evidence shows, where the date stands, what the
other side says. They are never added up into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Commitment, ProgressReport, Validation
from core.deadlines import public_from


@dataclass(frozen=True)
class Reading:
    """`code` for icons and data, `sentence` for people; `facts` are what the sentence is made of, as plain values."""

    code: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FourReadings:
    """`body`: what the newest report says, of whichever party made it. `organizations`: what the other side says of it."""

    body: Reading
    evidence: Reading
    date: Reading
    organizations: Reading

    def __iter__(self) -> Any:
        return iter((self.body, self.evidence, self.date, self.organizations))


def show(date: dt.date) -> str:
    return formats.date_format(date, "DATE_FORMAT")


def four_readings(commitment: Commitment, on: dt.date, *, at_once: bool = False) -> FourReadings:
    """The readings on date `on` (`edition.today()`). Reads what `CommitmentQuerySet.with_readings` fetches beforehand.

    `at_once`: as the parties read where the date stands (`agreements.light.light_of`).
    """
    last = commitment.last_report
    return FourReadings(
        body=reported(commitment, last),
        evidence=evidenced(commitment, on),
        date=dated(commitment, on, at_once=at_once),
        organizations=validated(commitment, last),
    )


def reported(commitment: Commitment, last: ProgressReport | None) -> Reading:
    """What the party that reported last says: status, percent, cut-off date."""
    if last is None:
        if commitment.lead is None:
            return Reading("no_report", _("Nobody has reported yet."))
        return Reading("no_report", _("%(party)s has not reported yet.") % {"party": commitment.lead.body.short})
    facts = {"party": last.party.key, "percent": last.percent, "cut_off": last.cut_off, "report": last.folio}
    words = {
        "party": last.party.body.short,
        "status": last.get_status_display(),
        "percent": last.percent,
        "date": show(last.cut_off),
    }
    if last.percent is None:
        return Reading(last.status, _("%(party)s reports: %(status)s, on %(date)s.") % words, facts)
    return Reading(last.status, _("%(party)s reports: %(status)s, %(percent)s %%, on %(date)s.") % words, facts)


def evidenced(commitment: Commitment, on: dt.date) -> Reading:
    """How many public pieces of evidence the reports brought. Links are not archived: what they show may go away."""
    pieces = [
        piece
        for report in commitment.reports.all()
        for piece in report.evidence.all()
        if piece.is_public and not piece.validation_id
    ]
    files = sum(1 for piece in pieces if piece.file)
    links = len(pieces) - files
    facts = {"files": files, "links": links}
    if not pieces:
        return Reading("none", _("No evidence on file on %(date)s.") % {"date": show(on)}, facts)
    parts = []
    if files:
        parts.append(ngettext("%(count)s file", "%(count)s files", files) % {"count": files})
    if links:
        parts.append(ngettext("%(count)s link, not archived", "%(count)s links, not archived", links) % {"count": links})
    code = "files_and_links" if files and links else "files" if files else "links"
    return Reading(code, _("Evidence: %(pieces)s.") % {"pieces": "; ".join(parts)}, facts)


def dated(commitment: Commitment, on: dt.date, *, at_once: bool = False) -> Reading:
    """The due date, the original one when it was extended, and how late it is."""
    due, original = commitment.due_on, commitment.original_due_on
    if due is None:
        return Reading("no_date", _("No due date was agreed."), {"due_on": None, "original_due_on": None, "days_late": 0})
    late = commitment.days_late(on, at_once=at_once)
    facts = {"due_on": due, "original_due_on": original, "days_late": late}
    words = {"date": show(due), "original": show(original) if original is not None else "", "count": late}
    extended = original is not None and original != due
    was_due = _("Was due on %(date)s, originally on %(original)s.") if extended else _("Was due on %(date)s.")
    if commitment.cancelled_at is not None or commitment.reported_status == "fulfilled":
        return Reading("ended", was_due % words, facts)
    if due < on and not late:
        until = _("Reports are awaited until %(date)s.") % {"date": show(public_from(due) - dt.timedelta(days=1))}
        return Reading("extended" if extended else "due", f"{was_due % words} {until}", facts)
    sentence = _("Due on %(date)s, originally on %(original)s.") if extended else _("Due on %(date)s.")
    if not late:
        return Reading("extended" if extended else "due", sentence % words, facts)
    days = ngettext("%(count)s day late.", "%(count)s days late.", late)
    return Reading("late", f"{sentence % words} {days % words}", facts)


def validated(commitment: Commitment, last: ProgressReport | None) -> Reading:
    """What the parties of the other side say of the newest report, each with its latest word.

    One that disagrees gives the code, whoever agrees after it; otherwise the newest does.
    """
    if last is None:
        return Reading("no_report", _("There is no report to validate."))
    rows = sorted(last.validations.all(), key=lambda row: row.number)
    if not rows:
        if last.party.side == "government":
            sentence = _("The organizations have not said yet whether they agree.")
        else:
            sentence = _("The public bodies have not said yet whether they agree.")
        return Reading(Validation.Outcome.PENDING.value, sentence, {"report": last.folio, "said": []})
    latest = {row.party_id: row for row in rows}
    said = [f"{row.party.body.short}: {row.get_outcome_display()}" for row in latest.values()]
    facts = {"report": last.folio, "said": [{"party": row.party.key, "outcome": row.outcome} for row in latest.values()]}
    disagree = any(row.outcome == Validation.Outcome.DISAGREES for row in latest.values())
    code = Validation.Outcome.DISAGREES.value if disagree else rows[-1].outcome
    return Reading(code, "; ".join(said) + ".", facts)
