"""Folios are given once and never again, even when a record is withdrawn."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField


class FolioCounter(models.Model):
    """The last number given in a scope such as `FM1` (proposals of an edition) or `FM1-A` (its agreements)."""

    scope = KeyField(_("scope"), unique=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("folio counter")
        verbose_name_plural = _("folio counters")

    def __str__(self) -> str:
        return f"{self.scope}: {self.last}"


def next_number(scope: str) -> int:
    """The next number of `scope`. Takes the row lock, so two callers never get the same one."""
    with transaction.atomic():
        FolioCounter.objects.get_or_create(scope=scope)
        counter = FolioCounter.objects.select_for_update().get(scope=scope)
        counter.last += 1
        counter.save(update_fields=["last"])
        return counter.last


def next_folio(scope: str, width: int = 2) -> str:
    """The next folio of `scope`, for example `FM1-07`."""
    return f"{scope}-{next_number(scope):0{width}d}"


def note_number(scope: str, number: int) -> None:
    """A folio came from outside (an import): never give that number, or a lower one, again."""
    with transaction.atomic():
        FolioCounter.objects.get_or_create(scope=scope)
        FolioCounter.objects.filter(scope=scope, last__lt=number).update(last=number)
