"""The public ledger: every public act as canonical JSON with SHA-256, chained to the act before."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField
from core.models.event import AppendOnly, AppendOnlyQuerySet


class LedgerEntry(models.Model):
    """One public act. `canonical` is the RFC 8785 text that was hashed; people appear in it by opaque id only."""

    number = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("when"))
    act = models.CharField(_("act"), max_length=40)
    record_key = KeyField(_("record"), max_length=80, db_index=True)
    canonical = models.TextField(_("canonical text"))
    previous_sha256 = models.CharField(_("fingerprint of the act before"), max_length=64, blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, unique=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("public ledger")
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.number} · {self.act} · {self.record_key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnly("A ledger entry is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("A ledger entry is never deleted.")


class LedgerHead(models.Model):
    """One row: the end of the chain. Its lock puts parallel acts in one order."""

    number = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("end of the ledger")
        verbose_name_plural = _("end of the ledger")

    def __str__(self) -> str:
        return str(self.number)
