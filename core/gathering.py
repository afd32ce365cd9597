"""Many changes written together: within `gathering()` the doors do all that they do, but what they write waits.

An import of 100,000 rows goes through the same doors as a form. Row by row that is some thirty queries a row; here the doors
validate, build their events and hand over what is to be written, and `Gathering.write` brings it to the database in a few
statements. New records get their ids at once (from the sequence), so that whatever follows can point to them.

Nothing else may be assumed: a rule that only the database can answer (a key that is taken) is asked for all records
together in `taken`, and the rows that it refuses go through the doors once more, one by one, which says why.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, models, transaction

from core import search
from core.bulk import write_new, write_rows
from core.checking import clean_fields
from core.conditions import holds
from core.imports.candidates import keys_of_record, names_of
from core.models import Event
from core.models.folio import note_number as note_number_now
from core.models.tally import TIDY_EVERY
from core.models.tally import compact as compact_tallies
from core.outbox.writing import announce

if TYPE_CHECKING:
    from core.imports.candidates import ReadTogether
    from core.imports.matching import Asked

_now: ContextVar[Gathering | None] = ContextVar("gathering", default=None)
#: Ids that are taken from a sequence at once.
BLOCK = 500

NEW, CHANGED, LINKED, EVENT, SEARCH, NUMBER = range(6)


def current() -> Gathering | None:
    """The gathering of this block, None outside of one: then everything is written at once."""
    return _now.get()


@contextmanager
def gathering(*, dry: bool = False) -> Iterator[Gathering]:
    """Within this block doors hand over what they write. `dry`: it will never be written, and no row is locked."""
    gathered = Gathering(dry=dry)
    token = _now.set(gathered)
    try:
        yield gathered
    finally:
        _now.reset(token)


@contextmanager
def at_once() -> Iterator[None]:
    """Within this block doors write at once again."""
    token = _now.set(None)
    try:
        yield
    finally:
        _now.reset(token)


def together() -> AbstractContextManager[Any]:
    """The transaction of a door that does several things; within a gathering they wait together anyway."""
    return nullcontext() if _now.get() is not None else transaction.atomic()


def insert(row: models.Model) -> None:
    """Save a new row that belongs to a record under change and has no event of its own."""
    gathered = _now.get()
    if gathered is None:
        row.save()
    else:
        gathered.add(row)


def rederive(record: Any) -> Any:
    """Write the columns that the application derives; answers with the record as it then stands."""
    gathered = _now.get()
    if gathered is None:
        record.save(update_fields=[])
    else:
        gathered.change(record, [])
    return record


def note_number(scope: str, number: int) -> None:
    """See `core.models.folio.note_number`."""
    gathered = _now.get()
    if gathered is None:
        note_number_now(scope, number)
    else:
        gathered.put(NUMBER, scope, number)


class Gathering:
    """What waits to be written, in order. `tag` says which row of the file it comes from."""

    def __init__(self, *, dry: bool = False) -> None:
        self.dry = dry
        self.tag: Any = None
        self.waiting: list[tuple[Any, ...]] = []
        #: (model, id) → the record as it stands after what waits.
        self.standing: dict[tuple[type[models.Model], Any], Any] = {}
        self.held: dict[tuple[type[models.Model], Any], Any] = {}
        #: (model, number of a name) → (head, tail, record) of those that wait; model → what was read of those in the database.
        self.by_number: dict[tuple[type[models.Model], int], list[tuple[int, int, Any]]] = {}
        self.read: dict[type[Any], ReadTogether] = {}
        self.ids: dict[type[models.Model], Iterator[int]] = {}

    # --- what the doors hand over -------------------------------------------------------------------------------------

    def put(self, kind: int, *what: Any) -> None:
        self.waiting.append((self.tag, kind, *what))

    def add(self, record: Any) -> None:
        """A new record; it gets its id now."""
        record.pk = self.next_id(type(record))
        self.put(NEW, record)
        self.standing[type(record), record.pk] = record

    def change(self, record: Any, names: list[str]) -> None:
        """`names` of a record that was there, or was added here, are new."""
        key = (type(record), record.pk)
        self.put(CHANGED, record, frozenset({*names, *record.refresh_derived(), "updated_at"}), self.standing.get(key))
        self.standing[key] = record

    def link(self, record: Any, name: str, before: list[Any], after: list[Any]) -> None:
        there, wanted = {item.pk for item in before}, {item.pk for item in after}
        if there != wanted:
            self.put(LINKED, record, name, sorted(there - wanted), sorted(wanted - there))

    def event(self, event: Event, record: Any) -> None:
        self.put(EVENT, event, record)

    def refresh(self, record: Any) -> None:
        self.put(SEARCH, record)
        if (names := names_of(type(record))) is not None:
            for number, head, tail in keys_of_record(record, names):
                self.by_number.setdefault((type(record), number), []).append((head, tail, record))

    def named(self, model: type[Any], asked: Asked) -> list[Any]:
        """Records that wait and have a name that is asked for (`core.imports.candidates`), as they stand."""
        found = {
            record.pk
            for number in asked.every
            for head, tail, record in self.by_number.get((model, number), ())
            if asked.meets((number, head, tail))
        }
        return [self.standing[model, pk] for pk in sorted(found) if (model, pk) in self.standing]

    def locked(self, record: Any) -> Any:
        """The row as it stands, for a change; None when it is gone."""
        key = (type(record), record.pk)
        found = self.standing.get(key)
        if found is None:
            rows = type(record)._base_manager.filter(pk=record.pk)
            found = (rows if self.dry else rows.select_for_update()).first()
            if found is None:
                return None
            self.standing[key] = self.held[key] = found
        return twin(found)

    def hold(self, records: list[Any]) -> None:
        """These records were read (and locked, unless dry) for this gathering."""
        for record in records:
            key = (type(record), record.pk)
            if key not in self.standing:
                # A copy: what a door does to the caller's record, and a refused row takes back, is not what stands.
                self.standing[key] = self.held[key] = twin(record)

    def changed_since(self, model: type[models.Model], pk: Any) -> Any:
        """The record as an earlier row left it; None where no row changed it."""
        found = self.standing.get((model, pk))
        return twin(found) if found is not None and found is not self.held.get((model, pk)) else None

    def first_of(self, model: type[models.Model], **values: Any) -> Any:
        """A record with these values that waits, or was read for this gathering, as it stands; None without one."""
        for (kind, _pk), record in self.standing.items():
            if kind is model and all(getattr(record, name) == value for name, value in values.items()):
                return twin(record)
        return None

    def next_id(self, model: type[models.Model]) -> int:
        for _attempt in range(2):
            if (number := next(self.ids.get(model, iter(())), None)) is not None:
                return number
            self.ids[model] = iter(self.block(model))
        raise RuntimeError("no id")

    def block(self, model: type[models.Model]) -> list[int]:
        if self.dry:
            self.dry_ids = getattr(self, "dry_ids", 0) - BLOCK
            return list(range(self.dry_ids, self.dry_ids + BLOCK))
        table = model._meta.db_table
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, BLOCK])
                return [row[0] for row in cursor.fetchall()]
            # The transaction holds the only right to write; the table remembers the highest id that was ever given.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = max([row[0] if row else 0, self.highest.get(model, 0)]) + 1
        self.highest[model] = first + BLOCK - 1
        return list(range(first, first + BLOCK))

    @property
    def highest(self) -> dict[type[models.Model], int]:
        found: dict[type[models.Model], int] = self.__dict__.setdefault("_highest", {})
        return found

    # --- taking back --------------------------------------------------------------------------------------------------

    def mark(self) -> int:
        return len(self.waiting)

    def back_to(self, mark: int) -> None:
        """Forget what was handed over since `mark`."""
        while len(self.waiting) > mark:
            _tag, kind, *what = self.waiting.pop()
            if kind == NEW:
                self.standing.pop((type(what[0]), what[0].pk), None)
            elif kind == CHANGED:
                key = (type(what[0]), what[0].pk)
                if what[2] is None:
                    self.standing.pop(key, None)
                else:
                    self.standing[key] = what[2]

    def drop(self, tags: set[Any]) -> None:
        """Forget what comes from these rows."""
        self.waiting = [each for each in self.waiting if each[0] not in tags]

    # --- validation ---------------------------------------------------------------------------------------------------

    def check(self, record: Any, names: set[str] | None = None) -> None:
        """`full_clean` without asking the database: of `names` only, where given. Raises ValidationError."""
        exclude = {field.name for field in relations_of(type(record)) if self.known(record, field)}
        if names is not None:
            exclude |= {field.name for field in record._meta.concrete_fields if field.name not in names}
        errors: dict[str, Any] = {}
        try:
            clean_fields(record, exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        try:
            record.clean()
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        outside = {name for name in errors if name != NON_FIELD_ERRORS}
        if names is not None:
            outside |= {field.name for field in record._meta.concrete_fields if field.name not in names}
            if any(getattr(record._meta.get_field(name), "unique", False) for name in names):
                record.validate_unique(exclude=outside)
        for constraint in record._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) or holds(constraint.condition, record) is True:
                continue
            try:
                constraint.validate(type(record), record, exclude=outside)
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def known(self, record: Any, field: Any) -> bool:
        """A foreign key whose record is at hand was read from the database, or waits here."""
        return getattr(record, field.attname) is not None and bool(field.is_cached(record))

    def taken(self) -> set[Any]:
        """The rows whose new records have a key that the database, or an earlier row, has already. A query a key."""
        fresh: dict[type[models.Model], list[tuple[Any, Any]]] = {}
        for tag, kind, *what in self.waiting:
            if kind == NEW:
                fresh.setdefault(type(what[0]), []).append((tag, what[0]))
        found: set[Any] = set()
        for model, records in fresh.items():
            for names in keys_of(model):
                seen: set[tuple[Any, ...]] = set()
                values = [(tag, tuple(getattr(record, name) for name in names)) for tag, record in records]
                there = self.there(model, names, {value for _tag, value in values})
                for tag, value in values:
                    if None not in value and (value in there or value in seen):
                        found.add(tag)
                    seen.add(value)
        return found

    def there(self, model: type[models.Model], names: tuple[str, ...], values: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        wanted = {f"{name}__in": {value[place] for value in values} for place, name in enumerate(names)}
        return set(model._base_manager.filter(**wanted).values_list(*names))

    # --- writing ------------------------------------------------------------------------------------------------------

    def write(self) -> dict[Any, list[int]]:
        """Everything at once, in the transaction of the caller; the ids of the events by tag."""
        new: dict[type[models.Model], dict[Any, Any]] = {}
        changed: dict[tuple[type[models.Model], Any], tuple[Any, frozenset[str]]] = {}
        links: list[tuple[Any, ...]] = []
        events: list[tuple[Any, Event, Any]] = []
        found: dict[tuple[type[models.Model], Any], Any] = {}
        numbers: dict[str, int] = {}
        for tag, kind, *what in self.waiting:
            if kind == NEW:
                new.setdefault(type(what[0]), {})[what[0].pk] = what[0]
            elif kind == CHANGED:
                record, names = what[0], what[1]
                if record.pk in new.get(type(record), {}):
                    new[type(record)][record.pk] = record
                else:
                    before = changed.get((type(record), record.pk), (record, frozenset()))
                    changed[type(record), record.pk] = (record, before[1] | names)
            elif kind == LINKED:
                links.append(tuple(what))
            elif kind == EVENT:
                events.append((tag, what[0], what[1]))
            elif kind == SEARCH:
                found[type(what[0]), what[0].pk] = what[0]
            else:
                numbers[what[0]] = max(what[1], numbers.get(what[0], 0))
        fresh = {model: set(records) for model, records in new.items()}
        for rows in new.values():
            write_new(list(rows.values()))
        groups: dict[tuple[type[models.Model], frozenset[str]], list[Any]] = {}
        for (model, _pk), (record, names) in changed.items():
            groups.setdefault((model, names), []).append(record)
        for (model, names), records in groups.items():
            model._base_manager.bulk_create(records, update_conflicts=True, unique_fields=["id"], update_fields=sorted(names))
        write_links(links)
        for _tag, event, _record in events:
            event.pk = self.next_id(Event)
        write_new([event for _tag, event, _record in events])
        for _tag, event, record in events:
            announce(event, record)
        search.refresh_many(found.values(), fresh)
        for scope, number in numbers.items():
            note_number_now(scope, number)
        if any(event.pk % TIDY_EVERY == 0 for _tag, event, _record in events):
            compact_tallies()
        told: dict[Any, list[int]] = {}
        for tag, event, _record in events:
            told.setdefault(tag, []).append(event.pk)
        self.waiting.clear()
        self.standing.clear()
        self.held.clear()
        return told


def twin(record: Any) -> Any:
    """A copy that can be changed, or thrown away, without the other one."""
    other = copy.copy(record)
    other._state = copy.copy(record._state)
    other._state.fields_cache = dict(record._state.fields_cache)
    if hasattr(record, "_prefetched_objects_cache"):
        other._prefetched_objects_cache = dict(record._prefetched_objects_cache)
    return other


@cache
def relations_of(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation]


@cache
def keys_of(model: type[models.Model]) -> list[tuple[str, ...]]:
    """The names under which a record must be the only one; keys that are made at random are left to the database."""
    single = [
        (field.attname,)
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key and not (field.has_default() and callable(field.default))
    ]
    several = [
        tuple(model._meta.get_field(name).attname for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None and constraint.fields
    ]
    return single + several


def write_links(links: list[tuple[Any, ...]]) -> None:
    rows: dict[tuple[Any, str, str], list[tuple[Any, Any]]] = {}
    for record, name, gone, come in links:
        field = type(record)._meta.get_field(name)
        through = field.remote_field.through
        ours = through._meta.get_field(field.m2m_field_name()).attname
        theirs = through._meta.get_field(field.m2m_reverse_field_name()).attname
        if gone:
            through._base_manager.filter(**{ours: record.pk, f"{theirs}__in": gone}).delete()
        rows.setdefault((through, ours, theirs), []).extend((record.pk, pk) for pk in come)
    for (through, *columns), added in rows.items():
        write_rows(through, columns, added)
