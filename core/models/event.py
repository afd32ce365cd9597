"""The audit trail, which is also the outbox."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField


class AppendOnly(Exception):
    """Raised when somebody tries to change or delete what is kept for good."""


class AppendOnlyQuerySet(models.QuerySet):
    """Rows are added and read, never changed or deleted by the application."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} rows are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} rows are never deleted.")


class Origin(models.TextChoices):
    """The door a change came through."""

    PAGE = "page", pgettext_lazy("origin of a change", "page")
    ADMIN = "admin", pgettext_lazy("origin of a change", "administration")
    IMPORT = "import", pgettext_lazy("origin of a change", "import")
    COMMAND = "command", pgettext_lazy("origin of a change", "command")


class Event(models.Model):
    """Who did what to which record: values of each field before and after, when, from where and why.

    `changes` is `{field: [before, after]}` with plain JSON values; related records appear by public key. Private
    values are not copied here: the event says that they changed (`"•"`), so that erasing a person leaves no trace.
    `actor_label` says in which function the actor acted and stays readable when the account is gone.
    """

    at = models.DateTimeField(_("when"))
    # Stays as a bare number when the account is gone: an event is never changed, not even by that.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    actor_label = models.CharField(_("acting as"), max_length=200, blank=True)
    model = models.CharField(_("kind of record"), max_length=60)
    record_id = models.BigIntegerField(editable=False)
    record_key = KeyField(_("record"), max_length=80)
    edition_slug = KeyField(_("edition"), blank=True, default="")
    action = models.CharField(_("action"), max_length=40)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.COMMAND)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["model", "record_id", "-id"], name="event_record"),
            # One for each question of the audit page, which then costs the same in a table of any size.
            models.Index(fields=["-at", "-id"], name="event_when"),
            models.Index(fields=["actor", "-at", "-id"], name="event_who"),
            models.Index(fields=["action", "-at", "-id"], name="event_what"),
            models.Index(fields=["model", "-at", "-id"], name="event_kind"),
            models.Index(fields=["record_key", "-at", "-id"], name="event_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values),
                name="event_origin",
                violation_error_message=_("The origin of an event is page, admin, import or command."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_key} · {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise AppendOnly("An event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("An event is never deleted.")
