"""The triggers by which the database keeps the figures of `core.tally` and the rolls of `core.rolls`, written in SQL for SQLite
and for PostgreSQL.

Each figure becomes a view, made from its queryset, and each of its sources a pair of triggers: before a statement changes a
row, the facts that the row has to do with are taken away as they stood; afterwards they are added as they stand. Facts that
are remembered are taken away as they were remembered, both afterwards; so are the entries of a roll. The names hold a fingerprint of the definition, so
what is installed is what this release means.

Two transactions that change the same fact through different rows (a commitment, its agreement) would each take away what
the other has not seen: on PostgreSQL a trigger first locks the facts' own rows, in the order of their ids. On SQLite one
transaction writes at a time.

Migrations rebuild tables, which neither database does under a view: the triggers go before (`pre_migrate`) and come back
after, and the sums are counted anew where anything was migrated.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection

from core import rolls, tally
from core.models import TalliedFact, Tally
from core.rolls import Roll
from core.tally import Figure, Source, text_of

COLUMNS = "figure, edition, body, code, day, number"
#: The columns of a view of facts.
FACT = ("fact", "edition", "body", "code", "day")
REMEMBERED = TalliedFact._meta.db_table
#: Moves when what this module writes changes, so that what is installed is replaced.
RELEASE = 2
#: A fact whose rows are being deleted one after the other, as `flush` does in any order, may have lost what it hangs on.
WHOLE = "edition IS NOT NULL AND body IS NOT NULL AND code IS NOT NULL"


def texts_of(kept: Figure | Roll) -> list[str]:
    """The SELECT of each of its views."""
    return kept.texts() if isinstance(kept, Roll) else [text_of(kept.rows())]


def columns_of(kept: Figure | Roll) -> tuple[str, ...]:
    return kept.columns if isinstance(kept, Roll) else FACT


def is_remembered(kept: Figure | Roll) -> bool:
    """Whether what stood before is known without looking at the records, so that it is enough to look afterwards."""
    return isinstance(kept, Roll) or kept.remembered


def view_names(kept: Figure | Roll) -> list[str]:
    """One for each text; they change with what they and their triggers do."""
    texts = texts_of(kept)
    mark = hashlib.sha256(
        repr((texts, kept.sources, is_remembered(kept), WHOLE, columns_of(kept), RELEASE)).encode()
    ).hexdigest()[:8]
    return [f"tally_{kept.name}_{mark}" + (f"_{place}" if place else "") for place in range(len(texts))]


def everything() -> list[Figure | Roll]:
    return [*tally.kept(), *rolls.kept()]


def ids(source: Source, *rows: str) -> str:
    """A SELECT of the facts that OLD, NEW or both have to do with."""
    found = [source.facts.format(row=row) for row in rows]
    return " UNION ".join(each if each.startswith("SELECT") else f"SELECT {each}" for each in found)


def changed(source: Source, operator: str) -> str:
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in source.columns)


ROWS = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}


def when(source: Source, action: str, operator: str) -> str:
    """The condition under which a trigger looks at the facts at all; '' for always. `operator`: how columns differ."""
    parts = [changed(source, operator)] if action == "UPDATE" else []
    if source.only:
        parts.append(" OR ".join(source.only.format(row=row) for row in ROWS[action]))
    return " WHEN (" + " AND ".join(f"({part})" for part in parts) + ")" if parts else ""


def counting(figure: Figure, table: str, number: Any, facts: str) -> str:
    """Count the facts of a view, or of what is remembered, with a sign."""
    of = f"figure = '{figure.name}' AND " if table == REMEMBERED else ""
    return (
        f"INSERT INTO core_tally ({COLUMNS}) SELECT '{figure.name}', edition, body, code, day, {number} "
        f"FROM {table} WHERE {of}fact {facts} AND {WHOLE}"
    )


def remembering(figure: Figure, view: str, facts: str) -> list[str]:
    """Take away the facts as they are remembered, and remember and count them as they stand."""
    return [
        counting(figure, REMEMBERED, -1, facts),
        f"DELETE FROM {REMEMBERED} WHERE figure = '{figure.name}' AND fact {facts}",
        f"INSERT INTO {REMEMBERED} (figure, fact, edition, body, code, day) "
        f"SELECT '{figure.name}', fact, edition, body, code, day FROM {view} WHERE fact {facts} AND {WHOLE}",
        counting(figure, REMEMBERED, 1, facts),
    ]


def relisting(roll: Roll, views: list[str], records: str) -> list[str]:
    """Write the entries of some records anew."""
    gone = f"DELETE FROM {rolls.TABLE} WHERE roll = '{roll.name}' AND record {records}"
    return [gone, *(rolls.inserting(roll, view, f" AND r_record {records}") for view in views)]


def written_anew(kept: Figure | Roll, views: list[str], facts: str) -> list[str]:
    """What is done after a change with the facts, or records, of what is remembered."""
    return relisting(kept, views, facts) if isinstance(kept, Roll) else remembering(kept, views[0], facts)


def sqlite(figure: Figure | Roll, views: list[str]) -> list[str]:
    found, view = [], views[0]
    for number, source in enumerate(figure.sources):
        for action, rows in ROWS.items():
            if action == "UPDATE" and not source.columns:
                continue
            facts = f"IN ({ids(source, *rows)})"
            if is_remembered(figure):
                steps = {"AFTER": written_anew(figure, views, facts)}
            else:
                steps = {"BEFORE": [counting(figure, view, -1, facts)], "AFTER": [counting(figure, view, 1, facts)]}
            condition = when(source, action, "IS NOT")
            for moment, statements in steps.items():
                name = f"{view}_{number}_{action.lower()}_{moment.lower()}"
                body = "; ".join(statements)
                found.append(f"CREATE TRIGGER {name} {moment} {action} ON {source.table}{condition} BEGIN {body}; END")
    return found


def postgresql(figure: Figure | Roll, views: list[str]) -> list[str]:
    found, view = [], views[0]
    lock = f"PERFORM 1 FROM {figure.model._meta.db_table} WHERE id = ANY(facts) ORDER BY id FOR NO KEY UPDATE"
    if is_remembered(figure):
        body = "; ".join([lock, *written_anew(figure, views, "= ANY(facts)")])
    else:
        sign = "CASE TG_WHEN WHEN 'BEFORE' THEN -1 ELSE 1 END"
        body = f"IF TG_WHEN = 'BEFORE' THEN {lock}; END IF; {counting(figure, view, sign, '= ANY(facts)')}"
    for number, source in enumerate(figure.sources):
        name = f"{view}_{number}"
        # A plan made while the tables were empty reads them whole, and stays for the session: facts are found by index always.
        found.append(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$ "
            "DECLARE facts bigint[]; BEGIN "
            f"IF TG_OP = 'INSERT' THEN facts := ARRAY({ids(source, 'NEW')}); "
            f"ELSIF TG_OP = 'DELETE' THEN facts := ARRAY({ids(source, 'OLD')}); "
            f"ELSE facts := ARRAY({ids(source, 'OLD', 'NEW')}); END IF; "
            f"IF cardinality(facts) > 0 THEN {body}; END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        for moment in ("AFTER",) if is_remembered(figure) else ("BEFORE", "AFTER"):
            for action in ("INSERT", "DELETE", *(["UPDATE"] if source.columns else [])):
                condition = when(source, action, "IS DISTINCT FROM")
                found.append(
                    f"CREATE TRIGGER {name}_{moment.lower()}_{action.lower()} {moment} {action} ON {source.table} "
                    f"FOR EACH ROW{condition} EXECUTE FUNCTION {name}()"
                )
    return found


def of_record(roll: Roll) -> dict[str, str]:
    """Column of an entry → column of its record that it repeats, and on which the roll itself does not depend."""
    return {"folio": "folio", "created_at": roll.created, "updated_at": "updated_at"}


def following(vendor: str) -> list[str]:
    """Triggers by which the entries of a record follow its place in the orders of a list: nothing else is written anew when a
    record is saved without change."""
    found = []
    of_table: dict[str, list[Roll]] = {}
    for roll in rolls.kept():
        of_table.setdefault(roll.model._meta.db_table, []).append(roll)
    for table, of in of_table.items():
        name, differ = f"tally_follow_{table}", "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        said = of_record(of[0])
        condition = " OR ".join(f"OLD.{column} {differ} NEW.{column}" for column in said.values())
        names = ", ".join(f"'{roll.name}'" for roll in of)
        update = (
            f"UPDATE {rolls.TABLE} SET {', '.join(f'{entry} = NEW.{column}' for entry, column in said.items())} "
            f"WHERE record = NEW.id AND roll IN ({names})"
        )
        trigger = f"CREATE TRIGGER {name} AFTER UPDATE OF {', '.join(said.values())} ON {table}"
        if vendor == "postgresql":
            found.append(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {update}; RETURN NULL; END $$; "
                f"{trigger} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
        else:
            found.append(f"{trigger} WHEN {condition} BEGIN {update}; END")
    return found


def installed() -> set[str]:
    """The views that are there."""
    with connection.cursor() as cursor:
        tables = connection.introspection.get_table_list(cursor)
    return {table.name for table in tables if table.type == "v" and table.name.startswith("tally_")}


def is_installed() -> bool:
    return installed() == {name for kept in everything() for name in view_names(kept)}


def remove() -> None:
    """Take away every view, trigger and function of this module, those of other releases too."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'tally\\_%' AND prorettype = 'trigger'::regtype")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP FUNCTION {name}() CASCADE")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'tally\\_%' ESCAPE '\\'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for name in installed():
            cursor.execute(f"DROP VIEW {name}")


def install() -> None:
    remove()
    write = postgresql if connection.vendor == "postgresql" else sqlite
    with connection.cursor() as cursor:
        for kept in everything():
            views = view_names(kept)
            for view, text in zip(views, texts_of(kept), strict=True):
                cursor.execute(f"CREATE VIEW {view} ({', '.join(columns_of(kept))}) AS {text}")
            for statement in write(kept, views):
                cursor.execute(statement)
        for statement in following(connection.vendor):
            cursor.execute(statement)


def before_migrations(plan: Any = (), using: str = "default", **_more: Any) -> None:
    """`pre_migrate`: tables are about to be rebuilt."""
    if using == "default" and plan:
        remove()


def after_migrations(plan: Any = (), using: str = "default", **_more: Any) -> None:
    """`post_migrate`, after a flush as well: install what is missing, and count where tables were changed or emptied."""
    tables = {source.table for kept in everything() for source in kept.sources}
    tables |= {Tally._meta.db_table, REMEMBERED, rolls.TABLE}
    if using != "default" or not tables <= set(connection.introspection.table_names()):
        return
    if not is_installed():
        install()
        tally.rebuild()
        rolls.rebuild()
    elif not any(kept.model._base_manager.exists() for kept in everything()):
        tally.clear()
        rolls.clear()
