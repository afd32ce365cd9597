"""That something was forgotten after its time: what, when, how much. Never what it was."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField


def purge_key() -> str:
    return f"purge-{secrets.token_hex(5)}"


class Purge(models.Model):
    """One rule of retention that was applied and found something."""

    key = KeyField(_("key"), unique=True, default=purge_key, editable=False)
    rule = models.CharField(_("rule"), max_length=40)
    at = models.DateTimeField(_("when"), default=timezone.now)
    number = models.PositiveIntegerField(_("how many"))

    class Meta:
        verbose_name = _("purge")
        verbose_name_plural = _("purges")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rule} · {self.number}"

    @property
    def public_key(self) -> str:
        return self.key
