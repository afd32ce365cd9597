"""Progress reports, their evidence, and the validation by the other side."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.models.commitments import ReportStatus
from agreements.querysets import EvidenceQuerySet, OfCommitmentQuerySet, ValidationQuerySet
from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint


class ProgressReport(Record):
    """What one party says about a commitment at a cut-off date. Append-only: a newer report takes its place."""

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    commitment = models.ForeignKey(
        "agreements.Commitment", verbose_name=_("commitment"), on_delete=models.PROTECT, related_name="reports"
    )
    party = models.ForeignKey("agreements.Party", verbose_name=_("party"), on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveSmallIntegerField(_("number"))
    cut_off = models.DateField(_("cut-off date"))
    status = models.CharField(_("status"), max_length=14, choices=ReportStatus.choices)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    narrative_es = LongText(_("account in Spanish"))
    narrative_en = LongText(_("account in English"), blank=True)
    obstacle = LongText(_("obstacle"), blank=True)
    reported_at = models.DateTimeField(_("reported"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    on_behalf_reason = LongText(_("recorded on behalf because"), blank=True)

    objects = OfCommitmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ("commitment", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["commitment", "number"],
                name="report_number_once",
                violation_error_message=_("This commitment has a report with that number."),
            ),
            choice_constraint("status", ReportStatus, "report_status", _("This is not a status of a report.")),
            models.CheckConstraint(
                condition=models.Q(percent__isnull=True) | models.Q(percent__lte=100),
                name="report_percent",
                violation_error_message=_("The degree of progress is between 0 and 100 %%."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="not_started") | models.Q(percent__isnull=True) | models.Q(percent=0),
                name="report_not_started",
                violation_error_message=_("“Not started” goes with 0 %%: choose “in progress”, or correct the percentage."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status="fulfilled") | models.Q(percent__isnull=True) | models.Q(percent=100),
                name="report_fulfilled",
                violation_error_message=_("“Fulfilled” goes with 100 %%: choose another status, or correct the percentage."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["in_progress", "substantial"])
                | models.Q(percent__isnull=True)
                | models.Q(percent__lt=100),
                name="report_in_progress",
                violation_error_message=_("At 100 %% the status is “fulfilled”: choose it, or correct the percentage."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def narrative(self) -> str:
        return self.in_language("narrative")

    @property
    def own_evidence(self) -> list[Evidence]:
        """What came with the report itself."""
        return [piece for piece in self.evidence.all() if piece.validation_id is None]

    @property
    def event_edition(self) -> Any:
        return self.commitment.agreement.edition


def evidence_path(record: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"evidence/{secrets.token_hex(16)}"


def evidence_key() -> str:
    return f"f-{secrets.token_hex(8)}"


class Evidence(Record):
    """What proves a report, or speaks against it: a file that is kept, or a link that is not archived.

    `report` is always there; `validation` too where it came with one, and with an answer to it, which is `reply`.
    """

    PRIVATE = frozenset({"file"})

    key = KeyField(_("key"), unique=True, default=evidence_key, editable=False)
    report = models.ForeignKey(ProgressReport, verbose_name=_("report"), on_delete=models.PROTECT, related_name="evidence")
    validation = models.ForeignKey(
        "agreements.Validation",
        verbose_name=_("validation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    reply = models.ForeignKey(
        "agreements.Reply",
        verbose_name=_("answer to the validation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="evidence",
    )
    title = TextLine(_("title"), max_length=200)
    dated_on = models.DateField(_("date"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, max_length=200, blank=True)
    file_name = TextLine(_("file name"), max_length=200, blank=True, editable=False)
    content_type = models.CharField(_("type"), max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    url = models.URLField(_("link (not archived)"), max_length=500, blank=True)
    is_public = models.BooleanField(_("public"), default=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("report", "id")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(file="", url__gt="") | (models.Q(url="") & ~models.Q(file="")),
                name="evidence_file_or_link",
                violation_error_message=_("Evidence is a file or a link, one of the two."),
            ),
            models.CheckConstraint(
                condition=models.Q(reply__isnull=True) | models.Q(validation__isnull=False),
                name="evidence_of_an_answer",
                violation_error_message=_("Evidence of an answer belongs to the validation that is answered."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def event_edition(self) -> Any:
        return self.report.event_edition


class ValidationOutcome(models.TextChoices):
    AGREES = "agrees", pgettext_lazy("outcome of a validation", "agrees")
    DISAGREES = "disagrees", pgettext_lazy("outcome of a validation", "disagrees")
    PENDING = "pending", pgettext_lazy("outcome of a validation", "pending")


class Validation(Record):
    """What a party of the other side says of a report. Append-only."""

    Outcome = ValidationOutcome

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    report = models.ForeignKey(ProgressReport, verbose_name=_("report"), on_delete=models.PROTECT, related_name="validations")
    party = models.ForeignKey("agreements.Party", verbose_name=_("party"), on_delete=models.PROTECT, related_name="validations")
    number = models.PositiveSmallIntegerField(_("number"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    comment_es = LongText(_("comment in Spanish"), blank=True)
    comment_en = LongText(_("comment in English"), blank=True)
    validated_at = models.DateTimeField(_("validated"))
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("validated by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ValidationQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("validation by the other side")
        verbose_name_plural = _("validations by the other side")
        ordering = ("report", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["report", "number"],
                name="validation_number_once",
                violation_error_message=_("This report has a validation with that number."),
            ),
            choice_constraint(
                "outcome", ValidationOutcome, "validation_outcome", _("A validation agrees, disagrees or is pending.")
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="disagrees") | ~models.Q(comment_es="", comment_en=""),
                name="validation_disagrees_with_reason",
                violation_error_message=_("Who disagrees says why."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def comment(self) -> str:
        return self.in_language("comment")

    @property
    def own_evidence(self) -> list[Evidence]:
        """What came with it; of the evidence that the report has at hand."""
        return [piece for piece in self.report.evidence.all() if piece.validation_id == self.pk and piece.reply_id is None]

    @property
    def event_edition(self) -> Any:
        return self.report.event_edition
