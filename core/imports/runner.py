"""Taking one file through a resource: every row gets exactly one outcome, the batch remembers all of them.

The whole run is one transaction and each row a savepoint in it: good rows go in, refused ones are undone and reported,
and a process that is killed leaves nothing behind. A dry run does everything and undoes it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from core.events import acting_from, current_origin
from core.imports.plan import Plan, known_names
from core.imports.problems import FileRefused, Problem, RowRefused
from core.imports.reader import Table, read
from core.imports.registry import resource_for
from core.imports.resource import RecordResource
from core.imports.rows import Row
from core.models.event import Origin
from core.models.imports import ImportBatch, ImportRow, Outcome
from core.text import clean_line
from core.uploads import kept_or_gone

Progress = Callable[[int, int], None]


@dataclass
class RowOutcome:
    row: Row
    outcome: str
    key: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.row.number


@dataclass
class Run:
    """What an import did (or, as a dry run, would do)."""

    kind: str
    table: Table
    rows: list[RowOutcome]
    notes: list[str]
    dry_run: bool = False
    all_or_nothing: bool = False
    batch: ImportBatch | None = None
    #: Header → what it holds, for columns of personal data that are not collected.
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)

    @property
    def refused(self) -> list[RowOutcome]:
        return [row for row in self.rows if row.outcome == Outcome.QUARANTINED]

    @property
    def summary(self) -> str:
        """One line: new, changed, same, refused, and skipped where there are some."""
        counts = self.counts
        numbers = {
            "new": counts[Outcome.CREATED],
            "changed": counts[Outcome.UPDATED],
            "same": counts[Outcome.SAME],
            "refused": counts[Outcome.QUARANTINED],
        }
        line = _("%(new)s new, %(changed)s changed, %(same)s the same, %(refused)s refused") % numbers
        if counts[Outcome.SKIPPED]:
            line += _(", %(skipped)s skipped") % {"skipped": counts[Outcome.SKIPPED]}
        return line


class Undo(Exception):
    """Leaves a transaction without keeping what was done in it."""


def run_import(
    kind: str,
    *,
    name: str,
    data: bytes,
    actor: Any,
    edition: str = "",
    dry_run: bool = False,
    all_or_nothing: bool = False,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Run:
    """Import the file `data` as `kind`, its columns taken as `plan` says. Raises `FileRefused`; refused rows are in the answer."""
    resource_class = resource_for(kind)
    resource = resource_class(actor=actor, edition=edition)
    if not resource.allowed():
        raise FileRefused(_("You may not import %(kind)s.") % {"kind": kind})
    resource.check_place()
    table = read(name, data, known=known_names(resource), reading=plan.reading if plan else None)
    origin = current_origin()
    run = Run(kind, table, [], [], dry_run, all_or_nothing)
    with kept_or_gone() as stored, acting_from(Origin.IMPORT), transaction.atomic():
        resource.open(table, plan)
        run.rows = import_rows(resource, table, progress, dry_run=dry_run, all_or_nothing=all_or_nothing)
        run.left_out = resource.left_out
        run.notes = [*table.notes, *resource.notes, *resource.notes_of_texts()]
        if not dry_run:
            run.batch = keep(run, resource, name, data, origin, stored)
    return run


def import_rows(
    resource: RecordResource, table: Table, progress: Progress | None, *, dry_run: bool, all_or_nothing: bool
) -> list[RowOutcome]:
    """Every row once, and those that wait for another row of the file again, as long as that brings something."""
    outcomes: dict[int, RowOutcome] = {}
    try:
        with transaction.atomic():
            waiting = one_round(resource, table, table.rows, outcomes, progress)
            while waiting:
                before = len(waiting)
                waiting = one_round(resource, table, waiting, outcomes, None)
                if len(waiting) == before:
                    resource.last_round = True
                    one_round(resource, table, waiting, outcomes, None)
                    break
            refused = any(row.outcome == Outcome.QUARANTINED for row in outcomes.values())
            if dry_run or (all_or_nothing and refused):
                raise Undo
    except Undo:
        if all_or_nothing and any(row.outcome == Outcome.QUARANTINED for row in outcomes.values()):
            for row in outcomes.values():
                if row.outcome in (Outcome.CREATED, Outcome.UPDATED):
                    row.outcome = str(Outcome.SKIPPED)
    return [outcomes[row.number] for row in table.rows]


def one_round(
    resource: RecordResource,
    table: Table,
    rows: Iterable[Row],
    outcomes: dict[int, RowOutcome],
    progress: Progress | None,
) -> list[Row]:
    """Import `rows`, note their outcomes, and give back those that wait for others."""
    waiting = []
    for count, row in enumerate(rows, 1):
        outcome, waits = import_one(resource, table, row)
        outcomes[row.number] = outcome
        if waits:
            waiting.append(row)
        if progress is not None:
            progress(count, len(table.rows))
    return waiting


def import_one(resource: RecordResource, table: Table, row: Row) -> tuple[RowOutcome, bool]:
    """The outcome of one row, in a savepoint of its own, and whether it waits for another row."""
    if row.is_blank or row.is_example:
        return RowOutcome(row, str(Outcome.SKIPPED)), False
    if row.problem and not resource.mends(row):
        remedy = _("Correct the row and import it again.")
        return RowOutcome(row, str(Outcome.QUARANTINED), problems=[Problem(row.problem, remedy=remedy)]), False
    texts = resource.texts(table, row)
    key = resource.key_of(texts)
    first = resource.own_keys.get(key)
    if key and first is not None and first != row.number:
        problem = Problem(
            _("Row %(first)s of this file has the same key.") % {"first": first},
            ", ".join(filter(None, map(resource.header_of, resource.identity))),
            "; ".join(texts[name] for name in resource.identity),
            _("Keep one of the two rows."),
        )
        return RowOutcome(row, str(Outcome.QUARANTINED), problems=[problem]), False
    result: Any = None
    try:
        with transaction.atomic():
            result = resource.import_row(texts, None, row_number=row.number, dry_run=False, using_transactions=True)
            if result.validation_error or result.errors:
                raise Undo
    except Undo:
        problems, waits = problems_of(result)
        resource.forget()
        return RowOutcome(row, str(Outcome.QUARANTINED), problems=problems), waits
    outcome = {"new": Outcome.CREATED, "update": Outcome.UPDATED, "skip": Outcome.SAME}[result.import_type]
    return RowOutcome(row, str(outcome), key=resource.record_key()), False


def problems_of(result: Any) -> tuple[list[Problem], bool]:
    """The reasons of a refused row. An error that no input should cause is not a reason: it is raised."""
    if result.errors:
        error = result.errors[0].error
        if isinstance(error, (IntegrityError, DataError)):
            return [Problem(_("The database does not accept these values together."), remedy=_("Check the row."))], False
        raise error
    error = result.validation_error
    if isinstance(error, RowRefused):
        return error.problems, error.waits
    return [Problem(message) for message in error.messages], False


def keep(run: Run, resource: RecordResource, name: str, data: bytes, origin: str, stored: list[Any]) -> ImportBatch:
    """The batch with the file as it came, which is named in `stored`, and the outcome of every row."""
    counts = run.counts
    batch = ImportBatch(
        kind=run.kind,
        edition_slug=resource.edition_key[:60],
        file_name=clean_line(name)[:255],
        sha256=hashlib.sha256(data).hexdigest(),
        plan=resource.plan_used(run.table),
        mapping=[[header, resource.headers.get(header)] for header in run.table.headers],
        actor_id=getattr(resource.actor, "pk", None),
        origin=origin,
        rows=len(run.rows),
        **{str(outcome): counts[outcome] for outcome in Outcome.values},
    )
    stored.append(batch.file)
    batch.file.save("file", ContentFile(data), save=False)
    batch.save()
    ImportRow.objects.bulk_create(
        (
            ImportRow(
                batch=batch,
                number=row.row.number,
                outcome=row.outcome,
                record_key=row.key[:80],
                values={
                    header: text
                    for header, text in zip(run.table.headers, row.row.cells, strict=True)
                    # What is not collected is not kept with the row either.
                    if header not in resource.left_out
                },
                problems=[problem.as_dict() for problem in row.problems],
            )
            for row in run.rows
        ),
        batch_size=500,
    )
    return batch
