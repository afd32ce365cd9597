"""Rows whose key is new but whose name is not: the organizer says whether it is the same, a new one, or decides later.

Nothing is linked and nothing is invented silently: until somebody has said so, such a row waits in quarantine with the reason
why it may be a record that is there. A resource says with `suspects` who could be meant and with `same_as` what "the same" does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core import gathering
from core.imports.candidates import Candidate
from core.imports.problems import Problem, RowRefused

NEW, LATER, SAME = "new", "later", "same "
#: The number that stands for every row about which nothing else was said, and the key that stands for the only one proposed.
EVERY = "*"
#: Said for a column of keys: the rows have none, new records get the next free one.
MADE = "*"
#: How a record is named that a row of this file makes, and that has a key of its own only then: `#4`.
OF_ROW = "#"
#: So many of these are known by their rows; a page asks about no more rows.
MOST_MADE = 1_000


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
    saved: Any
    #: Row → (id of the record that it made, id of the one that bears the name), and the latter → row.
    made_here: dict[int, tuple[Any, Any]]
    rows_made: dict[Any, int]
    #: Row → the earlier row of this file whose record it is about.
    leaning: dict[int, int]

    def header_of(self, name: str) -> str:
        raise NotImplementedError

    def visible(self, model: Any) -> Any:
        raise NotImplementedError

    def suspects(self) -> list[Candidate]:
        """Records that the row, whose key is new, may be about."""
        return []

    def same_as(self, key: str, record: Any = None) -> Any:
        """The record that a row is about by the organizer's word; None for a new record that is linked to it. `record`: of this key,
        where it was read already."""
        if key.startswith(OF_ROW):
            record = self.made_by(key)
        elif record is None:
            record = self.named_by(self.model, key)
        self.values[self.identity[0]] = getattr(record, self.model.KEY)
        self.keep_what_is_known()
        return record

    def named_by(self, model: Any, key: str) -> Any:
        """The record of a model with this key. Raises `RowRefused`."""
        record = self.visible(model).filter(**{model.KEY: key}).first()
        if record is None:
            raise RowRefused([Problem(_("There is no “%(key)s” any more.") % {"key": key}, remedy=_("Decide anew."))])
        return record

    # --- records that the same file makes -----------------------------------------------------------------------------

    def bearer(self, record: Any) -> Any:
        """The record that bears the name: itself, or the person of a participation."""
        return record

    def note_made(self, number: int) -> None:
        """Row `number` made `self.saved`. A key that stands in the file says enough; others are known by the row for now."""
        bearer = self.bearer(self.saved)
        if len(self.made_here) < MOST_MADE and (bearer is not self.saved or self.row.get(self.identity[0], "").strip() == MADE):
            self.made_here[number] = (self.saved.pk, bearer.pk)
            self.rows_made[bearer.pk] = number

    def forget_made(self, numbers: Iterable[int]) -> None:
        """What these rows made is undone."""
        for number in numbers:
            if made := self.made_here.pop(number, None):
                self.rows_made.pop(made[1], None)

    def with_those_that_lean(self, numbers: set[int]) -> set[int]:
        """These rows, and all that are about what one of them makes."""
        found = set(numbers)
        for row, on in sorted(self.leaning.items()):
            if on in found:
                found.add(row)
        return found

    def made_by(self, key: str) -> Any:
        """The record that the row `#number` of this file made. Raises `RowRefused`."""
        number = key.removeprefix(OF_ROW)
        pk = self.made_here.get(int(number), (None,))[0] if number.isascii() and number.isdigit() and len(number) < 9 else None
        record = None
        if pk is not None:
            gathered = gathering.current()
            record = gathered.changed_since(self.model, pk) if gathered is not None else None
            record = record or self.model._default_manager.filter(pk=pk).first()
            self.leaning[getattr(self.row, "number", 0)] = int(number)
        if record is None:
            reason = _("Row %(row)s of this file did not go in.") % {"row": number}
            raise RowRefused([Problem(reason, remedy=_("Decide anew."))])
        return record

    def by_row(self, found: Candidate) -> Candidate:
        """The candidate under the row that made it, where that is so."""
        number = self.rows_made.get(found.record.pk)
        return found if number is None else replace(found, key=f"{OF_ROW}{number}")

    # --- keys that are made -------------------------------------------------------------------------------------------

    def make_key(self) -> None:
        """Give a new record, whose row has no key, the next free one."""
        name = self.identity[0]
        if self.key_prefix and self.values.get(name) == MADE:
            self.values[name] = self.free_key()

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
        found = [self.by_row(each) for each in self.suspects()]
        if key and len(found) == 1:
            return self.same_as(found[0].key, found[0].record)
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
    if first.key.startswith(OF_ROW):
        return Problem(
            _("This may be the same as row %(row)s of this file, “%(words)s”. %(why)s")
            % {"row": first.key.removeprefix(OF_ROW), "words": first.words, "why": first.why},
            header,
            text,
            _("Say whether it is the same or a new one."),
            choices_of(found),
        )
    return Problem(
        _("This may be %(key)s, “%(words)s”, which is there already. %(why)s")
        % {"key": first.key, "words": first.words, "why": first.why},
        header,
        text,
        _("Say whether it is the same or a new one, or write the key %(key)s into the row.") % {"key": first.key},
        choices_of(found),
    )
