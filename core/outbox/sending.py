"""Sending what is due: each message by one worker, once; retries; giving up visibly.

A worker claims a message by one conditional UPDATE (the same on both databases): whoever changes the row has it, for the
time of a lease. The connection to the mail server is opened before anything is claimed, and a mail that takes too long is
cut off well within the lease, so nobody else can take a message that is on its way. A worker that is killed between the
server's "ok" and our note of it leaves a message that will be sent again with the same Message-ID: rather twice, in that
instant, than never.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db.models import F, Q
from django.utils import timezone

from core.models import Message, Reminder, revision
from core.models.outbox import MessageState
from core.outbox import letters, subscriptions

log = logging.getLogger("acuerda.outbox")

LEASE = dt.timedelta(minutes=5)
#: A mail that is not through after this many seconds is cut off; far below the lease.
LONGEST_SENDING = 60
#: Minutes until the next attempt after the first, second, … failure; the last one goes on.
BACKOFF = (1, 5, 15, 60)
#: After this time without success a message has failed for good, and says so.
GIVE_UP = dt.timedelta(days=3)
MOST = 200
#: What was sent or dropped is forgotten after this time: nobody is told twice of what is that old.
KEEP = dt.timedelta(days=180)


@dataclass
class Sent:
    """What one round did."""

    sent: int = 0
    dropped: int = 0
    postponed: int = 0
    failed: int = 0
    error: str = ""


class Connection:
    """The mail server, opened when it is needed first, and closed at the end of the round."""

    def __init__(self) -> None:
        self.backend: Any = None

    def open(self) -> Any:
        if self.backend is None:
            backend = get_connection(fail_silently=False)
            backend.open()
            self.backend = backend
        return self.backend

    def close(self) -> None:
        backend, self.backend = self.backend, None
        if backend is not None:
            try:
                backend.close()
            except (OSError, smtplib.SMTPException):
                log.info("The mail server did not say goodbye.")

    @contextmanager
    def not_longer_than(self, seconds: float) -> Iterator[None]:
        """Cuts the connection when the block takes longer: a server that answers a byte at a time holds nobody for ever."""
        server = getattr(self.backend, "connection", None)
        timer = threading.Timer(seconds, cut, [server])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def cut(server: Any) -> None:
    sock = getattr(server, "sock", None)
    if sock is not None:
        try:
            sock.shutdown(2)
        except OSError:
            log.info("The connection to the mail server was gone already.")


def due(now: dt.datetime) -> Any:
    """Messages to be sent now that nobody is sending."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    return Message.objects.filter(free, state=MessageState.QUEUED, next_at__lte=now)


def send_due(*, most: int = MOST) -> Sent:
    """One round: send what is due, oldest first. Never raises for what a mail or the mail server does."""
    subscriptions.forget_unconfirmed()
    done = Sent()
    keys = list(due(timezone.now()).order_by("next_at", "pk").values_list("pk", flat=True)[:most])
    if not keys:
        return done
    connection = Connection()
    try:
        for key in keys:
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as error:
                # The server's fault, not this mail's: everything that is due waits alike.
                done.error = words_of(error)
                done.postponed += postpone_all(keys, done.error)
                return done
            send_one(key, connection, done)
    finally:
        connection.close()
    return done


def tidy() -> int:
    """Forget what was settled long ago; how many. The count of reminders does not depend on these rows."""
    gone = Message.objects.filter(
        state__in=[MessageState.SENT, MessageState.DROPPED],
        next_at__lt=timezone.now() - KEEP,
        created_at__lt=timezone.now() - KEEP,
    )
    return gone.delete()[0]


def send_one(key: int, connection: Connection, done: Sent) -> None:
    claimed = claim(key)
    if not claimed:
        return
    try:
        letter, left_out = write(claimed)
    except Exception as error:
        log.exception("Mail %s cannot be written.", claimed[0].key)
        settle(claimed, state=MessageState.FAILED, last_error=words_of(error))
        done.failed += len(claimed)
        return
    for message, why in left_out:
        settle([message], state=MessageState.DROPPED, reason=why[:300])
        done.dropped += 1
    rest = [message for message in claimed if message.pk not in {gone.pk for gone, _why in left_out}]
    if not rest:
        return
    if not renew(rest):
        return
    try:
        with connection.not_longer_than(LONGEST_SENDING):
            letters.email(letter, rest[0], letter.to or address_of(rest[0]), connection.backend).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        give_back(rest, error, done)
        if not isinstance(error, (smtplib.SMTPRecipientsRefused, ValueError)):
            connection.close()
        return
    now = timezone.now()
    settle(rest, state=MessageState.SENT, sent_at=now, last_error="")
    if Reminder.objects.filter(event__in=[message.event_id for message in rest], sent_at__isnull=True).update(sent_at=now):
        revision.bump()  # the public page tells how many reminders left
    done.sent += len(rest)


def claim(key: int) -> list[Message]:
    """Take a message, and with it what goes in the same mail; nothing when another worker was faster."""
    now, lease = timezone.now(), secrets.token_hex(16)
    held = {"lease": lease, "leased_until": now + LEASE}
    if due(now).filter(pk=key).update(**held, attempts=F("attempts") + 1) != 1:
        return []
    first = Message.objects.get(pk=key)
    if first.in_digest:
        due(now).filter(user=first.user_id, in_digest=True).update(**held, attempts=F("attempts") + 1)
    elif first.subscription_id is not None and first.event_id is not None:
        together = due(now).filter(subscription=first.subscription_id, event__isnull=False)
        together.update(**held, attempts=F("attempts") + 1)
    rows = Message.objects.filter(lease=lease).select_related("user", "subscription", "event__reminder")
    return list(rows.order_by("pk"))


def write(claimed: list[Message]) -> tuple[letters.Letter, list[tuple[Message, str]]]:
    first = claimed[0]
    if first.user_id is not None:
        if first.user.is_demo and settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
            return letters.Letter("", ""), [(message, "demo account") for message in claimed]
        return letters.to_account(claimed)
    if first.addressee:
        return letters.to_guest(first)
    if first.subscription_id is None:
        return letters.to_writer(claimed)
    if first.template == subscriptions.CONFIRM:
        return subscriptions.letter_of_confirmation(claimed)
    return letters.to_follower(claimed)


def address_of(message: Message) -> str:
    if message.user_id is None and message.subscription_id is None:
        return letters.address_of_writer(message)
    return str(message.user.email if message.user_id is not None else message.subscription.email)


def renew(messages: list[Message]) -> bool:
    """The lease begins anew just before the mail goes out; False when somebody else has taken one of them."""
    rows = Message.objects.filter(pk__in=[message.pk for message in messages], lease=messages[0].lease)
    return rows.update(leased_until=timezone.now() + LEASE) == len(messages)


def settle(messages: list[Message], **values: Any) -> None:
    """Note the outcome of messages that are still ours."""
    rows = Message.objects.filter(pk__in=[message.pk for message in messages], lease=messages[0].lease)
    rows.update(**values, lease="", leased_until=None)


def give_back(messages: list[Message], error: Exception, done: Sent) -> None:
    """It did not go out: try again later, or never when the server says so or time is up."""
    words = words_of(error)
    for message in messages:
        if is_final(error) or timezone.now() - message.due_at > GIVE_UP:
            settle([message], state=MessageState.FAILED, last_error=words)
            done.failed += 1
            log.warning("Mail %s has failed for good: %s", message.key, words)
        else:
            settle([message], next_at=next_attempt(message.attempts), last_error=words)
            done.postponed += 1
    done.error = words


def postpone_all(keys: list[int], words: str) -> int:
    """The server cannot be reached: nothing was claimed, everything due waits, and what waited too long has failed."""
    now = timezone.now()
    rows = due(now).filter(pk__in=keys)
    gone = rows.filter(due_at__lt=now - GIVE_UP)
    given_up = gone.update(state=MessageState.FAILED, last_error=words)
    oldest = rows.order_by("-attempts").values_list("attempts", flat=True).first() or 0
    number: int = rows.update(attempts=F("attempts") + 1, next_at=next_attempt(oldest + 1), last_error=words)
    log.warning("The mail server cannot be reached (%s): %s mails wait, %s have failed.", words, number, given_up)
    return number


def next_attempt(attempts: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1])


def is_final(error: Exception) -> bool:
    """Whether the server refused this mail or this address for good (5xx), or the mail cannot be written at all."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def words_of(error: Exception) -> str:
    """An error without any address or text of the server, which may repeat one: what kind, and its number."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"{name} {'/'.join(sorted({str(code) for code, _text in error.recipients.values()}))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name} {error.smtp_code}"
    return f"{name} {error.errno}" if isinstance(error, OSError) and error.errno else name
