"""What the parties say to each other: of a text that is being drafted, and of a report that the other side doubts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from agreements.querysets import DraftCommentQuerySet, ReplyQuerySet
from core.fields import KeyField, LongText
from core.models import Record


class DraftComment(models.Model):
    """A comment of a party on a version in draft, on one clause or on all of it. Never public; it is never changed."""

    version = models.ForeignKey(
        "agreements.AgreementVersion", verbose_name=_("version"), on_delete=models.CASCADE, related_name="comments"
    )
    clause_number = models.PositiveSmallIntegerField(_("clause"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    acting_label = models.CharField(_("acting as"), max_length=200, blank=True)
    text = LongText(_("comment"))
    at = models.DateTimeField(_("when"))

    objects = DraftCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a draft")
        verbose_name_plural = _("comments on drafts")
        ordering = ("version", "id")

    def __str__(self) -> str:
        return f"{self.version_id} · {self.at:%Y-%m-%d}"

    @property
    def public_key(self) -> str:
        return f"{self.version.folio}-{self.pk}"

    @property
    def event_edition(self) -> Any:
        return self.version.agreement.edition


class Reply(Record):
    """What the side that reported answers to a validation. Append-only."""

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    validation = models.ForeignKey(
        "agreements.Validation", verbose_name=_("validation"), on_delete=models.PROTECT, related_name="replies"
    )
    party = models.ForeignKey("agreements.Party", verbose_name=_("party"), on_delete=models.PROTECT, related_name="replies")
    number = models.PositiveSmallIntegerField(_("number"))
    text_es = LongText(_("answer in Spanish"))
    text_en = LongText(_("answer in English"), blank=True)
    replied_at = models.DateTimeField(_("answered"))
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ReplyQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("answer to a validation")
        verbose_name_plural = _("answers to validations")
        ordering = ("validation", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["validation", "number"],
                name="reply_number_once",
                violation_error_message=_("This validation has an answer with that number."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def text(self) -> str:
        return self.in_language("text")

    @property
    def own_evidence(self) -> list[Any]:
        """What came with it; of the evidence that the report has at hand."""
        return [piece for piece in self.validation.report.evidence.all() if piece.reply_id == self.pk]

    @property
    def event_edition(self) -> Any:
        return self.validation.event_edition
