"""The outbox: what is owed by mail, to whom, and whether it left; who follows a record by mail; which reminders were sent.

A `Message` says *that* somebody is to be told of an event, never in which words: the mail is written when it leaves, in the
reader's language and with what the reader may see at that moment. So no text and no address lies here, and what was recalled
meanwhile is not sent. See `core.outbox`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import KeyField, TextLine
from core.models.base import choice_constraint
from core.models.event import Event


def message_key() -> str:
    return f"m-{secrets.token_hex(8)}"


def subscription_key() -> str:
    return f"s-{secrets.token_hex(16)}"


class MessageState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("state of a mail", "waiting to leave")
    HELD = "held", pgettext_lazy("state of a mail", "held for review")
    SENT = "sent", pgettext_lazy("state of a mail", "sent")
    FAILED = "failed", pgettext_lazy("state of a mail", "failed")
    DROPPED = "dropped", pgettext_lazy("state of a mail", "not sent")


class Subscription(models.Model):
    """Somebody follows a public record by mail. The row is deleted with the address when they leave."""

    key = KeyField(_("key"), unique=True, default=subscription_key, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=200)
    language = models.CharField(
        _("language of messages"), max_length=2, choices=[("es", "español"), ("en", "English")], default="es"
    )
    model = models.CharField(_("kind of record"), max_length=60)
    record_id = models.BigIntegerField(editable=False)
    record_key = KeyField(_("record"), max_length=80)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription by mail")
        verbose_name_plural = _("subscriptions by mail")
        ordering = ("id",)
        indexes = [models.Index(fields=["model", "record_id"], name="subscription_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "model", "record_id"],
                name="subscription_once",
                violation_error_message=_("This address follows that record already."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=["es", "en"]),
                name="subscription_language",
                violation_error_message=_("The language of messages is es or en."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.record_key}"


class Message(models.Model):
    """One mail that is owed: about this event, to this account, subscriber or person without an account, or to whoever wrote the
    record, by this template.

    `addressee` is the opaque key of a person without an account (`sockets.addressee_of`); the address is looked up when the
    mail leaves.

    `due_at` is when it is to leave, `next_at` when it is tried next. Whoever sends it holds a lease (`lease`,
    `leased_until`); a lease that ran out may be taken by another worker.
    """

    State = MessageState

    key = KeyField(_("key"), unique=True, default=message_key, editable=False)
    event = models.ForeignKey(
        Event, verbose_name=_("event"), null=True, blank=True, on_delete=models.PROTECT, related_name="messages", editable=False
    )
    template = models.CharField(_("template"), max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    subscription = models.ForeignKey(
        Subscription,
        verbose_name=_("subscription by mail"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages",
    )
    addressee = KeyField(_("person without an account"), blank=True, default="", editable=False)
    model = models.CharField(_("kind of record"), max_length=60)
    record_id = models.BigIntegerField(editable=False)
    record_key = KeyField(_("record"), max_length=80)
    edition_slug = KeyField(_("edition"), blank=True, default="")
    state = models.CharField(_("state"), max_length=8, choices=MessageState.choices, default=MessageState.QUEUED)
    in_digest = models.BooleanField(_("in the daily mail"), default=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("to leave at"), default=timezone.now)
    next_at = models.DateTimeField(_("tried next at"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.CharField(max_length=32, blank=True, default="", editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    reason = TextLine(_("why it was not sent"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["state", "next_at"], name="message_due"),
            models.Index(fields=["edition_slug", "state", "-id"], name="message_of_edition"),
        ]
        constraints = [
            choice_constraint("state", MessageState, "message_state", _("This is not a state of a mail.")),
            models.UniqueConstraint(
                fields=["event", "template", "user"],
                condition=Q(user__isnull=False),
                name="message_once_for_account",
                violation_error_message=_("This account is told of that event already."),
            ),
            models.UniqueConstraint(
                fields=["event", "template", "subscription"],
                condition=Q(subscription__isnull=False),
                name="message_once_for_subscriber",
                violation_error_message=_("This subscriber is told of that event already."),
            ),
            models.UniqueConstraint(
                fields=["event", "template", "addressee"],
                condition=~Q(addressee=""),
                name="message_once_for_person",
                violation_error_message=_("This person is told of that event already."),
            ),
            models.UniqueConstraint(
                fields=["event", "template"],
                condition=Q(user__isnull=True, subscription__isnull=True, addressee=""),
                name="message_once_for_writer",
                violation_error_message=_("Whoever wrote is told of that event already."),
            ),
            models.CheckConstraint(
                condition=(Q(addressee="") & (Q(user__isnull=True) | Q(subscription__isnull=True)))
                | Q(user__isnull=True, subscription__isnull=True),
                name="message_one_addressee",
                violation_error_message=_(
                    "A mail goes to an account, to a subscriber, to a person without an account, or to whoever wrote the record."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_is_dated",
                violation_error_message=_("A mail that was sent has its date, and no other has one."),
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(reason=""),
                name="message_dropped_with_reason",
                violation_error_message=_("A mail is dropped with a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_key} · {self.template}"


class MailSettings(models.Model):
    """How an account gets its mails, and the secret address of its calendar. No row: immediately, no calendar."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("account"), on_delete=models.CASCADE, related_name="mail_settings"
    )
    daily = models.BooleanField(_("one mail a day"), default=False)
    calendar_key = KeyField(_("key of the calendar"), max_length=64, null=True, blank=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("mail settings")
        verbose_name_plural = _("mail settings")

    def __str__(self) -> str:
        return str(self.user_id)


class ReminderKind(models.TextChoices):
    SOON = "soon", pgettext_lazy("kind of reminder", "due soon")
    DUE = "due", pgettext_lazy("kind of reminder", "due")
    LATE = "late", pgettext_lazy("kind of reminder", "late")
    NUDGE = "nudge", pgettext_lazy("kind of reminder", "by an organizer")


class Reminder(models.Model):
    """A reminder about an open request: by the calendar, once for each due date and step, or by a person.

    It names no addressee: how many are told, and on which day where the forum is. `sent_at` is when the first of its mails
    left; one that is held or was dropped counts for nobody.
    """

    Kind = ReminderKind

    model = models.CharField(_("kind of record"), max_length=60)
    record_id = models.BigIntegerField(editable=False)
    record_key = KeyField(_("record"), max_length=80)
    kind = models.CharField(_("kind"), max_length=6, choices=ReminderKind.choices)
    step = models.PositiveSmallIntegerField(_("number of its kind"), default=1)
    due_on = models.DateField(_("due date"), null=True, blank=True)
    on = models.DateField(_("date"))
    at = models.DateTimeField(_("when"))
    addressees = models.PositiveSmallIntegerField(_("addressees"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    event = models.OneToOneField(
        Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="reminder", null=True, editable=False
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("-id",)
        constraints = [
            choice_constraint("kind", ReminderKind, "reminder_kind", _("This is not a kind of reminder.")),
            models.UniqueConstraint(
                fields=["model", "record_id", "kind", "due_on", "step"],
                condition=~Q(kind="nudge"),
                name="reminder_once",
                violation_error_message=_("This reminder was sent already."),
            ),
            models.UniqueConstraint(
                fields=["model", "record_id", "on"],
                condition=Q(kind="nudge"),
                name="reminder_one_nudge_a_day",
                violation_error_message=_("Somebody sent a reminder today already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="nudge") | Q(due_on__isnull=False),
                name="reminder_has_its_date",
                violation_error_message=_("A reminder by the calendar has its due date."),
            ),
        ]
        indexes = [models.Index(fields=["model", "record_id"], name="reminder_record")]

    def __str__(self) -> str:
        return f"{self.record_key} · {self.kind}"


def age_of_outbox(now: dt.datetime | None = None) -> dict[str, Any]:
    """`waiting`: mails that should have left; `age`: seconds since the oldest of them should have; `failed`: given up."""
    now = now or timezone.now()
    waiting = Message.objects.filter(state=MessageState.QUEUED, due_at__lt=now)
    figures = waiting.aggregate(number=models.Count("pk"), since=models.Min("due_at"))
    since = figures["since"]
    return {
        "waiting": figures["number"],
        "age": int((now - since).total_seconds()) if since else 0,
        "failed": Message.objects.filter(state=MessageState.FAILED).count(),
    }
