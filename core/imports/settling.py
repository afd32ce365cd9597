"""Rows whose key is new but whose name is not: the organizer says whether it is the same, a new one, or decides later.

Nothing is linked and nothing is invented silently: until somebody has said so, such a row waits in quarantine with the reason
why it may be a record that is there. A resource says with `suspects` who could be meant and with `same_as` what "the same" does.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.imports.candidates import Candidate
from core.imports.problems import Problem, RowRefused

NEW, LATER, SAME = "new", "later", "same "
#: The number that stands for every row about which nothing else was said, and the key that stands for the only one proposed.
EVERY = "*"
#: Said for a column of keys: the rows have none, new records get the next free one.
MADE = "*"


class Texts(dict[str, str]):
    """Column → text of one row; `number` is its place in the file."""

    number: int = 0


def is_decision(text: str) -> bool:
    return text in (NEW, LATER) or (text.startswith(SAME) and len(text) < 100 and "\x00" not in text)


class Settling:
    """The part of `RecordResource` that asks who is meant. See there for the attributes."""

    #: The column in which the name stands, and those that a record keeps when a row is said to be about it.
    name_column: ClassVar[str] = ""
    own_names: ClassVar[tuple[str, ...]] = ()
    #: How keys begin that are made for rows without one; '' where none are made.
    key_prefix: ClassVar[str] = ""
    last_made = 0
    plan: Any
    row: dict[str, str]
    values: dict[str, Any]
    identity: ClassVar[tuple[str, ...]]
    fields: dict[str, Any]
    model: Any

    def header_of(self, name: str) -> str:
        raise NotImplementedError

    def visible(self, model: Any) -> Any:
        raise NotImplementedError

    def suspects(self) -> list[Candidate]:
        """Records that the row, whose key is new, may be about."""
        return []

    def same_as(self, key: str) -> Any:
        """The record that a row is about by the organizer's word; None for a new record that is linked to it."""
        record = self.visible(self.model).filter(**{self.model.KEY: key}).first()
        if record is None:
            raise RowRefused([Problem(_("There is no “%(key)s” any more.") % {"key": key}, remedy=_("Decide anew."))])
        self.values[self.identity[0]] = key
        self.keep_what_is_known()
        return record

    def make_key(self) -> None:
        """Give a new record, whose row has no key, the next free one."""
        name = self.identity[0]
        if self.is_made(name):
            self.values[name] = self.free_key()

    def is_made(self, name: str) -> bool:
        """Whether the row leaves its key to be made."""
        return bool(self.key_prefix) and name == self.identity[0] and self.values.get(name) == MADE

    def free_key(self) -> str:
        """`ORG-028`: the number after the highest there is, looked up once a run."""
        name, prefix = self.identity[0], self.key_prefix
        if not self.last_made:
            keys = self.model._default_manager.filter(**{f"{name}__startswith": prefix}).values_list(name, flat=True)
            tails = (key.removeprefix(prefix) for key in keys.iterator())
            self.last_made = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit() and len(tail) < 9), default=0)
        self.last_made += 1
        return f"{prefix}{self.last_made:03d}"

    def keep_what_is_known(self) -> None:
        """The record keeps its own names, and an empty cell of a sheet that calls it otherwise takes nothing from it."""
        for name in list(self.values):
            column = self.fields[name]
            if name in self.own_names or (name in self.row and not self.row[name].strip() and not column.hidden):
                del self.values[name]

    def settled(self) -> Any:
        """What the row, whose key no record has, is about: a record, or None for a new one. Raises `RowRefused`."""
        said = self.plan.decisions
        decision = said.get(str(getattr(self.row, "number", "")), "") or said.get(EVERY, "")
        if not is_decision(decision):
            decision = ""
        if decision == NEW:
            return None
        key = decision.removeprefix(SAME) if decision.startswith(SAME) else ""
        if key and key != EVERY:
            return self.same_as(key)
        found = self.suspects()
        if key and len(found) == 1:
            return self.same_as(found[0].key)
        header, text = self.header_of(self.name_column), self.row.get(self.name_column, "")
        if decision == LATER:
            raise RowRefused([Problem(_("You decide later."), header, text, choices=choices_of(found))])
        if not found:
            return None
        raise RowRefused([question(found, header, text)])


def choices_of(found: list[Candidate]) -> list[list[str]]:
    return [[each.key, each.words, each.why] for each in found]


def question(found: list[Candidate], header: str, text: str) -> Problem:
    """The question whether a row is about one of these records, as the reason why it waits."""
    first = found[0]
    return Problem(
        _("This may be %(key)s, “%(words)s”, which is there already. %(why)s")
        % {"key": first.key, "words": first.words, "why": first.why},
        header,
        text,
        _("Say whether it is the same or a new one, or write the key %(key)s into the row.") % {"key": first.key},
        choices_of(found),
    )
