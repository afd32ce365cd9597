"""Taking one file through a resource: every row gets exactly one outcome, the batch remembers all of them.

A small file is one transaction. A larger one goes in chunks: each chunk is a transaction that also moves the batch's cursor,
so a process that is killed at any instant leaves a batch that is whole up to its cursor and can go on from there. A dry run
does the same and keeps nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.events import acting_from, current_origin
from core.imports.engine import CHUNK
from core.imports.jobs import owner
from core.imports.outcomes import Outcomes, RowOutcome
from core.imports.plan import Plan, known_names
from core.imports.problems import FileRefused
from core.imports.reader import Table, read
from core.imports.registry import resource_for
from core.imports.resource import RecordResource
from core.imports.work import LEASE, Work
from core.models.event import Origin
from core.models.imports import BatchState, ImportBatch, Outcome
from core.text import clean_line
from core.uploads import kept_or_gone

Progress = Callable[[int, int], None]
#: A file with no more rows than these is imported in one transaction, and in the desk while its sender waits.
SMALL = CHUNK


@dataclass
class Run:
    """What an import did (or, as a dry run, would do)."""

    kind: str
    table: Table
    rows: Outcomes
    notes: list[str]
    dry_run: bool = False
    all_or_nothing: bool = False
    batch: ImportBatch | None = None
    #: As it was opened for the file.
    resource: RecordResource | None = None
    #: Header → what it holds, for columns of personal data that are not collected.
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> Counter[str]:
        return self.rows.counts

    @property
    def untried(self) -> int:
        """How many rows of the file have no outcome."""
        return len(self.table.rows) - len(self.rows)

    @property
    def refused(self) -> list[RowOutcome]:
        """The refused rows, at most `core.imports.outcomes.MOST_REFUSED` of them."""
        return [self.rows.refused[number] for number in sorted(self.rows.refused)]

    @property
    def summary(self) -> str:
        """One line: new, changed, same, refused, and skipped where there are some."""
        return summary_of(self.counts)


def summary_of(counts: Counter[str]) -> str:
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


def run_import(
    kind: str,
    *,
    name: str,
    data: bytes | BinaryIO,
    actor: Any,
    edition: str = "",
    dry_run: bool = False,
    all_or_nothing: bool = False,
    plan: Plan | None = None,
    progress: Progress | None = None,
    table: Table | None = None,
    most: int = 0,
) -> Run:
    """Import a file as `kind`, its columns taken as `plan` says. Raises `FileRefused`; refused rows are in the answer.

    `table`: the file as it was read already. `most`: a dry run tries no more than that many rows, and says so.
    """
    resource, table = opened(kind, name, data, actor=actor, edition=edition, plan=plan, table=table)
    run = Run(kind, table, Outcomes(table.rows), [], dry_run, all_or_nothing, resource=resource, left_out=resource.left_out)
    origin = current_origin()
    with acting_from(Origin.IMPORT):
        if dry_run:
            try_out(run, resource, progress, most)
        elif len(table.rows) <= SMALL or all_or_nothing:
            with kept_or_gone() as stored, transaction.atomic():
                batch = start(kind, resource, table, name, data, origin, stored, all_or_nothing=all_or_nothing)
                Work(batch, resource, table, run.rows, progress).everything()
        else:
            with kept_or_gone() as stored, transaction.atomic():
                batch = start(
                    kind, resource, table, name, data, origin, stored, lease_by=owner(), lease_until=timezone.now() + LEASE
                )
            Work(batch, resource, table, run.rows, progress).everything()
    run.notes = [*table.notes, *resource.notes, *resource.notes_of_texts(), *run.notes]
    if not dry_run:
        batch.refresh_from_db()
        run.batch = batch
    return run


def opened(
    kind: str, name: str, data: bytes | BinaryIO, *, actor: Any, edition: str, plan: Plan | None, table: Table | None = None
) -> tuple[RecordResource, Table]:
    """The resource before the first row of the file, and the file as it was read. Raises `FileRefused`."""
    resource = resource_for(kind)(actor=actor, edition=edition)
    if not resource.allowed():
        raise FileRefused(_("You may not import %(kind)s.") % {"kind": kind})
    resource.check_place()
    table = table or read(name, data, known=known_names(resource), reading=plan.reading if plan else None)
    resource.open(table, plan)
    return resource, table


def try_out(run: Run, resource: RecordResource, progress: Progress | None, most: int) -> None:
    """A dry run: nothing that is written stays, and nobody waits long for the right to write."""
    work = Work(None, resource, run.table, run.rows, progress, dry=True, most=most)
    work.all_rows()
    if run.all_or_nothing and run.counts[Outcome.QUARANTINED]:
        run.rows.hold_back()
    run.notes += notes_of_trial(work)
    if most and len(run.table.rows) > most:
        run.notes.append(_("Only the first %(most)s of %(all)s rows were tried.") % {"most": most, "all": len(run.table.rows)})


def notes_of_trial(work: Work) -> list[str]:
    """What a dry run did not look at."""
    if not work.resource.name_column or len(work.outcomes) <= work.size:
        return []
    return [
        _("Names were compared with the records, and within each %(number)s rows; the import compares all rows.")
        % {"number": work.size}
    ]


def start(
    kind: str,
    resource: RecordResource,
    table: Table,
    name: str,
    data: bytes | BinaryIO,
    origin: str,
    stored: list[Any],
    **more: Any,
) -> ImportBatch:
    """The batch with the file as it came, which is named in `stored`. `more`: columns of the batch."""
    file = io.BytesIO(data) if isinstance(data, (bytes, bytearray)) else data
    batch = ImportBatch(
        kind=kind,
        edition_slug=resource.edition_key[:60],
        file_name=clean_line(name)[:255],
        sha256=fingerprint(file),
        plan=resource.plan_used(table),
        mapping=[[header, resource.headers.get(header)] for header in table.headers],
        left_out=list(resource.left_out),
        actor_id=getattr(resource.actor, "pk", None),
        origin=origin,
        total=len(table.rows),
        language=get_language() or "",
        **{"state": BatchState.RUNNING, "lease_by": "at once", "lease_until": timezone.now(), **more},
    )
    stored.append(batch.file)
    batch.file.save("file", File(file), save=False)
    batch.save()
    return batch


def fingerprint(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def enqueue(
    kind: str,
    *,
    name: str,
    data: bytes | BinaryIO,
    actor: Any,
    edition: str = "",
    all_or_nothing: bool = False,
    plan: Plan | None = None,
    table: Table | None = None,
) -> ImportBatch:
    """Put an import into the queue; a worker carries it out. Raises `FileRefused` for a file that cannot be used at all."""
    resource, table = opened(kind, name, data, actor=actor, edition=edition, plan=plan, table=table)
    with kept_or_gone() as stored, transaction.atomic():
        return start(
            *(kind, resource, table, name, data, current_origin(), stored),
            all_or_nothing=all_or_nothing,
            state=BatchState.QUEUED,
            lease_by="",
            lease_until=None,
        )
