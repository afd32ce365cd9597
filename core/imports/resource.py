"""The base of every importable kind: rows become values, values go through the doors.

Built on django-import-export's `Resource`: its declared fields, its row pipeline (`import_row`) and its export. What it
does with model instances is replaced, since here nothing is saved but by a door: see components.md for what was
measured (silent many-to-many losses, duplicates that update each other, unchanged rows counted as updates).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export.resources import Resource

from core import gathering
from core.events import SYSTEM
from core.imports.cells import Many, Reference
from core.imports.columns import ABSENT, Column, same
from core.imports.keys import Keys
from core.imports.opening import Opening
from core.imports.plan import Plan
from core.imports.problems import CellError, Problem, RowRefused
from core.imports.settling import Settling
from core.models.base import Source, entered_as
from core.models.imports import Outcome
from core.workflow import StepRefused, changing, create

#: More records than this are not remembered from chunk to chunk.
MOST_KEPT = 5_000


class RecordResource(Opening, Settling, Resource):
    """One kind of record. Subclasses declare `Column`s and override the hooks at the end of the class."""

    kind: ClassVar[str] = ""
    #: Its rows hold contact data: whoever takes them along as a file shows first who it is.
    personal: ClassVar[bool] = False
    position: ClassVar[int] = 0
    #: Comes and goes only through a page of its own: no command, desk or admin offers it.
    own_page: ClassVar[bool] = False
    #: Its doors can wait (`core.gathering`) and its rows do not name each other: chunks of rows are written together.
    gathers: ClassVar[bool] = False
    #: Columns that say which record a row is about; the file must have them.
    identity: ClassVar[tuple[str, ...]] = ("key",)
    #: Column → what a cell of it may look like, for templates.
    examples: ClassVar[dict[str, str]] = {}
    #: The column of words that a new record needs besides its name, where a name in another file may make one; '' for none.
    asked_of_new: ClassVar[str] = ""
    #: Why a name in another file makes no record of this kind, where it makes none: a sentence for whoever asks.
    made_elsewhere: ClassVar[Any] = ""
    #: Whether an export holds personal data (it then leaves an event).
    is_personal: ClassVar[bool] = False

    class Meta:
        model: Any = None
        skip_diff = True
        skip_html_diff = True

    def __init__(self, *, actor: Any, edition: str = "") -> None:
        super().__init__()
        self.actor = actor
        self.edition_key = edition
        self.cache: dict[Any, dict[str, Any]] = {}
        self.own_keys = Keys()
        self.made_here: dict[int, tuple[Any, Any]] = {}
        self.rows_made: dict[Any, int] = {}
        self.leaning: dict[int, int] = {}
        self.headers: dict[str, str] = {}
        self.notes: list[str] = []
        self.unknown: list[str] = []
        self.last_round = False
        #: In a dry run, model → folded name → the record that will bear it (`core.imports.entering`).
        self.promised: dict[Any, dict[str, Any]] = {}
        self.dry = False
        self.saved: Any = None
        self.before: dict[str, str] = {}
        #: What `look_for` read: key → records; None outside of a chunk.
        self.found: dict[Any, list[Any]] | None = None
        self.values: dict[str, Any] = {}
        self.row: dict[str, str] = {}
        self.plan = Plan()
        self.orders: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.names_given: set[str] = set()
        self.mended: dict[str, int] = {}
        self.as_written: dict[str, str] = {}
        self.column: Any = None
        self.fields.update(self.more_columns())
        for name, column in self.fields.items():
            column.bind(name, self.model)

    @classmethod
    def example_key(cls) -> str:
        """How a record of this kind is named in a cell of another one, for templates."""
        return cls.examples.get("folio") or cls.examples.get(cls.identity[0], "")

    @classmethod
    def named(cls, name: str) -> dict[str, Any]:
        """What an unsaved record with this name is made of, beside its key."""
        return {cls.name_column: name}

    @property
    def model(self) -> type[models.Model]:
        found: type[models.Model] = self._meta.model
        return found

    # --- a row, as the engine takes it --------------------------------------------------------------------------------

    def understand(self, texts: dict[str, str]) -> None:
        """Make values of the texts of a row. Raises `RowRefused`."""
        self.before_import_row(texts)

    def decide(self) -> str:
        """Bring the row that was understood in; answers created, updated or same. Raises `RowRefused`."""
        record = self.get_instance(None, self.row)
        self.before = {}
        if self.skip_row(record, None, self.row):
            return str(Outcome.SAME)
        if record is not None:
            self.before = self.texts_of(record)
        self.save_instance(record, record is None, self.row)
        return str(Outcome.CREATED if record is None else Outcome.UPDATED)

    def texts_of(self, record: Any) -> dict[str, str]:
        """How the cells of a record read now, for the columns of the file: what undo brings back."""
        columns = ((name, self.fields[name]) for name in sorted(self.names_given | set(self.identity)))
        return {name: column.export(record) for name, column in columns if not column.informative}

    def put_aside(self) -> tuple[Any, ...]:
        """The row that was understood, until `take_up`: other rows are understood meanwhile."""
        return self.row, self.values, self.as_written

    def take_up(self, aside: tuple[Any, ...]) -> None:
        self.row, self.values, self.as_written = aside
        self.saved = None

    def prepare(self, chunk: list[dict[str, str]]) -> None:
        """Before a chunk of rows (their texts) is understood: read at once the records that they name."""
        for kept in self.cache.values():
            if len(kept) > MOST_KEPT:
                kept.clear()
        for name, column in self.fields.items():
            widget = column.widget.of if isinstance(column.widget, Many) else column.widget
            if isinstance(widget, Reference) and not column.informative and name in self.names_given:
                parted = [(row, row.get(name, "")) for row in chunk if row.get(name, "").strip()]
                widget.prepare(self, [(row, text.split(";") if column.is_many else [text]) for row, text in parted])

    def locking(self, records: Any, *of: str) -> Any:
        """The records, locked where they may be written."""
        gathered = gathering.current()
        return records if gathered is None or gathered.dry else records.select_for_update(of=of or ("self",))

    def stand_at(self, row: dict[str, str]) -> None:
        """Know where a row belongs before it is understood: what the scope of a reference asks for. May raise `CellError`."""
        self.row, self.values = row, {}

    def look_for(self, chunk: list[tuple[Any, ...]]) -> list[Any]:
        """Read at once the records that the rows of a chunk (as put aside) are about, locked; `find` then asks `self.found`."""
        return []

    # --- a row: the hooks of django-import-export ---------------------------------------------------------------------

    def before_import_row(self, row: dict[str, str], **kwargs: Any) -> None:
        self.row, self.values, self.saved, self.as_written = row, {}, None, {}
        problems: list[Problem] = []
        waits = True
        for name, column in self.fields.items():
            if name not in row or column.informative:
                continue
            text = row[name]
            try:
                value = column.take(text, row, self)
            except CellError as error:
                waits = waits and error.waits
                problems.append(Problem(error.reason, self.header_of(name), text, error.remedy, error.choices, error.part))
                continue
            if value is not ABSENT:
                self.values[name] = value
        for name in self.identity:
            if not row.get(name, "").strip():
                waits = False
                problems.append(Problem(_("This cell must not be empty."), self.header_of(name), "", _("Write the key.")))
        if problems:
            raise RowRefused([*problems, *self.further_problems(problems)], waits=waits and not self.last_round)
        try:
            self.complete()
        except CellError as error:
            raise RowRefused([Problem(error.reason, "", "", error.remedy)], waits=error.waits and not self.last_round) from error

    def further_problems(self, problems: list[Problem]) -> list[Problem]:
        """What the model says of the cells that could be understood, so that one round shows everything."""
        fields = {f.name: f for f in self.model._meta.concrete_fields}
        given = {n: v for n, v in self.values.items() if n in fields and self.fields[n].attribute == n and not self.is_made(n)}
        try:
            self.model(**given).clean_fields(exclude=set(fields) - set(given))
        except (ValidationError, TypeError, ValueError) as error:
            return self.problems_of(error) if isinstance(error, ValidationError) else []
        return []

    def get_instance(self, instance_loader: Any, row: dict[str, str]) -> Any:
        try:
            found = self.find()
            return found if found is not None else self.settled()
        except CellError as error:
            raise RowRefused([Problem(error.reason, "", "", error.remedy)]) from error

    def init_instance(self, row: Any = None) -> None:
        return None

    def import_instance(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
        """Nothing: the values wait in `self.values` for the door."""

    def skip_row(self, instance: Any, original: Any, row: dict[str, str], import_validation_errors: Any = None) -> bool:
        self.saved = instance
        self.changes = self.differences(instance) if instance is not None else self.values
        return instance is not None and not self.changes

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True) -> None:
        """Nothing: the doors validate."""

    def save_instance(self, instance: Any, is_create: bool, row: dict[str, str], **kwargs: Any) -> None:
        try:
            if is_create:
                self.make_key()
            with entered_as(self.values.get("source") or Source.ENTERED):
                self.saved = self.add() if is_create else self.change(instance, self.changes)
        except StepRefused as error:
            raise RowRefused([Problem(str(error))]) from error
        except CellError as error:
            raise RowRefused([Problem(error.reason, "", "", error.remedy)]) from error
        except RowRefused:
            raise
        except ValidationError as error:
            raise RowRefused(self.problems_of(error)) from error

    def save_m2m(self, instance: Any, row: dict[str, str], **kwargs: Any) -> None:
        """Nothing: links go through the door with everything else."""

    def problems_of(self, error: ValidationError) -> list[Problem]:
        """The messages of a failed validation, each with its column and the text of its cell."""
        if not hasattr(error, "error_dict"):
            return [Problem(message) for message in error.messages]
        found = []
        for name, messages in error.message_dict.items():
            header = "" if name == NON_FIELD_ERRORS else self.header_of(self.column_of_problem(name))
            text = self.row.get(self.headers.get(header, ""), "")
            label = "" if header or name == NON_FIELD_ERRORS else f"{name}: "
            found += [Problem(f"{label}{message}", header, text) for message in messages]
        return found

    def differences(self, record: Any) -> dict[str, Any]:
        """The values of the row that are not yet those of the record."""
        return {
            name: value
            for name, value in self.values.items()
            if self.differs(name, before := self.fields[name].current(record), value)
            # A text that stands in the record with its markup is the same, not a new one without.
            and not (name in self.as_written and before == self.as_written[name])
        }

    def forget(self) -> None:
        """A row was undone: what it had found or made may be gone."""
        self.cache.clear()

    def forget_all(self) -> None:
        """All rows so far were undone."""
        self.forget()
        self.made_here.clear()
        self.rows_made.clear()
        self.leaning.clear()
        self.last_made = 0

    # --- what undo needs ----------------------------------------------------------------------------------------------

    def made_with(self, record: Any) -> list[Any]:
        """Records that a row made with the one it is about, and that go with it when the row is undone."""
        return []

    def goes_with(self, record: Any) -> list[Any]:
        """Rows that belong to the record and to nothing else."""
        return []

    # --- what exports need --------------------------------------------------------------------------------------------

    def export_columns(self, records: Any) -> list[Column]:
        """The columns of an export of `records`, numbered ones as many as the fullest record needs."""
        for number in range(1, self.most_numbered(records) + 1):
            for name, column in self.columns_of_number(number).items():
                column.bind(name, self.model)
                self.fields[name] = column
        return [column for column in self.fields.values() if not column.hidden]

    def export_rows(self, records: Any, columns: list[Column]) -> Iterator[list[str]]:
        for record in self.iter_queryset(records):
            yield [column.export(record) for column in columns]

    # --- hooks of each kind -------------------------------------------------------------------------------------------

    def more_columns(self) -> dict[str, Column]:
        """Columns that are not worth writing out one by one."""
        return {}

    def columns_of_number(self, number: int) -> dict[str, Column]:
        """The columns of the row number `number` of a list under the record (clause 3: its text in two languages)."""
        return {}

    def most_numbered(self, records: Any) -> int:
        """How many rows the longest such list among `records` has."""
        return 0

    def column_of_problem(self, name: str) -> str:
        """The column to which a door's complaint about `name` belongs."""
        return name

    def allowed(self) -> bool:
        """Whether the actor may import and export this kind at all; the doors ask again for each record."""
        from_system: bool = self.actor is SYSTEM
        return from_system

    def check_place(self) -> None:
        """Refuse (`FileRefused`) an edition that was asked for and does not exist for the actor."""

    def edition_choices(self) -> list[str]:
        """The editions (slugs) among which the person who imports chooses; none when rows belong to no edition."""
        return []

    def visible(self, model: Any) -> Any:
        """The records of `model` that the actor may name."""
        return model._default_manager.all() if self.actor is SYSTEM else model._default_manager.visible_to(self.actor)

    def complete(self) -> None:
        """Values that follow from others, or from where the import happens; may raise `CellError`."""

    def find(self) -> Any:
        """The record that the row is about, None for a new one."""
        name = self.identity[0]
        text = str(self.values[name])
        if self.found is not None:
            matches = self.found.get(text.upper(), [])
        else:
            matches = list(self.model._default_manager.filter(**{f"{name}__iexact": text})[:10])
        exact = next((record for record in matches if getattr(record, name) == text), None)
        if exact is None and matches:
            there = getattr(matches[0], name)
            reason = _("There is “%(there)s” already, which differs only in upper and lower case.") % {"there": there}
            raise RowRefused([Problem(reason, self.header_of(name), text, _("Write “%(there)s”.") % {"there": there})])
        return exact

    def differs(self, name: str, before: Any, after: Any) -> bool:
        return not same(before, after)

    def split(self, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[Any]]]:
        """(plain values, many-to-many lists) by model field."""
        plain, many = {}, {}
        for name, value in values.items():
            column = self.fields[name]
            (many if column.is_many else plain)[column.attribute or name] = value
        return plain, many

    def add(self) -> Any:
        """Create the record of `self.values`; returns it."""
        plain, many = self.split(self.values)
        return create(self.model(**plain), actor=self.actor, links=many)

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        """Write `changes` into the record; returns it."""
        plain, many = self.split(changes)
        with changing(record, actor=self.actor) as change:
            for name, value in plain.items():
                setattr(change.record, name, value)
            for name, chosen in many.items():
                change.set_links(name, chosen)
        return record

    def records(self) -> Any:
        """The records of an export, in a lasting order."""
        return self.visible(self.model).order_by("pk")

    def may_leave(self, records: Any) -> Any:
        """Those of some records that an export may hold."""
        return records

    def places(self, records: Any) -> list[Any]:
        """The records that keep the event of an export of personal data."""
        return []

    def record_key(self) -> str:
        return str(getattr(self.saved, "public_key", "") or "")


def grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    """(key, record) pairs as lists by key."""
    found: dict[Any, list[Any]] = {}
    for key, record in pairs:
        found.setdefault(key, []).append(record)
    return found
