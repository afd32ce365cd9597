"""Who is told of what: tables that the apps register.

    Notice(
        "referral_sent",
        model="proposals.referral",
        actions=("refer", "reopen"),
        to=officials_of_referral,
        subject=_("%(folio)s was referred to %(body)s"),
        text=_("The answer is expected by %(due)s."),
        facts=facts_of_referral,
        link=review_address,
    )

`subject` and `text` are lazy translations, filled with `facts` when the mail is written. Facts come from records: texts that
somebody typed pass through `core.outbox.letters.typed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Facts = Mapping[str, Any]


def always(*_given: Any) -> bool:
    return True


def nothing(*_given: Any) -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Addressee:
    """A person without an account who is told something by mail. `key` is opaque; reads what anybody reads.

    Stands where a notice takes an account: for links, and for files that a mail brings.
    """

    key: str
    email: str
    name: str
    language: str

    pk = None
    is_active = True
    is_demo = False

    def get_session_auth_hash(self) -> str:
        """What the links of mails stand and fall with: the address that they were sent to."""
        return self.email


@dataclass(frozen=True)
class Notice:
    """Accounts are told of an event.

    `to(record)` gives the accounts; it is asked when the event is written and again when the mail leaves, so that whoever
    lost the role meanwhile gets nothing. `when(event, record)` says whether this event calls for it at all;
    `applies(record)` is asked when the mail leaves (a referral recalled meanwhile is no longer announced).
    `late`: the door itself calls `announce` once all rows are there. `urgent`: never waits for the daily mail.
    `private_link(record, user)` is an address that is itself a right: it stands in the addressee's own mail and nowhere else,
    not in the daily mail and not where an organizer reads a held mail. `to_actor`: whoever acted is told too.
    `attachments(record, user)`: (name, bytes, type) each. `guests(record)`: people without an account who are told too, asked
    as `to` is.
    """

    name: str
    model: str
    actions: tuple[str, ...]
    to: Callable[[Any], Iterable[Any]]
    subject: Words
    text: Words
    facts: Callable[[Any], Facts]
    link: Callable[[Any, Any], str]
    link_words: Words = field(default_factory=lambda: _("Open it"))
    private_link: Callable[[Any, Any], str] | None = None
    private_words: Words = ""
    when: Callable[[Any, Any], bool] = always
    applies: Callable[[Any], bool] = always
    attachments: Callable[[Any, Any], Sequence[tuple[str, bytes, str]]] = nothing
    guests: Callable[[Any], Iterable[Addressee]] = nothing
    late: bool = False
    to_actor: bool = False
    urgent: bool = False


@dataclass(frozen=True)
class PublicAct:
    """A public change that the followers of some records are told of.

    `targets(record)`: the records whose followers it concerns. `public(event, record)` says whether the change is public.
    """

    name: str
    model: str
    actions: tuple[str, ...]
    targets: Callable[[Any], Iterable[Any]]
    text: Words
    facts: Callable[[Any], Facts]
    link: Callable[[Any], str]
    public: Callable[[Any, Any], bool] = always


@dataclass(frozen=True)
class Reply:
    """Whoever wrote from an address without an account is told what became of it; the address stands in the record alone.

    `address(record)` is '' when there is nobody to tell (any more), `language(record)` that in which the person wrote. `text` says
    no more than somebody else at that address may read.
    """

    name: str
    model: str
    actions: tuple[str, ...]
    address: Callable[[Any], str]
    language: Callable[[Any], str]
    subject: Words
    text: Words
    facts: Callable[[Any], Facts]
    when: Callable[[Any, Any], bool] = always


Entry = Notice | PublicAct | Reply
_notices: dict[str, Notice] = {}
_replies: dict[str, Reply] = {}
_acts: dict[str, PublicAct] = {}
_by_event: dict[tuple[str, str], list[Entry]] = {}


def register(*entries: Entry) -> None:
    """Add the rows of an app's table, from its `apps.py ready()`. Names are unique."""
    for entry in entries:
        book: dict[str, Any] = {Notice: _notices, PublicAct: _acts, Reply: _replies}[type(entry)]
        known = book.setdefault(entry.name, entry)
        if known is not entry:
            raise ValueError(f"Two notices are named {entry.name}.")
        for action in entry.actions:
            rows = _by_event.setdefault((entry.model, action), [])
            if entry not in rows:
                rows.append(entry)


def called_for(model: str, action: str) -> list[Entry]:
    """The rows for events of this kind."""
    return _by_event.get((model, action), [])


def notice(name: str) -> Notice | None:
    return _notices.get(name)


def act(name: str) -> PublicAct | None:
    return _acts.get(name)


def reply(name: str) -> Reply | None:
    return _replies.get(name)


def all_notices() -> list[Notice]:
    return list(_notices.values())


def all_acts() -> list[PublicAct]:
    return list(_acts.values())
