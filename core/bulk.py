"""Writing many new rows of a model: what `bulk_create` writes, in a fraction of its time.

Django makes an expression of every value, and PostgreSQL reads a statement of several thousand literals. Here the values of a
row are made by what each column needs and no more, and go by COPY on PostgreSQL and by one prepared statement on SQLite.
Constraints, defaults of sequences and triggers are the same. A column of a kind that is not known here goes by `bulk_create`.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.utils.functional import Promise

#: Kinds of columns whose values are written here as `get_db_prep_save` would write them.
PLAIN = frozenset(
    {
        *("AutoField", "BigAutoField", "CharField", "TextField", "SlugField", "BooleanField", "ForeignKey", "OneToOneField"),
        *("IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"),
        *("DateField", "DateTimeField", "JSONField"),
    }
)
SPECIAL = re.compile(r"[\\\n\r\t]")
ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
Value = Callable[[Any], Any]


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
        columns = [each for each in columns if each[0] != model._meta.pk.column]
    readers = [reader for _column, reader in columns]
    write_rows(model, [column for column, _reader in columns], ([read(record) for read in readers] for record in records))
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def write_rows(model: Any, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Insert plain values: text, numbers, yes or no, days and moments, None."""
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        text = io.StringIO("\n".join(["\t".join(map(copied, row)) for row in rows]))
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', text)
        return
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({places})',  # noqa: S608 (names of our own)
            [list(map(bound, row)) for row in rows],
        )


def copied(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    text = value if type(value) is str else str(value)
    return text.translate(ESCAPED) if SPECIAL.search(text) else text


def bound(value: Any) -> Any:
    """A value as SQLite takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, (dt.date, Promise)) else value


@cache
def columns_of(model: Any) -> list[tuple[str, Value]] | None:
    """(column, what it is given for a record) of every column of a model; None where one of them is of another kind."""
    found = []
    for field in model._meta.concrete_fields:
        if field.get_internal_type() not in PLAIN or field.generated or getattr(field, "encoder", None) is not None:
            return None
        found.append((field.column, value_of(field)))
    return found


def value_of(field: Any) -> Value:
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda record: None if (value := getattr(record, name)) is None else json.dumps(value)
    if type(field).pre_save is models.Field.pre_save:
        return lambda record: getattr(record, name)
    return lambda record: field.pre_save(record, True)
