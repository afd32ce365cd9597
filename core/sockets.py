"""Sockets: what a page of a lower app shows of a higher one. The higher app fills them in `apps.py ready()`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class WaitingItem:
    """One thing that waits for a person: what to do, with what, where, until when.

    `kind` groups the items on the workspace home (`review`, `clarify`, `submit`, `refer`, `sign`, `report`, `validate`,
    `meeting`…) and `what` is the sentence for it ("Give an opinion"); `record` is the folio or key, `title` its title;
    `due_on` None means no date.
    """

    kind: str
    what: str
    record: str
    title: str
    url: str
    due_on: dt.date | None = None
    note: str = ""

    def is_late(self, on: dt.date) -> bool:
        return self.due_on is not None and self.due_on < on

    @property
    def order(self) -> tuple[bool, dt.date, str]:
        """By date, what has none at the end."""
        return (self.due_on is None, self.due_on or dt.date.max, self.record)


@dataclass(frozen=True)
class ReminderDue:
    """A reminder that the calendar asks for: `kind` soon, due or late, the `step` of its kind, on date `on` of the forum."""

    record: Any
    kind: str
    step: int
    due_on: dt.date
    on: dt.date


class Socket:
    """A named list of functions. `collect(**context)` calls each in the order of registration and drops None."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.plugs: list[Callable[..., Any]] = []

    def plug(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if function not in self.plugs:
            self.plugs.append(function)
        return function

    def collect(self, **context: Any) -> list[Any]:
        return [found for function in self.plugs if (found := function(**context)) is not None]


#: Panels under a public record page: `plug(record, user) -> panel | None`. A panel is a dict with `template` (included with
#: the dict as `panel`), `name` and `data(link)` (what the record's JSON holds under that name), and perhaps `steps` (links
#: of the chain, see `core.trace`).
record_panels = Socket("record panels")
#: What waits for a person on the workspace home: `plug(user, today) -> list[WaitingItem] | None`.
waiting = Socket("waiting")
#: Counts and gaps of an edition for its organizers: `plug(edition, today) -> list[dict] | None`, each
#: `{"label": words, "number": int, "url": str, "is_gap": bool}`; `is_gap` where something is to be done.
edition_gaps = Socket("edition gaps")
#: Facts and figures of an edition for the public: `plug(edition, user) -> dict | None`.
edition_figures = Socket("edition figures")
#: Records whose place in the search box depends on the stage of an edition: `plug(edition) -> iterable of records`.
searched_in_edition = Socket("records searched in an edition")
#: Non-working days were entered or taken back: `plug(closure, actor, at) -> how many open due dates moved`, in its transaction.
calendar_changed = Socket("calendar changed")
#: Proposals by what became of them: `plug(rows, fate, on) -> queryset | None`; the codes are those of `proposals.listing`.
proposal_fates = Socket("fates of proposals")
#: Published records compared with their fingerprints and with the ledger: `plug() -> list of sentences`, empty when all hold.
ledger_checks = Socket("ledger checks")
#: How many reminders were sent about open requests: `plug(records) -> {pk: number} | None`, records all of one model. Nothing is
#: shown for a record that no plug names: a count that nobody keeps is not a count of zero.
reminders_sent = Socket("reminders sent")
#: Papers on which people may have signed: `plug(participations) -> list of words | None`. Only a person can look at a scan.
papers_of = Socket("papers of people")
#: A person without an account to whom a mail may go: `plug(key) -> core.outbox.notices.Addressee | None`.
addressee_of = Socket("addressee of a key")
#: Records whose lists name people, for who read them: `plug(participations) -> [(label of the model, ids)] | None`.
lists_of_people = Socket("lists of people")
#: Reminders that the calendar asks for: `plug(on) -> iterable[ReminderDue] | None`; `on` None means today where each forum is.
reminders_due = Socket("reminders due")
