"""Referrals of a proposal version to a body, the changes of their due dates, and questions to the proponents."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.deadlines import Calendar
from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint
from forum.calendars import calendar_of
from proposals.querysets import ClarificationQuerySet, ReferralQuerySet


class ReferralStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("status of a referral", "sent")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("status of a referral", "acknowledged")
    ASKED = "asked", pgettext_lazy("status of a referral", "waiting for a clarification")
    ANSWERED = "answered", pgettext_lazy("status of a referral", "answered")
    REFERRED_ONWARD = "referred_onward", pgettext_lazy("status of a referral", "referred onward")
    RECALLED = "recalled", pgettext_lazy("status of a referral", "recalled")


class Referral(Record):
    """A proposal version sent to one agency, with its term. One per agency and version."""

    Status = ReferralStatus

    OPEN = (Status.PENDING, Status.ACKNOWLEDGED, Status.ASKED)
    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    version = models.ForeignKey(
        "proposals.ProposalVersion", verbose_name=_("version of the proposal"), on_delete=models.PROTECT, related_name="referrals"
    )
    agency = models.ForeignKey("forum.Agency", verbose_name=_("agency"), on_delete=models.PROTECT, related_name="referrals")
    status = models.CharField(_("status"), max_length=15, choices=Status.choices, default=Status.PENDING, editable=False)
    sent_on = models.DateField(_("sent on"))
    term_days = models.PositiveSmallIntegerField(_("term, working days"))
    original_due_on = models.DateField(_("original due date"))
    due_on = models.DateField(_("due date"))
    paused_on = models.DateField(_("clock paused since"), null=True, blank=True, editable=False)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("passed on or recalled"), null=True, blank=True, editable=False)
    onward_from = models.ForeignKey(
        "self", verbose_name=_("referred onward from"), null=True, blank=True, on_delete=models.PROTECT, related_name="onward_to"
    )
    liaisons = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("liaison officials"), blank=True, related_name="liaison_for"
    )

    objects = ReferralQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ("due_on", "folio")
        indexes = [
            models.Index(fields=["agency", "status", "due_on", "folio"], name="referral_queue"),
            # What the page of a body names first, and what it names then.
            models.Index(
                fields=["agency", "due_on", "folio"],
                name="referral_open",
                condition=models.Q(status__in=["pending", "acknowledged", "asked"]),
            ),
            models.Index(fields=["agency", "due_on", "folio"], name="referral_due"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["version", "agency"],
                name="referral_once",
                violation_error_message=_("This version was referred to that agency already."),
            ),
            choice_constraint("status", ReferralStatus, "referral_status", _("This is not a status of a referral.")),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("sent_on")),
                name="referral_due_after_sent",
                violation_error_message=_("A referral cannot be due before it is sent."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def proposal(self) -> Any:
        return self.version.proposal

    @property
    def event_edition(self) -> Any:
        return self.version.proposal.edition

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.event_edition.time_zone)

    def ended_on(self) -> dt.date | None:
        """The day, where the forum is, on which the body answered, passed it on or was released from answering."""
        at = self.answered_at if self.status == self.Status.ANSWERED else None if self.is_open else self.closed_at
        return at.astimezone(self.zone).date() if at else None

    def working_days_late(self, on: dt.date, calendar: Calendar | None = None) -> int:
        """Working days after the due date on which no answer had come by `on` (or came late); 0 when in time.

        `calendar` is that of the body; without it one query reads it, but only where the date has passed.
        """
        if not self.is_open and self.status != self.Status.ANSWERED:
            return 0
        end = self.ended_on() or on
        if self.paused_on is not None:
            end = min(end, self.paused_on)
        if end <= self.due_on:
            return 0
        return (calendar or calendar_of(self.agency)).between(self.due_on, end)


class DueDateChangeKind(models.TextChoices):
    PAUSE = "pause", pgettext_lazy("change of a due date", "pause of the deadline")
    EXTENSION = "extension", pgettext_lazy("change of a due date", "extension")
    CLOSURE = "closure", pgettext_lazy("change of a due date", "non-working days entered or taken back")


class DueDateChange(models.Model):
    """Why a due date is what it is: each pause, extension and change of the calendar, by whom and why.

    A pause keeps when it began and ended, so that the sum can be made again when the calendar changes.
    """

    Kind = DueDateChangeKind

    referral = models.ForeignKey(Referral, verbose_name=_("referral"), on_delete=models.CASCADE, related_name="due_date_changes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    from_on = models.DateField(_("due date before"))
    to_on = models.DateField(_("due date after"))
    working_days = models.PositiveSmallIntegerField(_("working days"))
    reason = LongText(_("reason"))
    started_on = models.DateField(_("paused from"), null=True, blank=True)
    ended_on = models.DateField(_("paused until"), null=True, blank=True)
    accepted_by = TextLine(_("accepted by"), max_length=200, blank=True)
    closure = models.ForeignKey(
        "forum.Closure", verbose_name=_("non-working days"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a due date")
        verbose_name_plural = _("changes of due dates")
        ordering = ("referral", "id")
        constraints = [
            choice_constraint(
                "kind", DueDateChangeKind, "due_date_change_kind", _("A due date moves by a pause, an extension or the calendar.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.from_on} → {self.to_on}"


class Clarification(Record):
    """A question of a body to the proponents and their answer; the clock stands still in between."""

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    referral = models.ForeignKey(Referral, verbose_name=_("referral"), on_delete=models.PROTECT, related_name="clarifications")
    opinion = models.ForeignKey(
        "proposals.Opinion", verbose_name=_("opinion"), null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    question = LongText(_("question"))
    due_on = models.DateField(_("answer expected by"), null=True, blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answer = LongText(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answered_for = models.ForeignKey(
        "forum.Organization", verbose_name=_("answered for"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClarificationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("clarification")
        verbose_name_plural = _("clarifications")
        ordering = ("referral", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["referral", "number"],
                name="clarification_number_once",
                violation_error_message=_("This referral has a question with that number."),
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="clarification_answer_dated",
                violation_error_message=_("An answer has a text and a date."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def proposal(self) -> Any:
        return self.referral.proposal

    @property
    def event_edition(self) -> Any:
        return self.referral.event_edition
