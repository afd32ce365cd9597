"""Carrying out an import: chunk by chunk, each a transaction that writes the rows, their outcomes and the cursor."""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.bulk import write_new
from core.imports.engine import CHUNK, Engine, Undo, in_turn
from core.imports.outcomes import Outcomes, RowOutcome
from core.imports.problems import Problem
from core.imports.reader import Table
from core.imports.resource import RecordResource
from core.imports.rows import Row
from core.models.imports import BatchState, ImportBatch, ImportRow, Outcome
from core.text import fold

#: Rows of a kind that goes one by one: a chunk then takes as long as one of a kind that gathers.
FEW = 100
#: How long a batch belongs to a worker from which nothing is heard.
LEASE = dt.timedelta(seconds=90)
ATTEMPTS = 3
REPORTED = (("acuerda importacion", "acuerda import"), ("acuerda fila", "acuerda row"))
COLUMNS = ("outcome", "record_key", "values", "problems", "waits", "record_id", "last_event", "before", "key_hash")


class Stopped(Exception):
    """The batch was stopped on request, or belongs to another worker now (`lost`)."""

    def __init__(self, *, lost: bool) -> None:
        super().__init__()
        self.lost = lost


class Leaving(Exception):
    """The worker was asked to end: another one goes on from the cursor."""


class Work:
    """The rows of a file that have no outcome yet. Without a batch it is a dry run."""

    def __init__(
        self,
        batch: ImportBatch | None,
        resource: RecordResource,
        table: Table,
        outcomes: Outcomes,
        progress: Callable[[int, int], None] | None = None,
        *,
        dry: bool = False,
        most: int = 0,
        leaving: Callable[[], bool] | None = None,
    ) -> None:
        self.batch = batch
        self.resource = resource
        self.table = table
        self.outcomes = outcomes
        self.progress = progress
        self.engine = Engine(resource, table, dry=dry and resource.gathers)
        resource.dry = dry
        self.size = CHUNK if resource.gathers else FEW
        self.most = most
        self.leaving = leaving
        self.done = batch.rows if batch is not None else 0
        #: Row of a dry run → the keys that it names and that no record has.
        self.awaited: dict[int, set[str]] = {}
        #: The columns of our own report that say which row of which import a row was.
        self.named = named_columns(table.headers)
        earlier = ImportRow.objects.filter(
            outcome__in=[Outcome.QUARANTINED, Outcome.SKIPPED], settled_by__isnull=True, batch__kind=resource.kind
        )
        self.open_before = batch is not None and earlier.exclude(batch=batch).exists()

    # --- the whole of it ----------------------------------------------------------------------------------------------

    def everything(self) -> None:
        """Every row of the batch, and its end. Raises `Stopped` when the batch is another worker's now."""
        assert self.batch is not None  # noqa: S101 (for the type checker)
        try:
            if self.batch.all_or_nothing:
                self.all_or_nothing()
            else:
                self.all_rows()
            state = BatchState.DONE
        except Stopped as stop:
            if stop.lost:
                raise
            self.batch.refresh_from_db()
            self.skip_the_rest()
            state = BatchState.STOPPED
        self.finish(state)

    def all_rows(self) -> None:
        """Each row once, and those that wait for another row of the file again, as long as that brings something."""
        waiting = self.waiting_from_before()
        for rows in chunked(self.rows_to_do(), self.size):
            waiting += self.step(rows)
        if self.batch is None and not self.resource.gathers and waiting and len(self.outcomes) > self.size:
            self.tried_together(waiting)
            return
        while waiting:
            before = len(waiting)
            waiting = self.again(waiting)
            if len(waiting) == before:
                self.resource.last_round = True
                self.again(waiting)
                break

    def all_or_nothing(self) -> None:
        """One refused row keeps all others out: everything is one transaction, tried without locks first where that is possible."""
        batch = self.batch
        assert batch is not None  # noqa: S101 (for the type checker)
        if self.resource.gathers:
            notes = list(self.resource.notes)
            Work(None, self.resource, self.table, self.outcomes, lambda _done, _of: self.still_mine(), dry=True).all_rows()
            self.resource.notes, self.resource.last_round = notes, False
            self.resource.mended.clear()
        if not self.outcomes.counts[Outcome.QUARANTINED]:
            try:
                with transaction.atomic():
                    self.all_rows()
                    if self.outcomes.counts[Outcome.QUARANTINED]:
                        raise Undo
            except Undo:
                batch.refresh_from_db()
            else:
                return
        self.outcomes.hold_back()
        self.done = 0
        for found in chunked(iter(self.outcomes), CHUNK):
            self.keep(lambda found=found: found, found[-1].row.number)

    def still_mine(self) -> None:
        """Renew the lease outside of a chunk. Raises `Stopped` or `Leaving`."""
        assert self.batch is not None  # noqa: S101 (for the type checker)
        mine = ImportBatch.objects.filter(pk=self.batch.pk, lease_by=self.batch.lease_by, state=BatchState.RUNNING)
        if self.leaving is not None and self.leaving():
            raise Leaving
        if not mine.update(lease_until=timezone.now() + LEASE):
            raise Stopped(lost=True)
        if mine.filter(stop_asked=True).exists():
            raise Stopped(lost=False)

    def rows_to_do(self) -> Iterator[Row]:
        cursor = self.batch.cursor if self.batch is not None else 0
        rows = (row for row in self.table.rows if row.number > cursor)
        return itertools.islice(rows, self.most) if self.most else rows

    def waiting_from_before(self) -> list[Row]:
        """What waited when an earlier worker was cut off."""
        if self.batch is None or not self.batch.cursor:
            return []
        numbers = set(self.batch.outcomes.filter(waits=True).values_list("number", flat=True))
        return [row for row in self.table.rows if row.number in numbers] if numbers else []

    def again(self, rows: list[Row]) -> list[Row]:
        return [row for chunk in chunked(rows, self.size) for row in self.step(chunk, again=True)]

    def step(self, rows: list[Row], *, again: bool = False) -> list[Row]:
        """The outcomes of a chunk; those of its rows that wait for others."""
        with uncollected():
            if self.batch is None:
                found = self.tried(rows)
            else:
                found = self.keep(lambda: self.engine.chunk(rows), rows[-1].number, again=again)
        for each in found:
            self.outcomes.note(each)
            if self.batch is None:
                self.note_awaited(each)
        if not again:
            self.done += 0 if self.batch is not None else len(rows)
            if self.progress is not None:
                self.progress(self.done, len(self.table.rows))
        return [each.row for each in found if each.waits]

    # --- a chunk ------------------------------------------------------------------------------------------------------

    def tried(self, rows: list[Row]) -> list[RowOutcome]:
        """The outcomes of a dry run, which are kept nowhere. What a kind that does not gather writes is undone at once, so that
        nobody waits long for the right to write."""
        if self.resource.gathers:
            return self.engine.chunk(rows)
        found: list[RowOutcome] = []
        with suppress(Undo), transaction.atomic():
            found = self.engine.chunk(rows)
            raise Undo
        self.resource.forget_all()
        return found

    def tried_together(self, waiting: list[Row]) -> None:
        """Rows of a dry run that name records which other rows bring: tried with these, in a transaction that is undone."""
        for rows in chunked(waiting, self.size):
            wanted: set[int] = set()
            more = own = {row.number for row in rows}
            while more and len(wanted | more) <= CHUNK:
                wanted |= more
                self.resource.last_round = False
                with suppress(Undo), transaction.atomic():
                    self.in_rounds([row for row in self.table.rows if row.number in wanted], own)
                    raise Undo
                self.resource.forget_all()
                # What the rows beside them wait for in turn is known now.
                keys = {key for number in wanted for key in self.awaited.get(number, ())}
                more = {number for key in keys if (number := self.resource.own_keys.get(key))} - wanted

    def in_rounds(self, rows: list[Row], own: set[int]) -> None:
        """Rows again and again, as long as that brings something; only those of `own` get their outcome."""
        while rows:
            found = self.engine.chunk(rows)
            for each in found:
                self.note_awaited(each)
                if each.number in own:
                    self.outcomes.note(each)
            waiting = [each.row for each in found if each.waits]
            self.resource.last_round = len(waiting) == len(rows)
            rows = waiting

    def note_awaited(self, found: RowOutcome) -> None:
        if found.waits:
            named = (problem.part or problem.value.strip() for problem in found.problems)
            self.awaited[found.number] = {part.casefold() for part in named if part}

    def keep(self, make: Callable[[], list[RowOutcome]], last: int, *, again: bool = False) -> list[RowOutcome]:
        """Make some outcomes and keep them with their batch, in one transaction."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return self.kept(make, last, again)
            except OperationalError:
                # Two transactions that waited for each other: the database gave one of them up.
                if attempt == ATTEMPTS or transaction.get_connection().in_atomic_block:
                    raise
        raise AssertionError

    def kept(self, make: Callable[[], list[RowOutcome]], last: int, again: bool) -> list[RowOutcome]:
        assert self.batch is not None  # noqa: S101 (for the type checker)
        in_turn(self.batch.kind)
        batch = ImportBatch.objects.select_for_update().get(pk=self.batch.pk)
        if batch.lease_by != self.batch.lease_by or batch.state != BatchState.RUNNING:
            raise Stopped(lost=True)
        if self.leaving is not None and self.leaving():
            raise Leaving
        if batch.stop_asked:
            raise Stopped(lost=False)
        found = make()
        counts = Counter(each.outcome for each in found)
        if again:
            counts[Outcome.QUARANTINED] -= len(found)
        else:
            batch.rows += len(found)
            batch.cursor = last
        for name in Outcome.values:
            setattr(batch, name, getattr(batch, name) + counts[name])
        batch.lease_until = timezone.now() + LEASE
        rows = [self.row_of(each) for each in found]
        if again:
            ImportRow.objects.bulk_create(
                rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["batch", "number"], update_fields=COLUMNS
            )
        else:
            write_new(rows)
        self.settle(rows)
        batch.save(update_fields=["rows", "cursor", "lease_until", *Outcome.values])
        self.batch, self.done = batch, batch.rows
        return found

    def row_of(self, found: RowOutcome) -> ImportRow:
        left_out = self.resource.left_out
        pairs = zip(self.table.headers, found.row.cells, strict=True)
        return ImportRow(
            batch=self.batch,
            number=found.row.number,
            outcome=found.outcome,
            record_key=found.key[:80],
            # What is not collected is not kept with the row either.
            values={header: text for header, text in pairs if header not in left_out},
            problems=[problem.as_dict() for problem in found.problems],
            waits=found.waits and not self.resource.last_round,
            record_id=found.record_id,
            last_event=found.last_event,
            before=found.before,
            key_hash=hashed(self.resource.kind, found.own_key),
        )

    def settle(self, rows: list[ImportRow]) -> None:
        """Rows of earlier imports that wait for a decision, and came in now, wait there no more: known by key, or by the report's
        columns. A row that comes with these and is refused again waits in this import, not in two."""
        assert self.batch is not None  # noqa: S101 (for the type checker)
        good = [row for row in rows if row.outcome in (Outcome.CREATED, Outcome.UPDATED, Outcome.SAME)]
        if not self.open_before or not (good or self.named):
            return
        waiting = ImportRow.objects.filter(
            outcome__in=[Outcome.QUARANTINED, Outcome.SKIPPED],
            settled_by__isnull=True,
            batch__kind=self.batch.kind,
            batch_id__lt=self.batch.pk,
        )
        same = Q(key_hash__in={row.key_hash for row in good if row.key_hash})
        named: dict[str, list[int]] = {}
        for row in rows:
            key, number = (row.values.get(header, "").strip() for header in self.named) if self.named else ("", "")
            if key.startswith("imp-") and number.isascii() and number.isdigit() and len(number) < 9:
                named.setdefault(key, []).append(int(number))
        for key, numbers in named.items():
            whose = {} if getattr(self.resource.actor, "is_superuser", False) else {"batch__actor_id": self.batch.actor_id}
            same |= Q(batch__key=key, number__in=numbers, **whose)
        numbers_of = list(waiting.filter(same).values_list("pk", flat=True))
        if numbers_of:
            ImportRow.objects.filter(pk__in=numbers_of).update(settled_by=self.batch)

    # --- the end ------------------------------------------------------------------------------------------------------

    def skip_the_rest(self) -> None:
        """The import was stopped: the rows that are left are skipped, and come with the file of those that did not go in."""
        assert self.batch is not None  # noqa: S101 (for the type checker)
        ImportBatch.objects.filter(pk=self.batch.pk).update(stop_asked=False)
        problem = Problem(_("The import was stopped before this row."), remedy=_("Import the file again, or this row."))
        for rows in chunked(self.rows_to_do(), CHUNK):
            found = [RowOutcome(row, str(Outcome.SKIPPED), problems=[] if row.is_blank else [problem]) for row in rows]
            self.keep(lambda found=found: found, rows[-1].number)
            for each in found:
                self.outcomes.note(each)

    def finish(self, state: str) -> None:
        """The batch has an outcome for every row."""
        assert self.batch is not None  # noqa: S101 (for the type checker)
        notes = [*self.table.notes, *self.resource.notes, *self.resource.notes_of_texts()]
        ImportRow.objects.filter(batch=self.batch, waits=True).update(waits=False)
        mine = ImportBatch.objects.filter(pk=self.batch.pk, lease_by=self.batch.lease_by)
        mine.update(state=state, notes=notes, finished_at=timezone.now(), lease_by="", lease_until=None, stop_asked=False)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles meanwhile: a chunk makes many objects and hardly a cycle, and the search is a fifth of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def hashed(kind: str, key: str) -> str:
    return hashlib.blake2b(f"{kind}|{key}".encode("utf-8", "replace"), digest_size=16).hexdigest() if key else ""


def named_columns(headers: list[str]) -> tuple[str, str] | None:
    """The headers of the columns "import" and "row" of our report, in either language, where the file has both."""
    folded = {fold(header): header for header in headers}
    found = [next((folded[name] for name in names if name in folded), "") for names in REPORTED]
    return (found[0], found[1]) if all(found) else None


def chunked(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, size)):
        yield chunk
