"""Requests about the own data: access, rectification, cancellation, opposition (ARCO), and consent taken back.

Terms: Ley Federal de Protección de Datos Personales en Posesión de los Particulares (DOF 20 March 2025), article 31: twenty
working days to answer, fifteen more to carry out what was granted; each may be extended once by as many days. The Ley General
for public bodies (same DOF) has the same two terms, and an extension of ten days at most, which is why ten is what is given here.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.deadlines import add_working_days
from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint
from forum.querysets import PrivacyRequestQuerySet

#: Working days to answer, to carry out, and of the one extension of either.
DAYS_TO_ANSWER, DAYS_TO_CARRY_OUT, DAYS_OF_EXTENSION = 20, 15, 10


def privacy_request_key() -> str:
    return f"arco-{secrets.token_hex(5)}"


class PrivacyRequestKind(models.TextChoices):
    ACCESS = "access", pgettext_lazy("ARCO right", "access: what do you hold about me?")
    RECTIFICATION = "rectification", pgettext_lazy("ARCO right", "rectification: something is wrong or incomplete")
    CANCELLATION = "cancellation", pgettext_lazy("ARCO right", "cancellation: erase my data")
    OPPOSITION = "opposition", pgettext_lazy("ARCO right", "opposition: do not use my data for this")
    CONSENT = "consent", pgettext_lazy("ARCO right", "I take back my consent to show my name")


class PrivacyRequestStatus(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("status of a privacy request", "received")
    IDENTIFIED = "identified", pgettext_lazy("status of a privacy request", "identity checked")
    ANSWERED = "answered", pgettext_lazy("status of a privacy request", "answered")
    DONE = "done", pgettext_lazy("status of a privacy request", "done")
    CLOSED = "closed", pgettext_lazy("status of a privacy request", "closed without an answer on the matter")


class PrivacyRequestOutcome(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("outcome of a privacy request", "granted")
    IN_PART = "in_part", pgettext_lazy("outcome of a privacy request", "granted in part")
    REFUSED = "refused", pgettext_lazy("outcome of a privacy request", "refused, with its reasons")


class PrivacyRequest(Record):
    """One request. No identity papers are kept: only how the identity was checked, in words."""

    Kind, Status, Outcome = PrivacyRequestKind, PrivacyRequestStatus, PrivacyRequestOutcome
    PRIVATE = frozenset({"name", "email", "text", "identity_how", "answer"})
    #: What is emptied when the request is no longer needed to prove that it was answered.
    ERASED = ("name", "email", "text", "identity_how", "answer")

    key = KeyField(_("key"), unique=True, default=privacy_request_key, editable=False)
    edition = models.ForeignKey(
        "forum.Edition", verbose_name=_("forum"), on_delete=models.PROTECT, related_name="privacy_requests"
    )
    person = models.ForeignKey(
        "forum.Person",
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="privacy_requests",
    )
    kind = models.CharField(_("what is asked"), max_length=13, choices=Kind.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RECEIVED, editable=False)
    name = TextLine(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=200, blank=True)
    text = LongText(_("what it is about"), blank=True)
    language = models.CharField(
        _("language of messages"), max_length=2, choices=[("es", "español"), ("en", "English")], default="es", editable=False
    )
    received_on = models.DateField(_("received"), editable=False)
    answer_due_on = models.DateField(_("answer due"), editable=False)
    extended_on = models.DateField(_("extended"), null=True, blank=True, editable=False)
    identity_how = TextLine(_("how the identity was checked"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    answer = LongText(_("answer"), blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True, editable=False)
    carry_out_due_on = models.DateField(_("to be carried out until"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("done or closed"), null=True, blank=True, editable=False)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        ordering = ("-received_on", "-id")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint(
                "kind", PrivacyRequestKind, "privacy_request_kind", _("This is not a right that can be exercised.")
            ),
            choice_constraint(
                "status", PrivacyRequestStatus, "privacy_request_status", _("This is not a status of a privacy request.")
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=["es", "en"]),
                name="privacy_request_language",
                violation_error_message=_("The language of messages is es or en."),
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", *PrivacyRequestOutcome.values]),
                name="privacy_request_outcome",
                violation_error_message=_("A request is granted, granted in part, or refused."),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def event_edition(self) -> Any:
        return self.edition

    @property
    def due_on(self) -> dt.date | None:
        """Until when the next thing has to happen; None when nothing has to."""
        if self.status in (PrivacyRequestStatus.DONE, PrivacyRequestStatus.CLOSED):
            return None
        return self.carry_out_due_on if self.status == PrivacyRequestStatus.ANSWERED else self.answer_due_on


def answer_due(received_on: dt.date) -> dt.date:
    """The last day to answer a request received on that day."""
    return add_working_days(received_on, DAYS_TO_ANSWER)


def carry_out_due(answered_on: dt.date) -> dt.date:
    """The last day to carry out what was granted on that day."""
    return add_working_days(answered_on, DAYS_TO_CARRY_OUT)
