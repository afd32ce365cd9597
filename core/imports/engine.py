"""What becomes of the rows of a chunk: together where the kind of record can, one by one where it must be.

`Engine.chunk` gives every row its outcome. Kinds whose doors can wait (`RecordResource.gathers`) are understood first, then
looked up in one query, then taken through the doors within a gathering, and written at once. A row that the database would
not take among the others goes through the doors once more by itself, so the reason is the same as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core.events import watching
from core.gathering import Gathering, gathering
from core.imports.outcomes import RowOutcome
from core.imports.problems import Problem, RowRefused
from core.imports.reader import Table
from core.imports.resource import RecordResource
from core.imports.rows import Row
from core.models.imports import Outcome

#: Rows that are written together.
CHUNK = 500


class Undo(Exception):
    """Leaves a transaction without keeping what was done in it."""


class Engine:
    """Takes rows through a resource. `dry`: nothing stays; a kind that gathers then writes and locks nothing at all."""

    def __init__(self, resource: RecordResource, table: Table, *, dry: bool = False) -> None:
        self.resource = resource
        self.table = table
        self.dry = dry
        self.keys: dict[int, str] = {}

    def chunk(self, rows: Iterable[Row]) -> list[RowOutcome]:
        """The outcomes of some rows, in their order. In the transaction of the caller, unless dry."""
        rows = list(rows)
        if not self.dry:
            # Another import may have given keys meanwhile.
            self.resource.last_made = 0
        if not self.resource.gathers:
            return [self.one(row) for row in rows]
        mended = self.resource.mended.copy()
        for _attempt in range(2):
            try:
                with nullcontext() if self.dry else transaction.atomic():
                    return self.together(rows)
            except (IntegrityError, DataError):
                self.resource.mended = mended.copy()
                # Somebody else wrote meanwhile, or a rule of the database that no validator knows.
                self.resource.forget()
                self.resource.forget_made(row.number for row in rows)
        return [self.one(row) for row in rows]

    def together(self, rows: list[Row]) -> list[RowOutcome]:
        found: dict[int, RowOutcome] = {}
        try:
            with gathering(dry=self.dry) as gathered:
                for row, aside in self.understood(rows, found, gathered):
                    self.decide(row, aside, found, gathered)
                taken = self.resource.with_those_that_lean(gathered.taken())
                gathered.drop(taken)
                self.resource.forget_made(taken)
                apart = [row for row in rows if row.number in taken]
                if not self.dry:
                    for number, events in gathered.write().items():
                        found[number].last_event = max(events)
        finally:
            self.resource.found = None
            self.resource.leaning.clear()
        for row in apart:
            found[row.number] = self.one(row, keep=not self.dry)
        for number, key in self.keys.items():
            found[number].own_key = key
        return [found[row.number] for row in rows]

    def understood(self, rows: list[Row], found: dict[int, RowOutcome], gathered: Gathering) -> list[tuple[Row, tuple[Any, ...]]]:
        """The rows that could be understood, with the records that they are about read and locked; others get their outcome."""
        resource = self.resource
        waiting = []
        for row in rows:
            early, texts = self.beforehand(row)
            if early is not None:
                found[row.number] = early
            else:
                waiting.append((row, texts))
        resource.prepare([texts for _row, texts in waiting])
        good = []
        self.keys = {row.number: resource.key_of(texts) for row, texts in waiting}
        for row, texts in waiting:
            try:
                resource.understand(texts)
            except RowRefused as error:
                found[row.number] = refused(row, error)
            else:
                good.append((row, resource.put_aside()))
        gathered.hold(resource.look_for([aside for _row, aside in good]))
        return good

    def decide(self, row: Row, aside: tuple[Any, ...], found: dict[int, RowOutcome], gathered: Gathering) -> None:
        resource = self.resource
        resource.take_up(aside)
        gathered.tag = row.number
        mark = gathered.mark()
        try:
            outcome = resource.decide()
        except RowRefused as error:
            gathered.back_to(mark)
            found[row.number] = refused(row, error)
            return
        found[row.number] = self.told(row, outcome)

    def told(self, row: Row, outcome: str) -> RowOutcome:
        resource = self.resource
        if outcome == Outcome.CREATED:
            resource.note_made(row.number)
        return RowOutcome(
            row,
            outcome,
            key=resource.record_key(),
            record_id=getattr(resource.saved, "pk", None),
            before=resource.before if outcome == Outcome.UPDATED else {},
        )

    def beforehand(self, row: Row) -> tuple[RowOutcome | None, dict[str, str]]:
        """The outcome of a row that needs no look at its cells, else their texts."""
        if row.is_blank or row.is_example:
            return RowOutcome(row, str(Outcome.SKIPPED)), {}
        if row.problem and not self.resource.mends(row):
            return quarantined(row, Problem(row.problem, remedy=_("Correct the row and import it again."))), {}
        resource = self.resource
        texts = resource.texts(self.table, row)
        key = resource.key_of(texts)
        first = resource.own_keys.get(key) if key else None
        if first is not None and first != row.number:
            problem = Problem(
                _("Row %(first)s of this file has the same key.") % {"first": first},
                ", ".join(filter(None, map(resource.header_of, resource.identity))),
                "; ".join(texts[name] for name in resource.identity),
                _("Keep one of the two rows."),
            )
            return quarantined(row, problem), {}
        return None, texts

    def one(self, row: Row, *, keep: bool = True) -> RowOutcome:
        """The outcome of one row, in a savepoint of its own. `keep` false: the row is undone again."""
        early, texts = self.beforehand(row)
        if early is not None:
            return early
        found = self.alone(row, texts, keep)
        found.own_key = self.resource.key_of(texts)
        return found

    def alone(self, row: Row, texts: dict[str, str], keep: bool) -> RowOutcome:
        resource = self.resource
        resource.found = None
        kept: RowOutcome | None = None
        try:
            with transaction.atomic(), watching() as events:
                resource.understand(texts)
                kept = self.told(row, resource.decide())
                kept.last_event = max((event.pk for event in events), default=None)
                if not keep:
                    raise Undo
        except Undo:
            resource.forget()
            resource.forget_made([row.number])
        except RowRefused as error:
            resource.forget()
            return refused(row, error)
        except (IntegrityError, DataError):
            resource.forget()
            resource.forget_made([row.number])
            reason = _("The database does not accept these values together.")
            return quarantined(row, Problem(reason, remedy=_("Check the row.")))
        assert kept is not None  # noqa: S101 (for the type checker)
        return kept


def refused(row: Row, error: RowRefused) -> RowOutcome:
    return RowOutcome(row, str(Outcome.QUARANTINED), problems=error.problems, waits=error.waits)


def quarantined(row: Row, problem: Problem) -> RowOutcome:
    return RowOutcome(row, str(Outcome.QUARANTINED), problems=[problem])


def in_turn(kind: str) -> None:
    """Until the end of this transaction no other import of this kind writes: two of the same file then wait, not clash."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {kind}"])
