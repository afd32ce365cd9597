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


class BatchState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("state of an import", "waiting for its turn")
    RUNNING = "running", pgettext_lazy("state of an import", "under way")
    DONE = "done", pgettext_lazy("state of an import", "done")
    STOPPED = "stopped", pgettext_lazy("state of an import", "stopped")
    FAILED = "failed", pgettext_lazy("state of an import", "interrupted by a fault")
    UNDONE = "undone", pgettext_lazy("state of an import", "undone")


def batch_key() -> str:
    return f"imp-{secrets.token_hex(5)}"


def batch_path(batch: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"imports/{batch.key}/{secrets.token_hex(8)}"


class RealBatches(models.Manager):
    """Imports that were carried out, or will be: no trials."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(trial=False)


class ImportBatch(models.Model):
    """One run of one file. The counts of the outcomes add up to `rows`, those that have an outcome so far, of `total`.

    It is also the place in the queue: whoever works on it holds the lease, and each chunk of rows moves `cursor` (the last
    row of the file that has its outcome) in the transaction that writes the rows.
    """

    State = BatchState

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
    state = models.CharField(_("state"), max_length=8, choices=BatchState.choices, default=BatchState.DONE)
    total = models.PositiveIntegerField(_("rows of the file"), default=0)
    cursor = models.PositiveIntegerField(default=0, editable=False)
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    stop_asked = models.BooleanField(default=False, editable=False)
    lease_by = models.CharField(max_length=80, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, default="", editable=False)
    #: Sentences about the file as a whole.
    notes = models.JSONField(default=list, blank=True, editable=False)
    #: Headers of what is not collected.
    left_out = models.JSONField(default=list, blank=True, editable=False)
    #: A dry run of a whole waiting file (`core.imports.trials`): it writes nothing, and its fingerprint is that of its plan.
    trial = models.BooleanField(default=False, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("undone by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    same = models.PositiveIntegerField(_("the same"), default=0)
    quarantined = models.PositiveIntegerField(_("quarantined"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)

    objects = RealBatches()
    every = models.Manager()

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
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=BatchState.values),
                name="import_state",
                violation_error_message=_("This is not a state of an import."),
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="import_queue")]

    @property
    def public_key(self) -> str:
        return self.key

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
    #: It names a record that another row of the file may bring, and is tried again at the end.
    waits = models.BooleanField(default=False, editable=False)
    #: For undo: the record, the last event of the row, and how the cells of the record read before it.
    record_id = models.BigIntegerField(null=True, blank=True, editable=False)
    last_event = models.BigIntegerField(null=True, blank=True, editable=False)
    before = models.JSONField(default=dict, blank=True, editable=False)
    #: What tells the row from others of its kind, hashed: by it the corrected row is known again.
    key_hash = models.CharField(max_length=32, blank=True, default="", editable=False)
    #: The import that brought the row in after all, corrected.
    settled_by = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.SET_NULL, related_name="settles", editable=False
    )

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("batch", "number")
        indexes = [
            models.Index(
                fields=["key_hash"],
                condition=models.Q(outcome__in=["quarantined", "skipped"], settled_by__isnull=True),
                name="import_row_open",
            )
        ]
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
