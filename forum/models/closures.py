"""Days on which public bodies do not work beyond the public holidays: holiday weeks, suspensions, local feast days."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import KeyField, LongText, TextLine
from core.models import Record
from forum.querysets import OpenQuerySet

#: The longest stretch that one record closes, in days: more is a slip of the hand.
LONGEST = 92


def closure_key() -> str:
    return f"d-{secrets.token_hex(5)}"


class ClosureQuerySet(OpenQuerySet):
    def in_force(self) -> ClosureQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class Closure(Record):
    """Non-working days (días inhábiles) of one agency, of the bodies of one state, or of all when neither is named.

    Never deleted: one that was entered by mistake is taken back, and the dates that it moved say so.
    """

    key = KeyField(_("key"), unique=True, default=closure_key, editable=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    name_es = TextLine(_("reason in Spanish"), max_length=150, help_text=_("For example: Vacaciones de invierno."))
    name_en = TextLine(_("reason in English"), max_length=150, blank=True)
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("only this public body"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.ForeignKey(
        "forum.Area",
        verbose_name=_("only bodies of this state"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    authority = TextLine(
        _("where it is laid down"), max_length=200, blank=True, help_text=_("For example: DOF of 12 December 2025.")
    )
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)
    withdrawn_reason = LongText(_("why it was taken back"), blank=True, editable=False)

    objects = ClosureQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("non-working days")
        verbose_name_plural = _("non-working days")
        ordering = ("-starts_on", "key")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="closure_dates",
                violation_error_message=_("The last day cannot come before the first."),
            ),
            models.CheckConstraint(
                condition=models.Q(agency__isnull=True) | models.Q(state__isnull=True),
                name="closure_one_scope",
                violation_error_message=_("Choose one public body or one state, not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.in_language("name")

    @property
    def scope(self) -> Any:
        """The agency or the state that it is for; None for all bodies."""
        return self.agency or self.state
