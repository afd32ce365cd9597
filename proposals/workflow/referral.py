"""Doors of referrals: acknowledging, asking and answering questions, referring onward, terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.workflow import Change, StepRefused, changing, create, step
from forum.calendars import calendar_of
from forum.models import Agency, Organization, User
from forum.roles import roles_of
from proposals.models import Clarification, InternalPosition, Opinion, Referral
from proposals.models.referrals import DueDateChangeKind, ReferralStatus
from proposals.workflow.shared import (
    account,
    close,
    day_of,
    holding,
    liaisons_for,
    move_due_date,
    now_or,
    open_referral,
    pause,
    refuse_unless,
    required,
    resume,
    settle,
)
from proposals.workflow.tables import REFERRAL

#: The longest extension, in days.
LONGEST_EXTENSION = 366


def acknowledge(*, referral: Referral, actor: Any, at: dt.datetime | None = None) -> None:
    """Acknowledge receipt (acuse de recibo)."""
    moment = now_or(at)
    with holding(referral.version.proposal_id), step(REFERRAL, referral, "acknowledge", actor=actor, at=moment) as change:
        change.record.acknowledged_at = moment


def ask(
    *,
    referral: Referral,
    actor: Any,
    question: str,
    is_public: bool = True,
    due_on: dt.date | None = None,
    at: dt.datetime | None = None,
) -> Clarification:
    """Ask the proponents. The clock of the referral stands still until they have answered every question."""
    moment = now_or(at)
    with holding(referral.version.proposal_id), step(REFERRAL, referral, "ask", actor=actor, at=moment) as change:
        question = required(question, "question", _("Write the question to the proponents."))
        if due_on is not None and due_on < day_of(moment, change.record.event_edition):
            raise ValidationError({"due_on": _("The date until which the answer is expected lies in the past.")})
        asked = add_question(change, question, is_public=is_public, due_on=due_on, at=moment, opinion=None, actor=actor)
    return asked


def add_question(
    change: Change,
    question: str,
    *,
    is_public: bool,
    due_on: dt.date | None,
    at: dt.datetime,
    opinion: Opinion | None,
    actor: Any,
) -> Clarification:
    """Write a question under a referral that is being changed, and stop its clock."""
    referral = change.record
    number = referral.clarifications.count() + 1
    asked = Clarification(
        referral=referral,
        opinion=opinion,
        number=number,
        folio=f"{referral.folio}-Q{number}",
        question=question,
        is_public=is_public,
        due_on=due_on,
        asked_at=at,
        asked_by=account(actor),
    )
    create(asked, actor=actor, action="ask", at=at)
    pause(change, at)
    referral.acknowledged_at = referral.acknowledged_at or at
    change.note("questions", None, asked.folio)
    return asked


def answer_clarification(
    *,
    clarification: Clarification,
    actor: Any,
    answer: str,
    organization: Organization | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Answer a question for one of the proponents (`organization`; a delegate's own by default).

    With the last open question the clock runs again: the due date moves by the working days that it stood still.
    """
    moment = now_or(at)
    referral = clarification.referral
    with (
        holding(referral.version.proposal_id),
        step(REFERRAL, referral, "answer_clarification", actor=actor, at=moment) as change,
    ):
        text = required(answer, "answer", _("Write the answer."))
        with changing(clarification, "answer", actor=actor, at=moment) as answering:
            record = answering.record
            refuse_unless(record.answered_at is None, _("This question was answered already."), "answered")
            record.answer, record.answered_at, record.answered_by = text, moment, account(actor)
            record.answered_for = _answering(change.record, actor, organization)
        change.note("answers", None, clarification.folio)
        if not change.record.clarifications.filter(answered_at__isnull=True).exists():
            resume(change, moment, clarification.folio)
            change.record.status = ReferralStatus.ACKNOWLEDGED


def _answering(referral: Referral, actor: Any, organization: Organization | None) -> Organization | None:
    """The proponent in whose name `actor` answers. Raises ValidationError for an organization that is none."""
    proponents = list(referral.proposal.proponents.all())
    mine = roles_of(actor).organizations
    if organization is None:
        return next((proponent for proponent in proponents if proponent.pk in mine), None)
    organizer = actor is SYSTEM or roles_of(actor).organizes(referral.proposal.edition_id)
    if organization not in proponents or not (organizer or organization.pk in mine):
        raise ValidationError({"organization": _("Choose one of the proponents that you answer for.")})
    return organization


def refer_onward(*, referral: Referral, to: Agency, actor: Any, reason: str, at: dt.datetime | None = None) -> Referral:
    """Say “not ours” and pass the proposal on to another body: its new referral, or the one that it has already."""
    moment = now_or(at)
    with holding(referral.version.proposal_id):
        with step(REFERRAL, referral, "refer_onward", actor=actor, reason=reason, at=moment) as change:
            passed = pass_to(change, to, actor=actor, at=moment)
        settle(referral.version.proposal_id, at=moment)
    return passed


def pass_to(change: Change, to: Agency, *, actor: Any, at: dt.datetime) -> Referral:
    """Open a referral to another body for one under change; one that the body has already is used."""
    referral = change.record
    if to.pk == referral.agency_id:
        raise ValidationError({"refer_to": _("An agency cannot refer a proposal to itself: name another one.")})
    resume(change, at, to.key)
    close(change)
    existing = Referral.objects.filter(version=referral.version, agency=to).exclude(status=ReferralStatus.RECALLED).first()
    passed: Referral = existing or open_referral(referral.version, to, actor=actor, at=at, onward_from=referral)
    if existing is not None and existing.onward_from_id is None and existing.pk not in _passed_from(referral):
        with changing(existing, "receive", actor=SYSTEM, at=at) as receiving:
            receiving.record.onward_from = referral
    change.note("referred_to", None, passed.folio)
    return passed


def _passed_from(referral: Referral) -> set[int]:
    """The referrals (ids) that this one was passed on from, itself included."""
    seen: set[int] = set()
    link: Referral | None = referral
    while link is not None and link.pk not in seen:
        seen.add(link.pk)
        link = link.onward_from
    return seen


def extend(
    *,
    referral: Referral,
    to_on: dt.date,
    actor: Any,
    reason: str,
    accepted_by: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Extend the term (prórroga) to a later date. `accepted_by`: who agreed to it, where that is not `actor`."""
    moment = now_or(at)
    with (
        holding(referral.version.proposal_id),
        step(REFERRAL, referral, "extend", actor=actor, reason=reason, at=moment) as change,
    ):
        due_on = change.record.due_on
        if to_on <= due_on:
            raise ValidationError(
                {"to_on": _("An extension ends later than the due date, which is %(date)s.") % {"date": due_on.isoformat()}}
            )
        if (to_on - due_on).days > LONGEST_EXTENSION:
            raise ValidationError({"to_on": _("An extension is of one year at most: look at the year again.")})
        days = calendar_of(change.record.agency).between(due_on, to_on)
        move_due_date(
            change, DueDateChangeKind.EXTENSION, to_on, days=days, reason=change.reason, accepted_by=accepted_by.strip()
        )
        change.note("accepted_by", "", accepted_by.strip())


def recall(*, referral: Referral, actor: Any, reason: str, at: dt.datetime | None = None) -> None:
    """Take a referral back before it is answered; at least one body stays asked."""
    moment = now_or(at)
    with holding(referral.version.proposal_id):
        with step(REFERRAL, referral, "recall", actor=actor, reason=reason, at=moment) as change:
            close(change)
        settle(referral.version.proposal_id, at=moment)


def set_liaisons(*, referral: Referral, users: Iterable[User], actor: Any, at: dt.datetime | None = None) -> None:
    """Name the officials of the body who look after this referral."""
    people = list(users)
    if len(liaisons_for(referral.agency, people)) != len(people):
        raise ValidationError({"liaisons": _("A liaison is an official of a body that the proposal is referred to.")})
    with step(REFERRAL, referral, "set_liaisons", actor=actor, at=at) as change:
        change.set_links("liaisons", people)


def add_position(
    *, referral: Referral, actor: Any, text: str, verdict: str = "", at: dt.datetime | None = None
) -> InternalPosition:
    """What one official thinks, for the colleagues of the body only. The event does not repeat the text."""
    moment = now_or(at)
    refusal = REFERRAL.refusal(referral, "add_position", actor)
    if refusal is not None:
        raise refusal
    if account(actor) is None:
        raise StepRefused(_("An internal position has an author."))
    text = required(text, "text", _("Write your position."))
    position: InternalPosition = create(
        InternalPosition(referral=referral, author=account(actor), text=text, verdict=verdict, at=moment), actor=actor, at=moment
    )
    return position
