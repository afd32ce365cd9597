"""What happened to a record, in words: events are stored as codes and values, the sentences are made when shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import pgettext

from core.events import events_of
from core.models import Event
from core.told import field_of, label_of, value_words
from core.workflow import Workflow

MOST_EVENTS = 50
#: Texts longer than this are folded away.
LONG = 120


@dataclass(frozen=True)
class Change:
    """One field: its words, the value before and after in words."""

    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        return len(self.before) > LONG or len(self.after) > LONG


@dataclass(frozen=True)
class Entry:
    """One event of a record: what, by whom (account and function), when, from where, why, and field by field."""

    at: dt.datetime
    action: str
    label: str
    record_key: str
    actor: str
    function: str
    origin: str
    reason: str
    changes: list[Change]


def timeline(record: Any, *, workflows: Iterable[Workflow] = (), limit: int = MOST_EVENTS) -> list[Entry]:
    """The newest events of `record`, newest first. `workflows` give the names of the steps."""
    labels = {transition.action: str(transition.label) for flow in workflows for transition in flow.transitions}
    return [entry_of(event, record, labels) for event in events_of(record)[:limit]]


def entry_of(event: Event, record: Any, labels: dict[str, str]) -> Entry:
    return Entry(
        at=event.at,
        action=event.action,
        label=labels.get(event.action) or action_words(event.action),
        record_key=event.record_key,
        actor=(event.actor.name if event.actor is not None else "") or "",
        function=function_words(event.actor_label),
        origin=event.get_origin_display(),
        reason=event.reason,
        changes=[change_of(record, name, pair) for name, pair in event.changes.items()],
    )


def known_actions() -> dict[str, str]:
    """Words for the actions that are no step of a workflow."""
    return {
        "create": pgettext("event", "entered"),
        "edit": pgettext("event", "edited"),
        "consent": pgettext("event", "consent given"),
        "withdraw_consent": pgettext("event", "consent withdrawn"),
        "see_contact_data": pgettext("event", "contact data opened"),
        "see_participants": pgettext("event", "list of participants opened"),
        "see_people": pgettext("event", "list of people opened"),
        "see_accounts": pgettext("event", "addresses of accounts opened"),
        "see_import_rows": pgettext("event", "rows of an imported list opened or taken along"),
        "see_file": pgettext("event", "reserved file taken along"),
        "export": pgettext("event", "personal data taken along as a file"),
        "see_import_file": pgettext("event", "imported list taken along as it came"),
        "block": pgettext("event", "data blocked"),
        "unblock": pgettext("event", "block taken back"),
        "erase": pgettext("event", "data suppressed"),
        "forget_contact": pgettext("event", "contact data forgotten after their time"),
        "purge": pgettext("event", "forgotten after its time"),
        "add_name": pgettext("event", "another name added"),
        "remove_name": pgettext("event", "another name removed"),
        "start": pgettext("event", "draft begun"),
        "refer": pgettext("event", "referred"),
        "reading": pgettext("event", "overall reading changed"),
        "take_in": pgettext("event", "took in another proposal"),
        "ask": pgettext("event", "asked"),
        "answer": pgettext("event", "answered"),
        "set_condition": pgettext("event", "condition changed"),
        "recount": pgettext("event", "due date moved by the calendar"),
        "release_opinions": pgettext("event", "opinions released"),
        "remind": pgettext("event", "reminder sent"),
        "draft_by_mail": pgettext("event", "draft written by a link of a mail"),
        "answer_by_mail": pgettext("event", "answered by a link of a mail"),
        "join": pgettext("event", "joined an edition"),
        "check_in": pgettext("event", "checked in"),
        "undo_check_in": pgettext("event", "check-in taken back"),
        "become_commitment": pgettext("event", "became a commitment"),
        "bring_forward": pgettext("event", "put on the agenda: what was left to do"),
        "print_list": pgettext("event", "list of names printed"),
        "remove_session": pgettext("event", "taken out of the programme"),
        "leave": pgettext("event", "left an edition"),
        **actions_of_accounts(),
    }


def actions_of_accounts() -> dict[str, str]:
    return {
        "add_role": pgettext("event", "role given"),
        "remove_role": pgettext("event", "role taken back"),
        "invite": pgettext("event", "invited"),
        "invite_again": pgettext("event", "invited again"),
        "revoke": pgettext("event", "invitation taken back"),
        "accept": pgettext("event", "invitation accepted"),
        "sign_in": pgettext("event", "signed in"),
        "sign_in_failed": pgettext("event", "sign-in failed"),
        "factor_failed": pgettext("event", "second step failed"),
        "change_factor": pgettext("event", "second step changed"),
        "forget_second_factor": pgettext("event", "second step forgotten"),
        "ask_password": pgettext("event", "another password asked for"),
        "set_password": pgettext("event", "password changed"),
        "end_sessions": pgettext("event", "signed out everywhere"),
        "close": pgettext("event", "account closed"),
        "reopen": pgettext("event", "account opened again"),
        "denied": pgettext("event", "refused: not theirs"),
        "not_found": pgettext("event", "asked for what is hidden or not there"),
        "export": pgettext("event", "taken along as a file"),
        "read_audit": pgettext("event", "audit read"),
    }


def action_words(action: str) -> str:
    """The words for an action that is no step of a workflow."""
    return known_actions().get(action) or action.replace("_", " ")


def function_words(label: str) -> str:
    """`official: IFE; delegate: ORG-01` with the kinds of role in the reader's language."""
    known = {
        "organizer": pgettext("role of an account", "organizer"),
        "official": pgettext("role of an account", "official"),
        "delegate": pgettext("role of an account", "delegate"),
        "administrator": pgettext("role of an account", "administrator"),
        "system": pgettext("actor of an event", "the application"),
        "account": pgettext("actor of an event", "account without a role"),
    }
    parts = []
    for part in label.split("; "):
        kind, colon, place = part.partition(": ")
        parts.append(f"{known.get(kind, kind)}{colon}{place}")
    return ", ".join(parts)


def change_of(record: Any, name: str, pair: Any) -> Change:
    field = field_of(record, name)
    label = label_of(field, name)
    before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
    if name == "role" and field is None:
        return Change(capfirst(label), function_words(str(before or "")), function_words(str(after or "")))
    return Change(capfirst(label), value_words(field, before, name), value_words(field, after, name))
