"""What is written once is not changed, whoever asks: the database refuses to update or delete events and seals.

The models refuse it too (`AppendOnlyQuerySet`); the triggers also hold for SQL by hand and for other programs. They are put in
place after each `migrate`. `unlocked()` is for emptying everything: the demonstration, and a test's own database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, connections

TABLES = ("core_event", "core_eventseal")
NAME = "acuerda_locked"

_open: ContextVar[bool] = ContextVar("unlocked", default=False)

FUNCTION = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('acuerda.unlocked', true) = 'on' THEN
        IF TG_LEVEL = 'STATEMENT' THEN RETURN NULL; END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'Rows of % are never changed or deleted.', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def teach(connection: Any, **_signal: Any) -> None:
    """SQLite asks the application whether the tables are open; a program that does not know the question is refused."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("acuerda_unlocked", 0, lambda: int(_open.get()))


@contextmanager
def unlocked() -> Iterator[None]:
    """Within this block, and on this connection, the locked tables may be emptied."""
    token = _open.set(True)
    set_on_postgresql("on")
    try:
        yield
    finally:
        _open.reset(token)
        if not connection.needs_rollback:
            set_on_postgresql("off")


def set_on_postgresql(value: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('acuerda.unlocked', %s, false)", [value])


def definitions(vendor: str, table: str) -> dict[str, str]:
    """Name of the trigger → the SQL that makes it."""
    if vendor == "postgresql":
        row, whole = f"{NAME}_{table}_row", f"{NAME}_{table}_all"
        return {
            row: f'CREATE TRIGGER "{row}" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION {NAME}()',
            whole: f'CREATE TRIGGER "{whole}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()',
        }
    return {
        (name := f"{NAME}_{table}_{event.lower()}"): (
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" WHEN acuerda_unlocked() = 0 '
            f"BEGIN SELECT RAISE(ABORT, 'Rows of {table} are never changed or deleted.'); END"
        )
        for event in ("UPDATE", "DELETE")
    }


PRESENT = {
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'acuerda_locked%'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'acuerda_locked%'",
}


def present(using: str = "default") -> set[str]:
    """The names of the triggers that the database has."""
    with connections[using].cursor() as cursor:
        cursor.execute(PRESENT[connections[using].vendor])
        return {row[0] for row in cursor.fetchall()}


def wanted(using: str = "default") -> dict[str, str]:
    vendor = connections[using].vendor
    return {name: sql for table in TABLES for name, sql in definitions(vendor, table).items()}


def install(using: str = "default", **_signal: Any) -> None:
    """Make the triggers that are missing: a table that SQLite has made anew has none."""
    existing = set(connections[using].introspection.table_names())
    if not existing.issuperset(TABLES):
        return
    there = present(using)
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute(FUNCTION)
        for name, sql in wanted(using).items():
            if name not in there:
                cursor.execute(sql)
