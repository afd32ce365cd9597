"""Writing many new rows of a model: what `bulk_create` writes, in a fraction of its time.

Django makes an expression of every value, and PostgreSQL reads a statement of several thousand literals. Here the values of a
row are made by what each column needs and no more, and go by COPY on PostgreSQL and by one prepared statement on SQLite.
Constraints, defaults of sequences and triggers are the same. A model with a kind of column that is not known here goes by
`bulk_create`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models.base import ModelState
from django.utils.functional import Promise

#: Kinds of columns whose values are written here as `get_db_prep_save` would write them.
PLAIN = frozenset(
    {
        *("AutoField", "BigAutoField", "CharField", "TextField", "SlugField", "BooleanField", "ForeignKey", "OneToOneField"),
        *("IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"),
        *("DateField", "DateTimeField", "JSONField"),
    }
)


#: What SQLite takes as it is: most values, for which a call each would cost more than writing them.
NATIVE = frozenset({str, int, bool, float, type(None)})


class Null:
    """NULL for the writer of CSV: it does not quote numbers, and this one is a number without digits."""

    def __index__(self) -> int:
        raise TypeError

    def __str__(self) -> str:
        return ""


NULL = Null()


def made(model: Any, /, **values: Any) -> Any:
    """A new instance with these values (of relations, the id) and the defaults of its other columns, as `Model(…)` makes it but
    without its signals and checks: for rows of which thousands are made at once."""
    record = model.__new__(model)
    given = {name: default() if callable(default) else default for name, default in defaults_of(model) if name not in values}
    record.__dict__.update(given, **values)
    record._state = ModelState()
    return record


@cache
def defaults_of(model: Any) -> list[tuple[str, Any]]:
    """(attribute, value or what makes it) of every column."""
    fixed = (str, int, bool, type(None))
    return [
        (
            field.attname,
            default if isinstance(default := field.get_default(), fixed) and not field.has_default() else field.get_default,
        )
        for field in model._meta.concrete_fields
    ]


def write_new(records: Sequence[Any]) -> None:
    """Insert new records of one model, with their ids where they have one. Raises what `bulk_create` raises."""
    if not records:
        return
    model: Any = type(records[0])
    columns = columns_of(model)
    if columns is None:
        model._base_manager.bulk_create(records)
        return
    if records[0].pk is None:
        columns = columns.without(model._meta.pk.column)
    write_rows(model, columns.names, columns.rows(records))
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def write_rows(model: Any, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Insert plain values: text, numbers, yes or no, days and moments, None."""
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        text = io.StringIO()
        # What is quoted is text, even an empty one; what is not quoted and empty is NULL.
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerows([NULL if value is None else value for value in row] for row in rows)
        text.seek(0)
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN WITH (FORMAT csv)', text)
        return
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({places})',  # noqa: S608 (names of our own)
            [[value if type(value) in NATIVE else bound(value) for value in row] for row in rows],
        )


def bound(value: Any) -> Any:
    """A value as SQLite takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, (dt.date, Promise)) else value


@dataclass(frozen=True)
class Columns:
    """Columns of a model: their names and attributes, the fields that set their value before it is saved, and the attributes that
    are kept as JSON."""

    names: list[str]
    attributes: list[str]
    prepared: list[Any]
    json: frozenset[str]

    def without(self, name: str) -> Columns:
        left = [pair for pair in zip(self.names, self.attributes, strict=True) if pair[0] != name]
        return Columns(
            [column for column, _attribute in left], [attribute for _column, attribute in left], self.prepared, self.json
        )

    def rows(self, records: Iterable[Any]) -> Iterator[Iterable[Any]]:
        values = attrgetter(*self.attributes)
        packed = [place for place, attribute in enumerate(self.attributes) if attribute in self.json]
        for record in records:
            for field in self.prepared:
                field.pre_save(record, True)
            row = values(record)
            if packed:
                row = list(row)
                for place in packed:
                    if row[place] is not None:
                        row[place] = json.dumps(row[place])
            yield row


@cache
def columns_of(model: Any) -> Columns | None:
    """The columns of a model; None where one of them is of a kind that is not known here."""
    fields = model._meta.concrete_fields
    if any(f.get_internal_type() not in PLAIN or f.generated or getattr(f, "encoder", None) is not None for f in fields):
        return None
    own = [f for f in fields if type(f).pre_save is not models.Field.pre_save]
    # Of moments only those that set themselves; other kinds write into the record what they clean.
    prepared = [f for f in own if not isinstance(f, models.DateField) or f.auto_now or f.auto_now_add]
    return Columns(
        [f.column for f in fields],
        [f.attname for f in fields],
        prepared,
        frozenset(f.attname for f in fields if isinstance(f, models.JSONField)),
    )
