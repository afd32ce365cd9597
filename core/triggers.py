"""The site's revision moves with every change of a table that a public page may show: the database sees to it.

Signals miss what goes past `save()`: `update()`, `bulk_create()`, SQL by hand, another program. So every table has triggers,
which no way of writing misses. They are put in place after each `migrate`, on every table that there is: a new model needs
nothing, and a table that SQLite has made anew gets its own back.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.apps import apps
from django.db import connections, models

from core.models import revision

#: Apps whose tables public pages are made of.
OURS = ("core", "forum", "proposals", "agreements")
#: Tables that no public page shows (what is counted in, the counters of folios, the rows of imports before they are entered,
#: keys of names, mails and who gets them, requests about personal data), and the kept sums and rolls, which only the triggers of other tables write.
UNSEEN = frozenset(
    {
        *("core_revision", "core_foliocounter", "core_importbatch", "core_importrow"),
        *("core_tally", "core_talliedfact", "core_rollentry", "core_searchword", "core_matchkey"),
        *("core_message", "core_mailsettings", "core_subscription", "core_receipt"),
        *("forum_privacyrequest", "core_purge"),
        # What is written of attempts to get in, and of who read what, changes no page: otherwise a stranger who guesses
        # passwords would have every kept page rendered anew.
        *("core_event", "core_eventseal", "forum_invitation"),
        *("agreements_draftcomment", "agreements_campaign", "agreements_campaignask"),
        "agreements_withdrawninvitation",
    }
)
#: Columns that no public page shows, and that change when nothing else does.
UNSEEN_COLUMNS = {"forum_user": ("last_login", "password", "epoch")}
NAME = "acuerda_changed"

#: Every two hundredth row adds up those that nobody else holds; the sum stays the same.
FUNCTION = """
CREATE OR REPLACE FUNCTION acuerda_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    THE_STEP RETURNING id INTO made;
    IF made % 200 = 0 THEN
        WITH gone AS (
            DELETE FROM core_revision
            WHERE id IN (SELECT id FROM core_revision ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING steps
        ) INSERT INTO core_revision (steps) SELECT sum(steps) FROM gone HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$""".replace("THE_STEP", revision.STEP["postgresql"])


def tables() -> dict[str, list[str]]:
    """Table → its columns, of every table that a public page may show; those between two models too."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.app_label in OURS and meta.managed and not meta.proxy and meta.db_table not in UNSEEN:
            found[meta.db_table] = [column for field in meta.local_fields if (column := column_of(field))]
    return found


def column_of(field: models.Field[Any, Any]) -> str:
    return str(field.column or "") if field.concrete else ""


def definitions(vendor: str) -> dict[tuple[str, str], str]:
    """(table, name of the trigger) → the SQL that makes it. The name changes with what it does."""
    made = {}
    for table, columns in tables().items():
        watched = [column for column in columns if column not in UNSEEN_COLUMNS.get(table, ())]
        of = f" OF {', '.join(quoted(column) for column in watched)}" if len(watched) < len(columns) else ""
        for event, text in actions(vendor, table, of).items():
            digest = hashlib.sha256(f"{text}{FUNCTION}".encode()).hexdigest()[:8]
            name = f"{NAME}_{table}_{event}"[:50] + f"_{digest}"
            made[table, name] = text.format(name=quoted(name))
    return made


def quoted(name: str) -> str:
    return f'"{name}"'


def actions(vendor: str, table: str, of: str) -> dict[str, str]:
    """Event → SQL with a place for the name. One for everything where a trigger can see a whole statement."""
    if vendor == "postgresql":
        events = f"INSERT OR UPDATE{of} OR DELETE OR TRUNCATE"
        text = f"CREATE TRIGGER {{name}} AFTER {events} ON {quoted(table)} FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
        return {"any": text}
    return {
        event.lower()[:6]: f"CREATE TRIGGER {{name}} AFTER {event} ON {quoted(table)} BEGIN {revision.STEP[vendor]}; END"
        for event in ("INSERT", f"UPDATE{of}", "DELETE")
    }


PRESENT = {
    "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'acuerda_changed%'",
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'acuerda_changed%'",
}


def present(using: str = "default") -> set[tuple[str, str]]:
    """(table, name) of the triggers that the database has."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor])
        return {(table.strip('"'), name) for table, name in cursor.fetchall()}


def install(using: str = "default", **_signal: Any) -> None:
    """Make the triggers that are missing, drop those of before, and move the revision: the data may have changed unseen."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if "core_revision" not in existing:
        return
    wanted = {key: sql for key, sql in definitions(connection.vendor).items() if key[0] in existing}
    there = present(using)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for table, name in sorted(there - set(wanted)):
            cursor.execute(dropping(connection.vendor, table, name))
        for key in sorted(set(wanted) - there):
            cursor.execute(wanted[key])
        cursor.execute(revision.STEP[connection.vendor])


def remove(using: str = "default", **_signal: Any) -> None:
    """Before a migration on SQLite, which makes tables anew and would stumble over triggers that name one of them."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table, name in sorted(present(using)):
                cursor.execute(dropping("sqlite", table, name))


def dropping(vendor: str, table: str, name: str) -> str:
    return f"DROP TRIGGER {quoted(name)}" + (f" ON {quoted(table)}" if vendor == "postgresql" else "")
