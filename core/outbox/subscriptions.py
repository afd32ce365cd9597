"""Following a public record by mail: asked for, confirmed from the mailbox, left with one click, erased when left.

Whoever asks gets the same answer whether or not the address follows the record already. An address that is not confirmed
within three days is forgotten. Mails come only when something public changed (`notices.PublicAct`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.models import Message, Subscription
from core.outbox import letters, postman

CONFIRM = "confirm_subscription"
UNCONFIRMED = dt.timedelta(days=3)
#: Mails that ask one address to confirm, within a day: nobody's mailbox is filled by somebody else.
MOST_CONFIRMATIONS = 3

_kinds: dict[str, str] = {}


def followable(kind: str, model: str) -> None:
    """Records of this model can be followed; `kind` is the word in the address (`agreement`)."""
    _kinds[kind] = model


def kinds() -> dict[str, str]:
    return dict(_kinds)


def model_of(kind: str) -> Any:
    """The model of a kind, None for a kind that cannot be followed."""
    return apps.get_model(_kinds[kind]) if kind in _kinds else None


def record_of(subscription: Subscription) -> Any:
    """The record, None when nobody may read it any more."""
    if subscription.model not in _kinds.values():
        return None
    return apps.get_model(subscription.model)._default_manager.all().visible_to(None).filter(pk=subscription.record_id).first()


def name_of(record: Any) -> str:
    """What the record is called in a mail or on a page."""
    if record is None:
        return ""
    if title := getattr(record, "title", ""):
        return f"{record.public_key} · {title}"
    return str(getattr(record, "name", "") or record)


def ask(record: Any, email: str, language: str) -> None:
    """Somebody wants to follow `record`: owe the address a mail that asks to confirm. The caller learns nothing."""
    email = email.strip().lower()
    with transaction.atomic():
        if confirmations_of(email) >= MOST_CONFIRMATIONS:
            return
        subscription = find_or_make(record, email, language)
        if subscription.confirmed_at is not None:
            return
        now = timezone.now()
        Message.objects.create(
            template=CONFIRM,
            subscription=subscription,
            model=subscription.model,
            record_id=record.pk,
            record_key=record.public_key,
            created_at=now,
            due_at=now,
            next_at=now,
        )
        transaction.on_commit(postman.wake)


def find_or_make(record: Any, email: str, language: str) -> Subscription:
    place = {"email": email, "model": record._meta.label_lower, "record_id": record.pk}
    found = Subscription.objects.filter(**place).first()
    if found is not None:
        return found
    made = Subscription(**place, record_key=record.public_key, language=language)
    made.clean_fields()
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        return Subscription.objects.get(**place)
    return made


def confirmations_of(email: str) -> int:
    """Mails that asked this address to confirm something within a day."""
    since = timezone.now() - dt.timedelta(days=1)
    return Message.objects.filter(template=CONFIRM, subscription__email=email, created_at__gte=since).count()


def find(key: str) -> Subscription | None:
    return Subscription.objects.filter(key=key).first()


def confirm(key: str) -> Subscription | None:
    """The owner of the mailbox says yes. None for a key that is unknown or forgotten; a second time changes nothing."""
    Subscription.objects.filter(key=key, confirmed_at__isnull=True).update(confirmed_at=timezone.now())
    return Subscription.objects.filter(key=key).first()


def leave(key: str) -> None:
    """The row goes, its address and its mails with it. An unknown key is answered alike: it may be gone already."""
    with transaction.atomic():
        Subscription.objects.filter(key=key).delete()


def forget_unconfirmed() -> int:
    """Addresses that nobody confirmed in time are erased; how many."""
    gone = Subscription.objects.filter(confirmed_at__isnull=True, created_at__lt=timezone.now() - UNCONFIRMED)
    return gone.delete()[0] if gone.exists() else 0


def leaving_address(subscription: Subscription) -> str:
    with translation.override(subscription.language):
        return reverse("follow_leave", args=[subscription.key])


def letter_of_confirmation(claimed: list[Message]) -> tuple[letters.Letter, list[tuple[Message, str]]]:
    """The mail that asks to confirm. It says what was asked for, and that doing nothing is enough to be forgotten."""
    subscription = claimed[0].subscription
    with translation.override(subscription.language):
        record = record_of(subscription)
        if record is None:
            return letters.Letter("", ""), [(message, _("It is not public.")) for message in claimed]
        name = letters.typed(name_of(record))
        paragraphs = [
            _("Somebody, perhaps you, wants this address to get a mail when something changes in:"),
            name,
            _("Confirm it here:") + "\n" + letters.absolute(reverse("follow_confirm", args=[subscription.key])),
            _("If it was not you, do nothing: the address is erased after three days and gets no other mail."),
        ]
        subject = letters.header(f"[Acuerda] {_('Confirm that you want to follow %(record)s') % {'record': name}}")
    return letters.Letter(subject, "\n\n".join(paragraphs) + "\n"), []
