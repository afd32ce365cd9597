"""Numbered commitments, their extensions and their cancellation by both sides."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.querysets import CommitmentQuerySet, ExtensionQuerySet, OfCommitmentQuerySet
from core.addresses import address
from core.deadlines import public_day
from core.fields import FoldedField, KeyField, LongText, TextLine
from core.models import Record


class ReportStatus(models.TextChoices):
    NOT_STARTED = "not_started", pgettext_lazy("status of a report", "not started")
    IN_PROGRESS = "in_progress", pgettext_lazy("status of a report", "in progress")
    SUBSTANTIAL = "substantial", pgettext_lazy("status of a report", "substantial progress")
    FULFILLED = "fulfilled", pgettext_lazy("status of a report", "fulfilled")
    NOT_FULFILLED = "not_fulfilled", pgettext_lazy("status of a report", "not fulfilled")
    CANCELLED = "cancelled", pgettext_lazy("status of a report", "cancelled")


class CommitmentState(models.TextChoices):
    """Where a commitment stands as a record: derived from its agreement and its cancellation."""

    PREPARED = "prepared", pgettext_lazy("state of a commitment", "being prepared")
    IN_FORCE = "in_force", pgettext_lazy("state of a commitment", "in force")
    CONCLUDED = "concluded", pgettext_lazy("state of a commitment", "of a concluded agreement")
    CANCELLED = "cancelled", pgettext_lazy("state of a commitment", "cancelled")
    VOID = "void", pgettext_lazy("state of a commitment", "of a void agreement")


class Light(models.TextChoices):
    """The light (semáforo): derived from dates and reports, never typed."""

    FULFILLED = "fulfilled", pgettext_lazy("light", "fulfilled")
    ON_TIME = "on_time", pgettext_lazy("light", "on time")
    DUE_SOON = "due_soon", pgettext_lazy("light", "due soon")
    LATE = "late", pgettext_lazy("light", "late")
    NO_REPORT = "no_report", pgettext_lazy("light", "no report since the cut-off")
    CANCELLED = "cancelled", pgettext_lazy("light", "cancelled")


#: Neither cancelled nor fulfilled.
OPEN = models.Q(cancelled_at__isnull=True) & ~models.Q(reported_status="fulfilled")


class Commitment(Record):
    """What is owed, by whom, by when, and how it is verified.

    `since_version` is the version of the agreement that brings it in: one brought in by an amendment is in force, and
    public, when that version is signed.

    `reported_*` and `disputed` repeat the newest report and the newest validations of the other side; they are written
    in the transaction of each report and validation and make the light a matter of columns and of today's date.
    """

    State = CommitmentState

    Light = Light

    KEY = "folio"
    FOLDS = ("folio", "text_es", "text_en", "deliverable", "topic")

    folio = KeyField(_("folio"), unique=True, blank=True)
    agreement = models.ForeignKey(
        "agreements.Agreement", verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="commitments"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    since_version = models.PositiveSmallIntegerField(_("since version"), default=1, editable=False)
    text_es = LongText(_("what is owed, in Spanish"))
    text_en = LongText(_("what is owed, in English"), blank=True)
    lead = models.ForeignKey(
        "agreements.Party",
        verbose_name=_("responsible party"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    co_responsible = models.ManyToManyField(
        "agreements.Party", verbose_name=_("co-responsible parties"), blank=True, related_name="shares"
    )
    deliverable = LongText(_("deliverable"), blank=True)
    means_of_verification = LongText(_("means of verification"), blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    original_due_on = models.DateField(_("original due date"), null=True, blank=True)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    states = models.ManyToManyField("forum.Area", verbose_name=_("states"), blank=True, related_name="+")
    topic = TextLine(_("topic"), max_length=120, blank=True)
    proposals = models.ManyToManyField("proposals.Proposal", verbose_name=_("proposals"), blank=True, related_name="commitments")
    conditions = models.ManyToManyField(
        "proposals.Condition", verbose_name=_("conditions"), blank=True, related_name="commitments"
    )
    reported_status = models.CharField(
        _("last report says"), max_length=14, choices=ReportStatus.choices, blank=True, editable=False
    )
    reported_percent = models.PositiveSmallIntegerField(_("percent reported"), null=True, blank=True, editable=False)
    reported_cut_off = models.DateField(_("cut-off of the last report"), null=True, blank=True, editable=False)
    disputed = models.BooleanField(_("disputed by the other side"), default=False, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    folded = FoldedField()

    objects = CommitmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("agreement", "number")
        indexes = [
            models.Index(fields=["due_on", "folio"], name="commitment_due"),
            models.Index(fields=["lead", "due_on"], name="commitment_lead"),
            # What is open, by its date and by who leads: years of fulfilled ones lie before the first late one.
            models.Index(fields=["due_on", "folio"], name="commitment_open_due", condition=OPEN),
            models.Index(fields=["lead", "due_on"], name="commitment_open_lead", condition=OPEN),
            # The order of the progress page: what has no due date comes last, and keyset paging wants no nulls.
            models.Index(Coalesce("due_on", models.Value(dt.date.max)), "folio", name="commitment_due_order"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="commitment_number_once",
                violation_error_message=_("This agreement has a commitment with that number."),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(due_on__isnull=True)
                | models.Q(due_on__gte=models.F("starts_on")),
                name="commitment_dates_in_order",
                violation_error_message=_("A commitment cannot be due before it starts."),
            ),
            models.CheckConstraint(
                condition=models.Q(reported_status="") | models.Q(reported_status__in=ReportStatus.values),
                name="commitment_reported_status",
                violation_error_message=_("This is not a status of a report."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def text(self) -> str:
        return self.in_language("text")

    @property
    def event_edition(self) -> Any:
        return self.agreement.edition

    @property
    def is_public(self) -> bool:
        brought_in = self.since_version <= max(1, self.agreement.version_number)
        return brought_in and bool(self.agreement.is_public)

    @property
    def state(self) -> str:
        """What its steps depend on; reads the agreement."""
        status = self.agreement.status
        if self.cancelled_at is not None:
            return CommitmentState.CANCELLED
        if status == "void":
            return CommitmentState.VOID
        if status not in ("signed", "concluded") or self.since_version > self.agreement.version_number:
            return CommitmentState.PREPARED
        return CommitmentState.CONCLUDED if status == "concluded" else CommitmentState.IN_FORCE

    @property
    def is_followed(self) -> bool:
        """Was in force at some time, so it has a light; reads the agreement."""
        return self.state in (CommitmentState.IN_FORCE, CommitmentState.CONCLUDED, CommitmentState.CANCELLED)

    @property
    def last_report(self) -> Any:
        """The report with the latest cut-off date, of those the last one filed; None when there is none."""
        return max(self.reports.all(), key=lambda report: (report.cut_off, report.number), default=None)

    def get_absolute_url(self) -> str:
        return address("agreement", self.agreement.folio) + f"#c{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = f"{self.agreement.folio}-C{self.number}"
        super().save(*args, **kwargs)

    #: In the workspace: the date from which everybody reads that it is late (`agreements.light.tell_quiet`).
    quiet_until: dt.date | None = None

    def days_late(self, on: dt.date, *, at_once: bool = False) -> int:
        """Calendar days after the due date, 0 when it is not open or does not read *late* (`at_once`: to its parties)."""
        if self.due_on is None or self.due_on >= (on if at_once else public_day(on)):
            return 0
        if self.cancelled_at is not None or self.reported_status == ReportStatus.FULFILLED:
            return 0
        return max(0, (on - self.due_on).days)

    def search_entry(self) -> dict[str, str] | None:
        if not self.is_public:
            return None
        return {
            "kind": "commitment",
            "title_es": self.text_es[:300],
            "title_en": self.text_en[:300],
            "summary_es": self.deliverable,
            "summary_en": "",
            "text": f"{self.topic} {self.means_of_verification}",
        }


class Extension(models.Model):
    """A later due date: who asked, why, and who of the other side accepted or declined it. The original date stays."""

    commitment = models.ForeignKey(Commitment, verbose_name=_("commitment"), on_delete=models.PROTECT, related_name="extensions")
    from_on = models.DateField(_("due date before"))
    to_on = models.DateField(_("due date after"))
    asked_by = models.ForeignKey("agreements.Party", verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+")
    reason = LongText(_("reason"))
    asked_at = models.DateTimeField(_("asked"))
    accepted_by = models.ForeignKey(
        "agreements.Party", verbose_name=_("accepted by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    declined_by = models.ForeignKey(
        "agreements.Party", verbose_name=_("declined by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    decline_reason = LongText(_("reason for declining"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ("commitment", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_on__gt=models.F("from_on")),
                name="extension_is_later",
                violation_error_message=_("An extension moves the due date to a later day."),
            ),
            models.UniqueConstraint(
                fields=["commitment"],
                condition=models.Q(accepted_at__isnull=True, declined_at__isnull=True),
                name="extension_one_pending",
                violation_error_message=_("Another extension of this commitment waits for an answer."),
            ),
            models.CheckConstraint(
                condition=models.Q(declined_at__isnull=True, decline_reason="")
                | (models.Q(declined_at__isnull=False, accepted_at__isnull=True) & ~models.Q(decline_reason="")),
                name="extension_declined_with_reason",
                violation_error_message=_("Who declines an extension says why, and one that was accepted is not declined."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment} → {self.to_on}"

    @property
    def waits(self) -> bool:
        """Nobody of the other side has answered yet."""
        return self.accepted_at is None and self.declined_at is None


class Cancellation(models.Model):
    """One side says that a commitment should be cancelled; it is when both sides have said so."""

    commitment = models.ForeignKey(
        Commitment, verbose_name=_("commitment"), on_delete=models.PROTECT, related_name="cancellations"
    )
    party = models.ForeignKey("agreements.Party", verbose_name=_("party"), on_delete=models.PROTECT, related_name="+")
    side = models.CharField(_("side"), max_length=14)
    reason = LongText(_("reason"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = OfCommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("cancellation")
        verbose_name_plural = _("cancellations")
        ordering = ("commitment", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "side"],
                name="cancellation_once_a_side",
                violation_error_message=_("This side has agreed to the cancellation already."),
            ),
            models.CheckConstraint(
                condition=models.Q(side__in=["organizations", "government"]),
                name="cancellation_side",
                violation_error_message=_("A side is the organizations or the government."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment} · {self.side}"
