"""The ARCO desk: received, identity checked, answered, done. Terms in `forum.models.privacy`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.deadlines import add_working_days
from core.events import SYSTEM
from core.workflow import StepRefused, Transition, Workflow, create, step
from forum.models import Person, PrivacyRequest
from forum.models.privacy import DAYS_OF_EXTENSION, PrivacyRequestOutcome, PrivacyRequestStatus, answer_due, carry_out_due
from forum.permissions import is_organizer_of

S = PrivacyRequestStatus


def day_in(edition: Any, moment: dt.datetime) -> dt.date:
    """The date of a moment where the forum is: terms begin and end there."""
    return moment.astimezone(ZoneInfo(edition.time_zone)).date()


def extended_once(record: PrivacyRequest) -> Any:
    return gettext_lazy("This term was extended already: the law allows it once.") if record.extended_on is not None else None


PRIVACY_REQUEST = Workflow(
    name="privacy request",
    label=gettext_lazy("Privacy request"),
    statuses=PrivacyRequestStatus.choices,
    predicates={
        "anybody": (lambda record, user: False, pgettext_lazy("who takes a step", "anybody, from the public page")),
        "organizer": (is_organizer_of, pgettext_lazy("who takes a step", "organizers of the edition")),
    },
    transitions=(
        Transition("receive", pgettext_lazy("step of a privacy request", "Receive"), (), S.RECEIVED, ("anybody", "organizer")),
        Transition(
            "identify",
            pgettext_lazy("step of a privacy request", "Note that the identity is checked"),
            (S.RECEIVED,),
            S.IDENTIFIED,
            ("organizer",),
        ),
        Transition(
            "extend",
            pgettext_lazy("step of a privacy request", "Extend the term once"),
            (S.RECEIVED, S.IDENTIFIED),
            None,
            ("organizer",),
            needs_reason=True,
            guard=extended_once,
        ),
        Transition("answer", pgettext_lazy("step of a privacy request", "Answer"), (S.IDENTIFIED,), S.ANSWERED, ("organizer",)),
        Transition(
            "finish",
            pgettext_lazy("step of a privacy request", "Note that it is carried out"),
            (S.ANSWERED,),
            S.DONE,
            ("organizer",),
        ),
        Transition(
            "close",
            pgettext_lazy("step of a privacy request", "Close without an answer on the matter"),
            (S.RECEIVED, S.IDENTIFIED),
            S.CLOSED,
            ("organizer",),
            needs_reason=True,
            note=gettext_lazy("For example: the identity was not shown within ten working days, or it was withdrawn."),
        ),
    ),
)


def receive_privacy_request(
    *, edition: Any, values: Mapping[str, Any], actor: Any = SYSTEM, at: dt.datetime | None = None
) -> Any:
    """A request came in, from the public page or on paper. Nothing is told to the sender that depends on who that is."""
    moment = at or timezone.now()
    day = day_in(edition, moment)
    with transaction.atomic():
        return create(
            PrivacyRequest(edition=edition, received_on=day, answer_due_on=answer_due(day), **values),
            actor=actor,
            action="receive",
            at=moment,
        )


def identify(*, request: PrivacyRequest, actor: Any, how: str, person: Person | None = None, at: Any = None) -> Any:
    """Note how the identity was checked, in words, and who the person is where the records know one."""
    if not how.strip():
        raise StepRefused(_("Say how the identity was checked."), code="how")
    if person is not None and not person.participations.filter(edition=request.edition_id).exists():
        raise StepRefused(_("This person took no part in that forum."), code="person")
    with step(PRIVACY_REQUEST, request, "identify", actor=actor, at=at) as change:
        change.record.identity_how, change.record.person = how.strip(), person
    return request


def extend_privacy_term(*, request: PrivacyRequest, actor: Any, reason: str, revision: int | None = None, at: Any = None) -> Any:
    with step(PRIVACY_REQUEST, request, "extend", actor=actor, reason=reason, revision=revision, at=at) as change:
        change.record.extended_on = day_in(change.record.edition, change.at)
        change.record.answer_due_on = add_working_days(change.record.answer_due_on, DAYS_OF_EXTENSION)
    return request


def answer_privacy_request(
    *, request: PrivacyRequest, actor: Any, outcome: str, answer: str, at: dt.datetime | None = None
) -> Any:
    """Note what was answered. What is granted is to be carried out within fifteen working days."""
    if outcome not in PrivacyRequestOutcome.values or not answer.strip():
        raise StepRefused(_("Say whether it is granted, and what was answered."), code="answer")
    with step(PRIVACY_REQUEST, request, "answer", actor=actor, at=at) as change:
        record, day = change.record, day_in(change.record.edition, change.at)
        record.outcome, record.answer, record.answered_on = outcome, answer.strip(), day
        record.carry_out_due_on = carry_out_due(day)
    return request


def finish_privacy_request(
    *, request: PrivacyRequest, actor: Any, revision: int | None = None, at: dt.datetime | None = None
) -> Any:
    with step(PRIVACY_REQUEST, request, "finish", actor=actor, revision=revision, at=at) as change:
        change.record.ended_on = day_in(change.record.edition, change.at)
    return request


def close_privacy_request(
    *, request: PrivacyRequest, actor: Any, reason: str, revision: int | None = None, at: dt.datetime | None = None
) -> Any:
    with step(PRIVACY_REQUEST, request, "close", actor=actor, reason=reason, revision=revision, at=at) as change:
        change.record.ended_on = day_in(change.record.edition, change.at)
    return request
