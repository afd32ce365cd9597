"""What a page has sent already: ticks that wait in a browser without a connection are sent again until an answer comes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField


class Receipt(models.Model):
    """An id that a page gave to something it sent. What comes a second time under it is not done again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="+", editable=False
    )
    key = KeyField(_("key"), max_length=64)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        indexes = [models.Index(fields=["at"], name="receipt_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="receipt_once", violation_error_message=_("This was received already.")
            )
        ]

    def __str__(self) -> str:
        return self.key
