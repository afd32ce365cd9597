"""Import batches: the file as it came, and for every row exactly one outcome."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField, TextLine
from core.models.event import Origin


class Outcome(models.TextChoices):
    CREATED = "created", pgettext_lazy("outcome of a row", "created")
    UPDATED = "updated", pgettext_lazy("outcome of a row", "updated")
    SAME = "same", pgettext_lazy("outcome of a row", "the same")
    QUARANTINED = "quarantined", pgettext_lazy("outcome of a row", "quarantined")
    SKIPPED = "skipped", pgettext_lazy("outcome of a row", "skipped")


def batch_key() -> str:
    return f"imp-{secrets.token_hex(5)}"


def batch_path(batch: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"imports/{batch.key}/{secrets.token_hex(8)}"


class ImportBatch(models.Model):
    """One run of one file. The counts of the outcomes add up to `rows`."""

    key = KeyField(_("key"), unique=True, default=batch_key, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    edition_slug = KeyField(_("edition"), blank=True, default="")
    file_name = TextLine(_("file name"), max_length=255, blank=True)
    file = models.FileField(_("file as it came"), upload_to=batch_path, max_length=200, blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True)
    #: [header, column] pairs in the order of the file: PostgreSQL does not keep the order of an object's keys.
    mapping = models.JSONField(_("mapping"), default=list, blank=True)
    #: How the file was read and its columns taken (`core.imports.plan.Plan`), for the next one with the same headers.
    plan = models.JSONField(default=dict, blank=True, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("actor"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.COMMAND)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    same = models.PositiveIntegerField(_("the same"), default=0)
    quarantined = models.PositiveIntegerField(_("quarantined"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    rows=models.F("created")
                    + models.F("updated")
                    + models.F("same")
                    + models.F("quarantined")
                    + models.F("skipped")
                ),
                name="import_rows_add_up",
                violation_error_message=_("Every row of an import has exactly one outcome."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.kind}"


class ImportRow(models.Model):
    """One row of the file, as it was read, and what became of it."""

    batch = models.ForeignKey(ImportBatch, verbose_name=_("import"), on_delete=models.CASCADE, related_name="outcomes")
    number = models.PositiveIntegerField(_("row of the file"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    record_key = KeyField(_("record"), max_length=80, blank=True, default="")
    values = models.JSONField(_("values"), default=dict)
    problems = models.JSONField(_("reasons"), default=list, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("batch", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="one_outcome_per_row",
                violation_error_message=_("A row of a file has exactly one outcome."),
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values),
                name="import_row_outcome",
                violation_error_message=_("A row is created, updated, the same, quarantined or skipped."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.number}"
