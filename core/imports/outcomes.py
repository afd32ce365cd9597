"""What became of each row: counted always, and kept in order without taking memory for a file of any size."""

from __future__ import annotations

import marshal
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from core.imports.problems import Problem
from core.imports.rows import IN_MEMORY, Row, Rows
from core.models.imports import Outcome

#: Refused rows that are kept at hand for pages and commands.
MOST_REFUSED = 1_000


@dataclass
class RowOutcome:
    row: Row
    outcome: str
    key: str = ""
    problems: list[Problem] = field(default_factory=list)
    #: It names a record that a later row of the file may bring: it is tried again.
    waits: bool = False
    #: What tells the row from others of its kind (`Opening.key_of`), '' when it lacks a part.
    own_key: str = ""
    #: What undo needs: the record, the last of the row's events, and how its cells read before.
    record_id: int | None = None
    last_event: int | None = None
    before: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.row.number


class Outcomes:
    """The outcomes of a run. `rows` may be read any number of times; the first `MOST_REFUSED` refused ones are at hand."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.counts: Counter[str] = Counter()
        self.first: dict[int, RowOutcome] = {}
        self.marks = bytearray()
        #: Row → where its reasons stand in the spool, for those that are not at hand.
        self.places = array("Q")
        self.spool: IO[bytes] | None = None
        self.refused: dict[int, RowOutcome] = {}
        #: All or nothing: what was good was not written.
        self.held_back = False

    def note(self, found: RowOutcome) -> None:
        """The outcome of a row, in place of an earlier one."""
        place = found.row.number
        if place >= len(self.marks):
            self.marks.extend(bytes(max(place + 1 - len(self.marks), 1 << 12)))
            self.places.extend([0] * (len(self.marks) - len(self.places)))
        if before := self.marks[place]:
            self.counts[Outcome.values[before - 1]] -= 1
        self.marks[place] = Outcome.values.index(found.outcome) + 1
        self.counts[found.outcome] += 1
        self.refused.pop(place, None)
        if len(self.first) < IN_MEMORY or place in self.first:
            self.first[place] = found
        if found.outcome == Outcome.QUARANTINED and len(self.refused) < MOST_REFUSED:
            self.refused[place] = found
        elif found.problems:
            self.put_by(place, found.problems)

    def put_by(self, place: int, problems: list[Problem]) -> None:
        if self.spool is None:
            self.spool = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the outcomes)
            self.spool.write(b"-")
        self.places[place] = self.spool.seek(0, 2)
        marshal.dump([problem.as_dict() for problem in problems], self.spool)

    def reasons(self, place: int) -> list[Problem]:
        if self.spool is None or not self.places[place]:
            return []
        self.spool.seek(self.places[place])
        return [Problem(**each) for each in marshal.load(self.spool)]  # noqa: S302 (our own spool)

    def all_reasons(self) -> Iterator[tuple[int, list[Problem]]]:
        """(row, its reasons) of every refused row, in order."""
        refused = Outcome.values.index(Outcome.QUARANTINED) + 1
        for place, mark in enumerate(self.marks):
            if mark == refused:
                found = self.refused.get(place)
                yield place, found.problems if found is not None else self.reasons(place)

    def put_back(self, marks: bytes, reasons: Iterable[tuple[int, list[Problem]]]) -> None:
        """The outcomes of another run over the same rows, as its `marks` and `all_reasons` tell them."""
        self.marks, self.places = bytearray(marks), array("Q", bytes(8 * len(marks)))
        for value, name in enumerate(Outcome.values, 1):
            self.counts[name] = marks.count(value)
        for place, problems in reasons:
            self.put_by(place, problems)
        found = (each for each in self if each.outcome == Outcome.QUARANTINED)
        self.refused = {each.number: each for each in islice(found, MOST_REFUSED)}

    def hold_back(self) -> None:
        """What would have been written is skipped."""
        self.held_back = True
        for name in (Outcome.CREATED, Outcome.UPDATED):
            self.counts[Outcome.SKIPPED] += self.counts.pop(name, 0)

    def told(self, found: RowOutcome) -> RowOutcome:
        if self.held_back and found.outcome in (Outcome.CREATED, Outcome.UPDATED):
            found.outcome = str(Outcome.SKIPPED)
        return found

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[RowOutcome]:
        """In the order of the file, read no further than there are outcomes."""
        last = len(self.marks.rstrip(b"\0")) - 1
        for row in self.rows:
            if row.number > last:
                return
            mark = self.marks[row.number] if row.number < len(self.marks) else 0
            if not mark:
                continue
            found = self.refused.get(row.number) or self.first.get(row.number)
            if found is None:
                outcome = Outcome.values[mark - 1]
                found = RowOutcome(row, outcome)
                if outcome == Outcome.QUARANTINED:
                    found.problems = self.reasons(row.number)
            yield self.told(found)
