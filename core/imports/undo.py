"""Undoing a whole import: created records go, changed ones become what they were; all of it or nothing.

It is refused, with the list, where anything happened later that depends on it: a record changed since, or one to which
others refer. Folios stay given. What a record was is kept with the row of the batch as its cells read, and goes back through the same doors, so
an undone change is validated and leaves its event like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import search
from core.events import acting_from, build_event, record_event
from core.gathering import gathering
from core.imports import candidates
from core.imports.engine import CHUNK, in_turn
from core.imports.entering import entered_with
from core.imports.problems import RowRefused
from core.imports.reader import Table
from core.imports.registry import resource_for
from core.imports.resource import RecordResource
from core.imports.rows import Rows
from core.imports.work import chunked
from core.models import Event, SearchEntry
from core.models.event import Origin
from core.models.imports import BatchState, ImportBatch, ImportRow, Outcome
from core.workflow import StepRefused

#: So many obstacles are told; there may be more.
MOST_TOLD = 100
MOST_REASONS = 3
ENDED = (BatchState.DONE, BatchState.STOPPED, BatchState.FAILED)


@dataclass(frozen=True)
class Obstacle:
    """Why the import cannot be undone: the record, and what came of it since."""

    number: int
    key: str
    reason: str


class UndoRefused(StepRefused):
    """Nothing was undone. `obstacles` says where later changes depend on the import."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(_("This import cannot be undone: later changes depend on it."), code="depends")
        self.obstacles = obstacles


def undo(*, batch: ImportBatch, actor: Any) -> None:
    """Take a batch back, with the records that were entered for it, as one transaction. Raises `UndoRefused` with the obstacles, or `StepRefused`."""
    with transaction.atomic(), acting_from(Origin.IMPORT):
        undo_one(batch, actor)
        for other in entered_with(batch):
            if other.state in ENDED:
                undo_one(other, actor)


def undo_one(batch: ImportBatch, actor: Any) -> None:
    """In the transaction of the caller."""
    resource = resource_for(batch.kind)(actor=actor, edition=batch.edition_slug)
    if not resource.allowed():
        raise PermissionDenied
    in_turn(batch.kind)
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state not in ENDED:
        raise StepRefused(
            _("This import is not one that can be undone: it is “%(state)s”.") % {"state": locked.get_state_display()}
        )
    work = Undoing(locked, resource)
    work.everything()
    if work.obstacles:
        raise UndoRefused(work.obstacles)
    record_event(locked, "undo", actor=actor, changes={"state": [locked.state, str(BatchState.UNDONE)]})
    locked.settles.update(settled_by=None)
    locked.state, locked.undone_at, locked.undone_by_id = BatchState.UNDONE, timezone.now(), getattr(actor, "pk", None)
    locked.save(update_fields=["state", "undone_at", "undone_by"])


def obstacles_of(batch: ImportBatch, actor: Any) -> list[Obstacle]:
    """What stands against undoing a batch now; nothing is changed."""
    resource = resource_for(batch.kind)(actor=actor, edition=batch.edition_slug)
    work = Undoing(batch, resource)
    for rows in work.written():
        work.look_at(rows)
    return work.obstacles


class Undoing:
    """One batch on its way back. `obstacles` fills; whoever calls throws everything away when there are any."""

    def __init__(self, batch: ImportBatch, resource: RecordResource) -> None:
        self.batch = batch
        self.resource = resource
        self.model: Any = resource.model
        self.obstacles: list[Obstacle] = []
        resource.names_given = {"edition"} if batch.edition_slug == "" else set()

    def everything(self) -> None:
        """Newest records first: what one row of the file built on another goes before it."""
        for rows in self.written():
            created = [row for row in rows if row.outcome == Outcome.CREATED]
            there = self.look_at(rows)
            if self.obstacles:
                continue
            self.put_back([row for row in rows if row.outcome == Outcome.UPDATED])
            self.remove([(row, there[row.record_id]) for row in created if row.record_id in there])

    def written(self) -> Iterator[list[ImportRow]]:
        rows = self.batch.outcomes.filter(outcome__in=[Outcome.CREATED, Outcome.UPDATED]).order_by("-record_id")
        return chunked(rows.iterator(chunk_size=CHUNK), CHUNK)

    def obstacle(self, row: ImportRow, reason: str) -> None:
        if len(self.obstacles) < MOST_TOLD:
            self.obstacles.append(Obstacle(row.number, row.record_key, reason))

    # --- looking ------------------------------------------------------------------------------------------------------

    def look_at(self, rows: list[ImportRow]) -> dict[int, Any]:
        """Note what stands against these rows; the records by id."""
        there = {record.pk: record for record in self.model._base_manager.filter(pk__in=[row.record_id for row in rows])}
        latest = self.latest(there.values())
        referring = self.referring(
            [there[row.record_id] for row in rows if row.outcome == Outcome.CREATED and row.record_id in there]
        )
        for row in rows:
            record = there.get(row.record_id)
            if record is None:
                self.obstacle(row, _("It is no longer there."))
            elif latest.get(record.pk, 0) > (row.last_event or 0):
                self.obstacle(row, _("It was changed later."))
            elif row.outcome == Outcome.CREATED:
                for sentence in referring.get(record.pk, ()):
                    self.obstacle(row, sentence)
        return there

    def latest(self, records: Any) -> dict[int, int]:
        """Record → the last event of it and of what was made with it."""
        found: dict[int, int] = {}
        near: dict[str, dict[int, int]] = {}
        for record in records:
            for other in (record, *self.resource.made_with(record)):
                near.setdefault(other._meta.label_lower, {})[other.pk] = record.pk
        for label, ids in near.items():
            events = Event.objects.filter(model=label, record_id__in=ids).values_list("record_id").annotate(Max("id")).order_by()
            for pk, last in events:
                found[ids[pk]] = max(last, found.get(ids[pk], 0))
        return found

    def referring(self, records: list[Any]) -> dict[int, list[str]]:
        """Record → what refers to it, so that it cannot go: one query for each kind of relation."""
        ids = [record.pk for record in records]
        own = {type(other) for record in records for other in self.resource.goes_with(record)}
        links = {(field.remote_field.through, field.m2m_field_name()) for field in self.model._meta.many_to_many}
        found: dict[int, list[str]] = {}
        for relation in self.model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete) or relation.many_to_many:
                continue
            other, name = relation.related_model, relation.field.name
            if other in own or (other, name) in links:
                continue
            for each in self.outside(other._base_manager.filter(**{f"{name}__in": ids})):
                told = found.setdefault(getattr(each, relation.field.attname), [])
                if len(told) < MOST_REASONS:
                    told.append(said(each))
        return found

    def outside(self, others: Any) -> list[Any]:
        """Those of some referring records that the import did not make itself: they go before what they refer to."""
        found = list(others[:CHUNK])
        if found and isinstance(found[0], self.model):
            ids = self.batch.outcomes.filter(outcome=Outcome.CREATED, record_id__in=[each.pk for each in found])
            made = set(ids.values_list("record_id", flat=True))
            return [each for each in found if each.pk not in made]
        return found

    # --- doing --------------------------------------------------------------------------------------------------------

    def put_back(self, rows: list[ImportRow]) -> None:
        """The changed records as they were, through the doors."""
        resource = self.resource
        resource.names_given = {name for row in rows for name in row.before}
        if not rows:
            return
        resource.settle_place(Table([], Rows()))
        if resource.gathers:
            with gathering() as gathered:
                good = [(row, aside) for row in rows if (aside := self.understood(row)) is not None]
                gathered.hold(resource.look_for([aside for _row, aside in good]))
                for row, aside in good:
                    resource.take_up(aside)
                    self.decide(row)
                resource.found = None
                if not self.obstacles:
                    gathered.write()
        else:
            for row in rows:
                if self.understood(row) is not None:
                    self.decide(row)
        if not self.obstacles:
            self.compare(rows)

    def understood(self, row: ImportRow) -> Any:
        try:
            self.resource.understand(dict(row.before))
        except RowRefused as error:
            self.obstacle(row, " ".join(problem.sentence for problem in error.problems))
            return None
        return self.resource.put_aside()

    def decide(self, row: ImportRow) -> None:
        try:
            self.resource.decide()
        except RowRefused as error:
            self.obstacle(row, " ".join(problem.sentence for problem in error.problems))

    def compare(self, rows: list[ImportRow]) -> None:
        """What a door does not take back (a consent that was withdrawn) is told, not passed over."""
        there = {record.pk: record for record in self.model._base_manager.filter(pk__in=[row.record_id for row in rows])}
        for row in rows:
            now = self.resource.texts_of(there[row.record_id])
            other = [self.resource.fields[name].header for name, text in row.before.items() if now.get(name) != text]
            if other:
                self.obstacle(row, _("These cells cannot be put back: %(names)s.") % {"names": ", ".join(other)})

    def remove(self, pairs: list[tuple[ImportRow, Any]]) -> None:
        """The created records, with what was made with them and their entries in the search."""
        events = []
        named: dict[str, list[int]] = {}
        for _row, record in pairs:
            goes = [*self.resource.goes_with(record), record, *self.resource.made_with(record)]
            events += [
                build_event(each, "remove", actor=self.resource.actor, reason=self.batch.key)
                for each in goes
                if hasattr(each, "public_key")
            ]
            for each in goes:
                label, pk = each._meta.label_lower, each.pk
                found = SearchEntry.objects.filter(model=label, record_id=pk)
                numbers = list(found.values_list("pk", flat=True)) if hasattr(each, "search_entry") else []
                if numbers:
                    search.engine().forget(numbers)
                    found.delete()
                named.setdefault(label, []).append(pk)
                each.delete()
        for label, ids in named.items():
            candidates.forget(label, ids)
        Event.objects.bulk_create(events)


def said(other: Any) -> str:
    """What refers, in words."""
    if other._meta.auto_created:
        return _("Other records are linked to it.")
    return _("%(thing)s “%(other)s” belongs to it.") % {"thing": other._meta.verbose_name, "other": other}
