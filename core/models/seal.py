"""Seals over the audit trail: whoever changes, drops or slips in an event breaks a chain of fingerprints."""

from __future__ import annotations

from django.db import models

from core.models.event import AppendOnlyQuerySet


class EventSeal(models.Model):
    """Some events at once, under one fingerprint that also covers the seal before (`core.seals`).

    It covers the events with ids above `last_id` of the seal before up to its own `last_id`, and those of `late`: ids below,
    whose transactions had not ended when their neighbours were sealed. `gaps` are the ranges `[first, last]` of ids that were
    not there yet, or will never be (a transaction that was taken back).
    """

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    gaps = models.JSONField(default=list)
    late = models.JSONField(default=list)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = "seal of events"
        verbose_name_plural = "seals of events"
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number} · {self.sha256[:12]}"
