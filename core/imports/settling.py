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


class Texts(dict[str, str]):
    """Column → text of one row; `number` is its place in the file."""

    number: int = 0


def is_decision(text: str) -> bool:
    return text in (NEW, LATER) or (text.startswith(SAME) and len(text) < 100)


class Settling:
    """The part of `RecordResource` that asks who is meant. See there for the attributes."""

    #: The column in which the name stands, and those that a record keeps when a row is said to be about it.
    name_column: ClassVar[str] = ""
    own_names: ClassVar[tuple[str, ...]] = ()
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

    def keep_what_is_known(self) -> None:
        """The record keeps its own names, and an empty cell of a sheet that calls it otherwise takes nothing from it."""
        for name in list(self.values):
            column = self.fields[name]
            if name in self.own_names or (name in self.row and not self.row[name].strip() and not column.hidden):
                del self.values[name]

    def settled(self) -> Any:
        """What the row, whose key no record has, is about: a record, or None for a new one. Raises `RowRefused`."""
        decision = self.plan.decisions.get(str(getattr(self.row, "number", "")), "")
        if decision.startswith(SAME):
            return self.same_as(decision.removeprefix(SAME))
        if decision == NEW:
            return None
        found = self.suspects()
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
