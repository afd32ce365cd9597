"""Messages from events, in the transaction of the event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.models import MailSettings, Message, Subscription
from core.models.event import Event, Origin
from core.models.outbox import MessageState
from core.outbox import postman
from core.outbox.notices import Notice, PublicAct, Reply, called_for

#: An event dated earlier than this is history that somebody entered, and no news.
NEWS = dt.timedelta(days=2)
#: The hour, in the site's zone, at which the daily mail leaves.
DIGEST_HOUR = 7
#: Changes of a followed record within this time come in one mail.
FOLLOWERS_WAIT = dt.timedelta(hours=1)

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Within this block events are told to nobody: a demonstration, history that is loaded."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def announce(event: Event, record: Any, *, late: bool = False) -> None:
    """Write what this event owes. Called for every event in its transaction; costs no query where no notice asks for it.

    `late` is for the doors whose notices need rows that are written after the event.
    """
    rows = called_for(event.model, event.action)
    if not rows or _quiet.get() or timezone.now() - event.at > NEWS:
        return
    owed: list[Message] = []
    for row in rows:
        if isinstance(row, Notice):
            if row.late == late and row.when(event, record):
                owed += [*to_accounts(event, record, row), *to_guests(event, record, row)]
        elif isinstance(row, Reply):
            owed += to_writer(event, record, row) if not late else []
        elif not late and row.public(event, record):
            owed += to_followers(event, record, row)
    if owed:
        # Somebody may be told of the same event twice by a door that announces again: the database keeps one.
        Message.objects.bulk_create(owed, ignore_conflicts=True)
        transaction.on_commit(postman.wake)


def to_accounts(event: Event, record: Any, notice: Notice) -> list[Message]:
    """One message for each account but the one that acted, unless the notice is for that one too."""
    acted = None if notice.to_actor else event.actor_id
    people = {user.pk: user for user in notice.to(record) if user.is_active and user.pk != acted}
    if not people:
        return []
    daily: set[int] = set()
    if not notice.urgent:
        daily = set(MailSettings.objects.filter(user__in=people, daily=True).values_list("user_id", flat=True))
    state = state_of(event, record)
    now = timezone.now()
    found = []
    for pk in sorted(people):
        due = next_digest(now) if pk in daily else now
        message = blank(event, notice.name, state, now, due)
        message.user_id, message.in_digest = pk, pk in daily
        found.append(message)
    return found


def to_guests(event: Event, record: Any, notice: Notice) -> list[Message]:
    """One message for each person without an account whom the notice names. They get no daily mail."""
    now = timezone.now()
    found = []
    for key in sorted({each.key for each in notice.guests(record)}):
        message = blank(event, notice.name, state_of(event, record), now, now)
        message.addressee = key
        found.append(message)
    return found


def to_followers(event: Event, record: Any, act: PublicAct) -> list[Message]:
    """One message for each confirmed subscription to one of the records that the change concerns."""
    if not Subscription.objects.filter(confirmed_at__isnull=False).exists():
        return []
    now = timezone.now()
    found, seen = [], set()
    for target in act.targets(record):
        rows = Subscription.objects.filter(
            model=target._meta.label_lower, record_id=target.pk, confirmed_at__isnull=False
        ).values_list("pk", flat=True)
        for pk in rows:
            if pk not in seen:
                seen.add(pk)
                message = blank(event, act.name, state_of(event, record), now, now + FOLLOWERS_WAIT)
                message.subscription_id = pk
                found.append(message)
    return found


def to_writer(event: Event, record: Any, reply: Reply) -> list[Message]:
    """One message for whoever wrote. Nobody reads it before: a receipt that waits is none."""
    if not reply.address(record) or not reply.when(event, record):
        return []
    now = timezone.now()
    return [blank(event, reply.name, str(MessageState.QUEUED), now, now)]


def blank(event: Event, template: str, state: str, now: dt.datetime, due: dt.datetime) -> Message:
    return Message(
        event=event,
        template=template,
        model=event.model,
        record_id=event.record_id,
        record_key=event.record_key,
        edition_slug=event.edition_slug,
        state=state,
        created_at=now,
        due_at=due,
        next_at=due,
    )


def state_of(event: Event, record: Any) -> str:
    """Held where the edition wants to read mails first, and always after an import: a file may cause hundreds."""
    edition = getattr(record, "event_edition", None)
    holds = getattr(edition, "holds_mail", False) or event.origin == Origin.IMPORT
    return str(MessageState.HELD if holds else MessageState.QUEUED)


def next_digest(now: dt.datetime) -> dt.datetime:
    """The next time the daily mail leaves: seven in the morning where the site is."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = here.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    chosen = today if here < today else today + dt.timedelta(days=1)
    return chosen.astimezone(dt.UTC)


def set_daily(user: Any, daily: bool) -> None:
    """How this account gets its mails; what waits for tomorrow's mail leaves now when there is none any more."""
    with transaction.atomic():
        MailSettings.objects.update_or_create(user=user, defaults={"daily": daily})
        if not daily:
            waiting = Message.objects.filter(user=user, state=MessageState.QUEUED, in_digest=True)
            now = timezone.now()
            waiting.update(in_digest=False, due_at=now, next_at=now)
            transaction.on_commit(postman.wake)


def release(messages: Iterable[Message]) -> int:
    """Let held mails go, and try failed ones again; how many."""
    now = timezone.now()
    keys = [message.pk for message in messages]
    states = [MessageState.HELD, MessageState.FAILED]
    number = Message.objects.filter(pk__in=keys, state__in=states).update(
        state=MessageState.QUEUED, due_at=now, next_at=now, attempts=0, last_error="", lease="", leased_until=None
    )
    transaction.on_commit(postman.wake)
    return number


def drop(messages: Iterable[Message], reason: str) -> int:
    """Do not send what is held or has failed; how many. The reason stays with them."""
    states = [MessageState.HELD, MessageState.FAILED]
    return Message.objects.filter(pk__in=[message.pk for message in messages], state__in=states).update(
        state=MessageState.DROPPED, reason=reason[:300]
    )
