"""The signed paper: its reserved original, and its public version."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement, AgreementVersion, paper_key, scan_path
from agreements.querysets import SignedPaperQuerySet
from core.fields import KeyField, TextLine
from core.models import Record


class SignedPaper(Record):
    """A scan of the signed paper: the reserved original, or the public version of it (testado)."""

    key = KeyField(_("key"), unique=True, default=paper_key, editable=False)
    agreement = models.ForeignKey(Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="papers")
    version = models.ForeignKey(
        AgreementVersion, verbose_name=_("version"), null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    title = TextLine(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=scan_path, max_length=200)
    file_name = TextLine(_("file name"), max_length=200, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    is_public = models.BooleanField(_("public version"), default=False)

    objects = SignedPaperQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("signed paper")
        verbose_name_plural = _("signed papers")
        ordering = ("agreement", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def event_edition(self) -> Any:
        return self.agreement.edition
