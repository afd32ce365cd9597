"""The words of a mail: plain text, in the reader's language, with what the reader may see at this moment.

Plain text because it is the whole message: nothing to escape, nothing that loads, tracks or hides where a link leads, and
it reads alike on any phone and by any screen reader. A text that somebody typed (a title) never becomes a header of its own
nor an address that a mail program would turn into a link: see `typed` and `header`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import sockets
from core.identifiers import authority, plain_text
from core.models import Message
from core.models.outbox import ReminderKind
from core.outbox import notices
from core.outbox.notices import Addressee, Notice, PublicAct

LONGEST_TITLE = 160
LONGEST_SUBJECT = 180
#: Stands for an address that only the addressee gets.
HIDDEN = "[…]"
#: What a mail program would turn into a link: an address with a scheme, of the web, of mail, or a bare host name.
LINKS = re.compile(r"\S*(?:://|www\.|@)\S*|\S*\w\.[^\W\d_]{2,}(?:[/:?#]\S*)?", re.IGNORECASE)
BREAKS = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Undeliverable(Exception):
    """There is nothing to send any more: `str()` is the sentence that stays with the message."""


@dataclass(frozen=True)
class Letter:
    """A mail. `extra`: further headers; `to`: the address, where the message itself does not lead to it."""

    subject: str
    body: str
    extra: dict[str, str] = field(default_factory=dict)
    attachments: Sequence[tuple[str, bytes, str]] = ()
    to: str = ""


def typed(text: Any, longest: int = LONGEST_TITLE) -> str:
    """A text that somebody typed, for a line of a mail: one line, nothing invisible, nothing that turns into a link."""
    # Looking for links takes a time that grows with the square of the text, of which no more is shown than `longest`.
    line = BREAKS.sub(" ", INVISIBLE.sub("", plain_text(str(text)))).strip()[: 4 * longest]
    line = LINKS.sub("[…]", line)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def header(text: str) -> str:
    """A line that may stand in a header: no break of any kind, not too long."""
    line = BREAKS.sub(" ", INVISIBLE.sub("", plain_text(text))).strip()
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1].rstrip()}…"


def absolute(path: str) -> str:
    """The full address of a page of this site."""
    return path if path.startswith(("https://", "http://")) else settings.SITE_URL + path


def record_of(message: Message) -> Any:
    """The record that a message is about. Raises `Undeliverable` when it is gone."""
    model = apps.get_model(message.model)
    record = model._base_manager.filter(pk=message.record_id).first()
    if record is None:
        raise Undeliverable(_("The record is gone."))
    return record


def notice_of(message: Message) -> Notice:
    """The notice by which a message was written. Raises `Undeliverable` when there is none any more."""
    found = notices.notice(message.template)
    if found is None:
        raise Undeliverable(_("This kind of mail exists no more."))
    return found


def may_read(record: Any, user: Any) -> bool:
    """Whether this person may read the record now; a record without a gate is as visible as the notice says."""
    rows = type(record)._default_manager.all()
    return not hasattr(rows, "visible_to") or rows.visible_to(user).filter(pk=record.pk).exists()


class Blanks(dict[str, str]):
    """Facts that are not asked for: three dots for each."""

    def __missing__(self, key: str) -> str:
        return "…"


def headline(message: Message) -> str:
    """What a mail is about, for a list: its subject with the record and dots for the other facts. No query."""
    if message.template == "confirm_subscription":
        return _("Confirm that you want to follow %(record)s") % {"record": message.record_key}
    named = notices.notice(message.template) or notices.reply(message.template)
    act = notices.act(message.template)
    words = named.subject if named is not None else act.text if act is not None else message.template
    return str(words) % Blanks(folio=message.record_key)


# --- to an account ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One notice in words."""

    subject: str
    text: str
    link_words: str
    url: str
    private: str = ""
    attachments: Sequence[tuple[str, bytes, str]] = ()


def item_of(message: Message, *, private: bool) -> Item:
    """The notice of one message for its account, in the language that is active. Raises `Undeliverable`."""
    notice, record = notice_of(message), record_of(message)
    user = message.user
    if not user.is_active:
        raise Undeliverable(_("The account is closed."))
    if user.pk not in {person.pk for person in notice.to(record)} or not may_read(record, user):
        raise Undeliverable(_("The account has nothing to do with it any more."))
    if not notice.applies(record):
        raise Undeliverable(_("It was overtaken by what happened since."))
    return fill(notice, record, user, message, private=private)


def fill(notice: Notice, record: Any, user: Any, message: Message, *, private: bool) -> Item:
    own = ""
    if notice.private_link is not None:
        address = absolute(notice.private_link(record, user)) if private else HIDDEN
        own = f"{notice.private_words}:\n{address}"
    facts = {**notice.facts(record), **facts_of_reminder(message)}
    return Item(
        subject=header(str(notice.subject) % facts),
        text=str(notice.text) % facts,
        link_words=str(notice.link_words),
        url=absolute(notice.link(record, user)),
        private=own,
        attachments=notice.attachments(record, user),
    )


def facts_of_reminder(message: Message) -> dict[str, str]:
    """For notices of a reminder: which one it is, in words."""
    reminder = getattr(message.event, "reminder", None) if message.event is not None else None
    if reminder is None:
        return {}
    words = {
        ReminderKind.SOON: _("Reminder: due soon"),
        ReminderKind.DUE: _("Reminder: due today"),
        ReminderKind.LATE: _("Reminder: the date has passed"),
        ReminderKind.NUDGE: _("Reminder from the organizers"),
    }
    return {"reminder": str(words[ReminderKind(reminder.kind)])}


def to_account(messages: list[Message], *, private: bool = True) -> tuple[Letter, list[tuple[Message, str]]]:
    """One mail for an account: a notice, or the daily mail of several. Also the messages that are not in it, with why.

    `private` False is for somebody else's eyes: addresses that are themselves a right are left out.
    """
    user = messages[0].user
    left_out: list[tuple[Message, str]] = []
    items: list[Item] = []
    with translation.override(user.language):
        for message in messages:
            try:
                items.append(item_of(message, private=private))
            except Undeliverable as nothing:
                left_out.append((message, str(nothing)))
        if not items:
            return Letter("", ""), left_out
        if messages[0].in_digest:
            number = ngettext("One notice of today", "%(count)s notices of today", len(items)) % {"count": len(items)}
            subject, paragraphs = f"[Acuerda] {number}", [f"{item.subject}\n{item.text}\n{item.url}" for item in items]
        else:
            item = items[0]
            subject = header(f"[Acuerda] {item.subject}")
            paragraphs = [item.subject, item.text, f"{item.link_words}:\n{item.url}", *([item.private] if item.private else [])]
        why = _("You get this mail because your account in Acuerda has to do with it. Change how mails reach you:")
        body = "\n\n".join([*paragraphs, f"-- \n{why}\n{absolute(reverse('workspace:mail_settings'))}"])
    return Letter(subject, body + "\n", attachments=[file for item in items for file in item.attachments]), left_out


# --- to a person without an account -----------------------------------------------------------------------------------


def addressee_of(message: Message) -> Addressee | None:
    """The person whom a message names, None when no mail may go there (any more)."""
    found = sockets.addressee_of.collect(key=message.addressee)
    return found[0] if found else None


def to_guest(message: Message, *, private: bool = True) -> tuple[Letter, list[tuple[Message, str]]]:
    """A notice for a person without an account: what it says, the link that is this person's own, and files."""
    person = addressee_of(message)
    if person is None:
        return Letter("", ""), [(message, _("No mail can go to this person any more."))]
    with translation.override(person.language):
        try:
            notice, record = notice_of(message), record_of(message)
            if person.key not in {each.key for each in notice.guests(record)}:
                raise Undeliverable(_("The person has nothing to do with it any more."))
            if not notice.applies(record):
                raise Undeliverable(_("It was overtaken by what happened since."))
            item = fill(notice, record, person, message, private=private)
        except Undeliverable as nothing:
            return Letter("", ""), [(message, str(nothing))]
        public = [f"{item.link_words}:\n{item.url}"] if may_read(record, None) else []
        own = [item.private] if item.private else public
        why = _("You get this mail because you take part in the forum and have no account. Your data, and how to end this:")
        foot = f"-- \n{why}\n{absolute(reverse('privacy'))}"
        body = "\n\n".join([item.subject, item.text, *own, foot])
    return Letter(header(f"[Acuerda] {item.subject}"), body + "\n", attachments=item.attachments, to=person.email), []


# --- to a subscriber --------------------------------------------------------------------------------------------------


def to_follower(messages: list[Message]) -> tuple[Letter, list[tuple[Message, str]]]:
    """What changed in a followed record, in one mail; only what anybody may read at this moment."""
    from core.outbox import subscriptions

    subscription = messages[0].subscription
    left_out: list[tuple[Message, str]] = []
    lines: list[str] = []
    with translation.override(subscription.language):
        followed = subscriptions.record_of(subscription)
        for message in messages:
            try:
                lines.append(line_of(message, followed))
            except Undeliverable as nothing:
                left_out.append((message, str(nothing)))
        if not lines:
            return Letter("", ""), left_out
        name = typed(subscriptions.name_of(followed))
        subject = header(f"[Acuerda] {_('News of %(record)s') % {'record': name}}")
        leave = absolute(subscriptions.leaving_address(subscription))
        foot = _("You asked for these mails. Stop them with one click:")
        body = "\n\n".join([_("What changed in %(record)s:") % {"record": name}, *dict.fromkeys(lines), f"-- \n{foot}\n{leave}"])
    extra = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Letter(subject, body + "\n", extra), left_out


# --- to whoever wrote -------------------------------------------------------------------------------------------------


def address_of_writer(message: Message) -> str:
    """The address in the record of a `Reply`. Raises `Undeliverable` when it is gone."""
    reply = notices.reply(message.template)
    if reply is None:
        raise Undeliverable(_("This kind of mail exists no more."))
    if not (address := reply.address(record_of(message))):
        raise Undeliverable(_("The address was erased."))
    return address


def to_writer(messages: list[Message]) -> tuple[Letter, list[tuple[Message, str]]]:
    """What became of what somebody without an account wrote; nothing that the record says about anybody."""
    message = messages[0]
    try:
        address_of_writer(message)
    except Undeliverable as nothing:
        return Letter("", ""), [(message, str(nothing))]
    reply: Any = notices.reply(message.template)
    record = record_of(message)
    with translation.override(reply.language(record)):
        facts = reply.facts(record)
        return Letter(header(f"[Acuerda] {str(reply.subject) % facts}"), f"{str(reply.text) % facts}\n"), []


def line_of(message: Message, followed: Any) -> str:
    act: PublicAct | None = notices.act(message.template)
    if act is None:
        raise Undeliverable(_("This kind of mail exists no more."))
    record = record_of(message)
    if followed is None or not may_read(record, None) or not act.public(message.event, record):
        raise Undeliverable(_("It is not public."))
    return f"{str(act.text) % act.facts(record)}\n{absolute(act.link(record))}"


def email(letter: Letter, message: Message, address: str, connection: Any = None) -> EmailMessage:
    """The mail itself. Its Message-ID follows from the message, so that a copy sent after a crash can be told as one."""
    made = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[address],
        connection=connection,
        headers={
            "Message-ID": f"<{message.key}@{authority()}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **letter.extra,
        },
    )
    for name, content, kind in letter.attachments:
        made.attach(name, content, kind)
    return made
