"""The minutes of a work meeting, remarks on them, and the action items they record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.querysets import ActionItemQuerySet, MinutesQuerySet
from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint


class MinutesVersionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of minutes", "draft")
    CIRCULATED = "circulated", pgettext_lazy("status of minutes", "circulated for remarks")
    APPROVED = "approved", pgettext_lazy("status of minutes", "approved")


class MinutesVersion(Record):
    """The minutes of a meeting: draft → circulated for remarks → approved and locked."""

    Status = MinutesVersionStatus

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    meeting = models.ForeignKey("agreements.Meeting", verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="minutes")
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    text_es = LongText(_("minutes in Spanish"))
    text_en = LongText(_("minutes in English"), blank=True)
    decisions_es = LongText(_("decisions in Spanish"), blank=True)
    decisions_en = LongText(_("decisions in English"), blank=True)
    cause = TextLine(_("cause of the correction"), max_length=300, blank=True)
    attendance = models.JSONField(_("attendance by body"), default=list, blank=True, editable=False)
    remarks_until = models.DateField(_("remarks until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering = ("meeting", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="minutes_number_once",
                violation_error_message=_("This meeting has minutes with that number."),
            ),
            choice_constraint("status", MinutesVersionStatus, "minutes_status", _("This is not a status of minutes.")),
            models.CheckConstraint(
                condition=~models.Q(status="approved") | models.Q(approved_at__isnull=False),
                name="minutes_approved_dated",
                violation_error_message=_("Approved minutes have a date of approval."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def text(self) -> str:
        return self.in_language("text")

    @property
    def decisions(self) -> str:
        return self.in_language("decisions")

    @property
    def event_edition(self) -> Any:
        return self.meeting.edition


class Remark(models.Model):
    """A remark on circulated minutes."""

    minutes = models.ForeignKey(MinutesVersion, verbose_name=_("minutes"), on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    acting_label = models.CharField(_("acting as"), max_length=200, blank=True)
    text = LongText(_("text"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("minutes", "id")

    def __str__(self) -> str:
        return f"{self.minutes_id} · {self.at:%Y-%m-%d}"


class ActionItem(Record):
    """What, who, when: decided at a meeting; may become a commitment; comes back on the next agenda while open.

    It is as public as the minutes that brought it.
    """

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True, blank=True)
    meeting = models.ForeignKey(
        "agreements.Meeting", verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="action_items"
    )
    minutes = models.ForeignKey(
        MinutesVersion, verbose_name=_("minutes"), on_delete=models.PROTECT, related_name="action_items", editable=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    what_es = LongText(_("what, in Spanish"))
    what_en = LongText(_("what, in English"), blank=True)
    organization = models.ForeignKey(
        "forum.Organization",
        verbose_name=_("organization"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="action_items",
    )
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("agency"), null=True, blank=True, on_delete=models.PROTECT, related_name="action_items"
    )
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("takes the place of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
        editable=False,
    )
    due_on = models.DateField(_("due date"), null=True, blank=True)
    done_on = models.DateField(_("done"), null=True, blank=True)
    commitment = models.ForeignKey(
        "agreements.Commitment",
        verbose_name=_("became commitment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="action_items",
    )

    objects = ActionItemQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ("meeting", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="action_item_number_once",
                violation_error_message=_("This meeting has an action item with that number."),
            ),
            models.CheckConstraint(
                condition=models.Q(organization__isnull=True) | models.Q(agency__isnull=True),
                name="action_item_one_owner",
                violation_error_message=_("An organization or an agency owns an action item, not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def what(self) -> str:
        return self.in_language("what")

    @property
    def owner(self) -> Any:
        return self.organization or self.agency

    @property
    def is_to_do(self) -> bool:
        """Neither done nor turned into a commitment that counts (`ActionItemQuerySet.to_do`); reads its agreement."""
        return self.done_on is None and (self.commitment is None or self.commitment.state == "prepared")

    @property
    def event_edition(self) -> Any:
        return self.meeting.edition

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = f"{self.meeting.folio}-T{self.number}"
        super().save(*args, **kwargs)
