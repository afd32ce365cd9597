"""Rolls: for each value that a list can be narrowed down by, the records that have it, in every order of the list.

A list of a million proposals that is narrowed down to one state is a walk along one index: the entries of the roll `ps` under
`MX-ZAC`, by folio. Without it the database either gathers all that have the state and sorts them, or walks along all
proposals until enough of them do; each grows with the number of records, for common values or for rare ones.

Like the figures (`core.tally`) a roll is a queryset, or several: rows of (record, value, folio, created, updated), and of the
day on which the value turns into another one, for rolls that are `dated`. Triggers of the database (`core.tally_triggers`)
write the entries of a record anew in the transaction of each change, whatever path it came by. Only what anybody may read
stands in a roll. What depends on the day it is (late, due soon) is compared with `day` when it is read (`core.walks`).

`rebuild` writes all entries anew, `differences` compares them with the records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from core.models import RollEntry, revision
from core.models.roll import NO_DAY
from core.tally import Source, text_of

TABLE = RollEntry._meta.db_table
#: The columns of a queryset of entries, and of a view made of it: no field of a model begins like that.
COLUMNS = ("r_record", "r_value", "r_folio", "r_created", "r_updated")
#: Records that are listed anew in one transaction.
CHUNK = 500
INTO = "roll, record, value, folio, created_at, updated_at, day"


@dataclass(frozen=True)
class Roll:
    """`rows()` gives querysets made by `entries`; a record is a row of `model`. `sources`: see `core.tally.Source`; what
    they call facts are records. The same record under the same value and day stands in a roll once, however many rows say so.
    `created`: the column of the record that stands in `created_at` of its entries, where its list is ordered by another one;
    the same for all rolls of a model.
    """

    name: str
    model: Any
    rows: Callable[[], tuple[QuerySet[Any], ...]]
    sources: tuple[Source, ...]
    dated: bool = False
    created: str = "created_at"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*COLUMNS, "r_day") if self.dated else COLUMNS

    def texts(self) -> list[str]:
        """The SELECT of each queryset with its parameters written out."""
        return [text_of(rows) for rows in self.rows()]


def entries(rows: QuerySet[Any], value: Any, *, path: str = "", day: Any = None, created: str = "created_at") -> QuerySet[Any]:
    """`rows` as entries: `value` is an expression of text that is not empty for whoever stands in the roll, `path` leads from
    a row to its record (`version__proposal__`), `day` is the day of a dated roll, `created` see `Roll`."""
    values = {"r_record": F(f"{path}pk"), "r_value": value, "r_folio": F(f"{path}folio")}
    values |= {"r_created": F(f"{path}{created}"), "r_updated": F(f"{path}updated_at")}
    if day is not None:
        values["r_day"] = day
    return rows.order_by().annotate(**values).values_list(*values)


_rolls: dict[str, Roll] = {}


def keep(*rolls: Roll) -> None:
    """Name the rolls of an app, from its `apps.py ready()`."""
    for roll in rolls:
        _rolls[roll.name] = roll


def kept() -> list[Roll]:
    return list(_rolls.values())


def is_dated(name: str) -> bool:
    return name in _rolls and _rolls[name].dated


def column_of(name: str, field: str) -> str:
    """The column of an entry of the roll `name` that holds a field of its record."""
    return "created_at" if name in _rolls and field == _rolls[name].created else field


def chosen(roll: Roll, source: str, only: str = "") -> str:
    """SELECT of the entries of a roll as its table has them, from a view or a query in brackets."""
    day = "r_day" if roll.dated else f"'{NO_DAY.isoformat()}'"
    # While rows are deleted one after the other, as `flush` does in any order, one may have lost what it hangs on.
    where = f"r_value <> '' AND r_folio IS NOT NULL{only}"
    return f"SELECT '{roll.name}' AS roll, r_record AS record, {', '.join(COLUMNS[1:])}, {day} FROM {source} WHERE {where}"


def inserting(roll: Roll, source: str, only: str = "") -> str:
    return f"INSERT INTO {TABLE} ({INTO}) {chosen(roll, source, only)} ON CONFLICT DO NOTHING"


def rebuild() -> int:
    """Make all entries what the records say; returns their number.

    Records are looked through without a lock, and those whose entries differ are listed anew, so many at a time, each locked
    for as long as a change of it would be: an upgrade stops nobody from writing (promise 26). The triggers must be there.
    """
    with connection.cursor() as cursor:
        known = ", ".join(f"'{roll.name}'" for roll in kept())
        cursor.execute(f"DELETE FROM {TABLE} WHERE roll NOT IN ({known})")
        for roll in kept():
            held, real = held_and_real(roll)
            cursor.execute(
                f"SELECT DISTINCT record FROM ({without(held, real)}) a UNION SELECT record FROM ({without(real, held)}) b"
            )
            records = sorted(record for (record,) in cursor.fetchall())
            for start in range(0, len(records), CHUNK):
                relist(roll, records[start : start + CHUNK])
    # No trigger watches the entries (core.triggers), and a page may hold a list of wrong ones.
    revision.bump()
    return RollEntry.objects.count()


def relist(roll: Roll, records: list[int]) -> None:
    """Write the entries of these records anew."""
    among = f"IN ({', '.join(map(str, records))})"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            table = roll.model._meta.db_table
            cursor.execute(f"SELECT 1 FROM {table} WHERE id {among} ORDER BY id FOR NO KEY UPDATE")
        cursor.execute(f"DELETE FROM {TABLE} WHERE roll = '{roll.name}' AND record {among}")
        for text in roll.texts():
            cursor.execute(inserting(roll, f"({text}) r", f" AND r_record {among}"))


def write_all() -> None:
    """Write all entries into an empty table, as quickly as can be: nobody writes or reads meanwhile (a benchmark is filled)."""
    with transaction.atomic(), connection.cursor() as cursor, without_orders():
        for roll in kept():
            for text in roll.texts():
                cursor.execute(inserting(roll, f"({text}) r"))


def held_and_real(roll: Roll) -> tuple[str, str]:
    """SELECT of the entries as they are kept, and as they should be."""
    held = f"SELECT {INTO} FROM {TABLE} WHERE roll = '{roll.name}'"
    return held, " UNION ".join(typed(roll, text) for text in roll.texts())


def without(these: str, those: str) -> str:
    return f"SELECT * FROM ({these}) a EXCEPT SELECT * FROM ({those}) b"


@contextmanager
def without_orders() -> Iterator[None]:
    """The orders of the lists are indexed at the end, in one go: for rolls that nobody reads yet."""
    editor, indexes = connection.schema_editor(), RollEntry._meta.indexes
    # It only writes the SQL here: to enter it, SQLite would ask for a transaction of its own.
    editor.deferred_sql = []
    with connection.cursor() as cursor:
        for index in indexes:
            cursor.execute(str(index.remove_sql(RollEntry, editor)))
        yield
        for index in indexes:
            cursor.execute(str(index.create_sql(RollEntry, editor)))


def clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")


def differences() -> list[tuple[str, int, int]]:
    """(roll, entries that are missing or out of date, entries that should not be there) where there are such."""
    found = []
    with connection.cursor() as cursor:
        for roll in kept():
            held, real = held_and_real(roll)
            numbers = []
            for one, other in ((real, held), (held, real)):
                cursor.execute(f"SELECT count(*) FROM ({without(one, other)}) c")
                numbers.append(cursor.fetchone()[0])
            if any(numbers):
                found.append((roll.name, *numbers))
    return found


def typed(roll: Roll, text: str) -> str:
    """SELECT of the entries as they should be; the day as a date on PostgreSQL, which takes no text for one."""
    day = "CAST('0001-01-01' AS date)" if connection.vendor == "postgresql" else "'0001-01-01'"
    return chosen(roll, f"({text}) r").replace(f"'{NO_DAY.isoformat()}'", day, 1)
