"""The whole of a large file tried before it goes in: in the background, through the queue, so that a page tells of all its rows.

A trial is a batch that writes nothing (`ImportBatch.trial`): it stands in the queue, tells how far it is and can be stopped like
any other. It belongs to one waiting file and to what was said about it: another word makes another trial, and the one before
ends. What became of the rows is kept beside the file.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import tempfile
from collections.abc import Callable
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from core.events import current_origin
from core.imports.outcomes import Outcomes
from core.imports.plan import Plan
from core.imports.problems import Problem
from core.imports.reader import Table
from core.imports.work import LEASE, Leaving, Stopped, Work
from core.models.imports import BatchState, ImportBatch, Outcome

UNDER_WAY = (BatchState.QUEUED, BatchState.RUNNING)


def mark_of(plan: Plan) -> str:
    """Tells one plan from another. What was left empty counts for nothing."""
    said = {name: filled(value) for name, value in plan.as_dict().items() if name not in ("orders", "entered")}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: inner for key, each in value.items() if (inner := filled(each))}
    return [pair for pair in value if pair[1]] if isinstance(value, list) else value


def trial_of(
    user: Any, kind: str, *, name: str, stored: str, edition: str, plan: Plan, table: Table, begin: bool = True
) -> ImportBatch | None:
    """The trial of the waiting file `stored` as the plan says; it is put into the queue where there is none yet, unless `begin` is
    false. Trials of earlier plans end."""
    trials = ImportBatch.every.filter(trial=True, file=stored, actor=user)
    mark = mark_of(plan)
    found: ImportBatch | None = trials.filter(sha256=mark).exclude(state=BatchState.STOPPED).order_by("-pk").first()
    if found is not None or not begin:
        return found
    trials.filter(state__in=UNDER_WAY).update(stop_asked=True)
    batch = ImportBatch(
        trial=True,
        kind=kind,
        edition_slug=edition[:60],
        file_name=name[:255],
        sha256=mark,
        plan=plan.as_dict(),
        actor=user,
        origin=current_origin(),
        total=len(table.rows),
        language=get_language() or "",
        state=BatchState.QUEUED,
    )
    batch.file.name = stored
    batch.save()
    return batch


def mine(batch: ImportBatch) -> Any:
    return ImportBatch.every.filter(pk=batch.pk, lease_by=batch.lease_by, state=BatchState.RUNNING)


def carry_out(batch: ImportBatch, resource: Any, table: Table, leaving: Callable[[], bool] | None) -> None:
    """Try every row, and keep what became of it. Raises `Leaving`, or `Stopped` when the batch is another worker's now."""
    outcomes = Outcomes(table.rows)

    def told() -> dict[str, int]:
        return {"rows": len(outcomes), **{name: outcomes.counts[name] for name in Outcome.values}}

    def progress(_done: int, _of: int) -> None:
        if leaving is not None and leaving():
            raise Leaving
        if not mine(batch).update(lease_until=timezone.now() + LEASE, **told()):
            raise Stopped(lost=True)
        if mine(batch).filter(stop_asked=True).exists():
            raise Stopped(lost=False)

    from core.imports.runner import notes_of_trial

    work = Work(None, resource, table, outcomes, progress, dry=True)
    try:
        work.all_rows()
    except Stopped as stop:
        if stop.lost:
            raise
        mine(batch).update(state=BatchState.STOPPED, lease_by="", lease_until=None, finished_at=timezone.now())
        return
    keep(batch, outcomes)
    notes = [*table.notes, *resource.notes, *resource.notes_of_texts(), *notes_of_trial(work)]
    mine(batch).update(state=BatchState.DONE, notes=notes, lease_by="", lease_until=None, finished_at=timezone.now(), **told())


# --- what became of the rows ------------------------------------------------------------------------------------------


def place(batch: ImportBatch) -> str:
    return f"{batch.file.name}.{batch.key}"


def keep(batch: ImportBatch, outcomes: Outcomes) -> None:
    """A line with the outcome of each row, then one for each refused row with its reasons."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as text:
        text.write(base64.b64encode(bytes(outcomes.marks)).decode() + "\n")
        for number, problems in outcomes.all_reasons():
            text.write(json.dumps([number, [problem.as_dict() for problem in problems]]) + "\n")
        text.flush()
        default_storage.save(place(batch), File(text.buffer))


def outcomes_of(batch: ImportBatch, table: Table) -> Outcomes | None:
    """What became of the rows of `table` in a trial that is done; None where it is kept no more."""
    outcomes = Outcomes(table.rows)
    try:
        with default_storage.open(place(batch)) as file, io.TextIOWrapper(file, encoding="utf-8") as lines:  # type: ignore[type-var]
            marks = base64.b64decode(lines.readline())
            reasons = map(json.loads, lines)
            outcomes.put_back(marks, ((number, [Problem(**each) for each in problems]) for number, problems in reasons))
    except (OSError, ValueError):
        return None
    return outcomes


def forget(stored: str) -> None:
    """The waiting file is gone, or goes: so do its trials. One that is under way ends."""
    for batch in ImportBatch.every.filter(trial=True, file=stored):
        with contextlib.suppress(OSError):
            default_storage.delete(place(batch))
        batch.delete()


def sweep(before: Any) -> None:
    """Forget trials of files that nobody confirmed."""
    ImportBatch.every.filter(Q(trial=True) & Q(at__lt=before)).delete()
