"""Kept figures: sums of what stands where, right in the transaction of every change, whatever path the change came by.

A `Figure` is a queryset of *facts*: rows of (fact, edition, body, code, day), for example one row for each commitment in
force with its edition, the body that leads it, its state and its due date. The database itself keeps count of them:
triggers (`core.tally_triggers`) write into `core_tally` what a statement takes away and adds, so a door, the admin, an
import, a bulk update and SQL typed by hand are all counted alike, and a step that is rolled back takes its counts along.

    Figure("lights", Commitment, rows_of_lights, (Source("agreements_commitment", ("due_on", …), "{row}.id"), …))

What depends on the day it is (late, due soon) is not kept: `day` is, and `sums` compares it when it is asked. So a figure
is right tomorrow without anything having run at midnight.

`recount` counts the same querysets without the kept sums; `rebuild` writes the sums anew; tests hold that both agree after
every step. Edition and body are numbers: a body is an agency (id), an organization (-id) or a federal entity (id of the area).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Count, DateField, F, QuerySet, Sum, Value
from django.db.models.functions import Cast

from core.models import TalliedFact, Tally, revision

#: Facts that are remembered anew in one transaction.
CHUNK = 2000
KEY = ("edition", "body", "code", "day")
#: The names of the columns of a queryset of facts: no field of a model begins like that.
COLUMNS = ("k_fact", "k_edition", "k_body", "k_code", "k_day")
NO_DAY = Cast(Value(None), DateField())
NOBODY = Value(0, output_field=BigIntegerField())


@dataclass(frozen=True)
class Source:
    """A table on which the facts of a figure depend.

    `columns`: an update of others changes nothing. `facts`: SQL for the ids of the facts that a row of this table has to do
    with, `{row}` standing for the row; a column of it (`{row}.id`) or a SELECT. `only`: SQL about the row without which it has
    to do with none, whatever else it says (a draft); so writing many such rows costs no look at the facts.
    """

    table: str
    columns: tuple[str, ...]
    facts: str
    only: str = ""


@dataclass(frozen=True)
class Figure:
    """`rows()` is a queryset made by `facts`; a fact is a row of `model`.

    `remembered`: each fact is kept as it was counted (`core_talliedfact`). That is needed where several rows of one table
    have to do with the same fact (the agreements that cite a proposal): one statement may change all of them at once, so
    what the fact was before can be seen before the first of them alone.
    """

    name: str
    model: Any
    rows: Callable[[], QuerySet[Any]]
    sources: tuple[Source, ...]
    remembered: bool = False


def facts(
    rows: QuerySet[Any], edition: str, code: Any, *, fact: str = "pk", body: Any = NOBODY, day: Any = NO_DAY
) -> QuerySet[Any]:
    """`rows` as facts: the column of the fact's id, of the edition, and expressions for the others."""
    return rows.annotate(k_fact=F(fact), k_edition=F(edition), k_body=body, k_code=code, k_day=day).values_list(*COLUMNS)


def literal(value: Any) -> str:
    """A parameter of a queryset as it is written in the text of a view."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        value = str(value)
    return "'" + value.replace("'", "''") + "'"


def text_of(rows: QuerySet[Any]) -> str:
    """The SELECT of a queryset with its parameters written out."""
    sql, params = rows.order_by().query.sql_with_params()
    return str(sql % tuple(map(literal, params)))


_figures: dict[str, Figure] = {}


def keep(*figures: Figure) -> None:
    """Name the figures of an app, from its `apps.py ready()`."""
    for figure in figures:
        _figures[figure.name] = figure


def kept() -> list[Figure]:
    return list(_figures.values())


def sums(figure: str | tuple[str, ...], *by: str, **where: Any) -> list[tuple[Any, ...]]:
    """[(value of each column in `by`, …, number)] of a figure, or of several, without those that are none. One query.

    The cost depends on the number of different keys, never on the number of records.
    """
    names = (figure,) if isinstance(figure, str) else figure
    rows = Tally.objects.filter(figure__in=names, **where).order_by().values_list(*by)
    return list(rows.annotate(sum=Sum("number")).exclude(sum=0))


def recount(figure: str) -> dict[tuple[Any, ...], int]:
    """{(edition, body, code, day): number} counted from the records themselves."""
    rows = _figures[figure].rows().order_by().values_list(*COLUMNS[1:]).annotate(number=Count("*"))
    return {tuple(key): number for *key, number in rows}


def counted(figure: str) -> dict[tuple[Any, ...], int]:
    """The same as it is kept."""
    return {tuple(key): number for *key, number in sums(figure, *KEY)}


def differences() -> list[tuple[str, tuple[Any, ...], int, int]]:
    """(figure, key, kept, counted) wherever the two differ; empty when all is well. Reads every record."""
    found = []
    for figure in kept():
        held, real = counted(figure.name), recount(figure.name)
        for key in sorted(held.keys() | real.keys(), key=repr):
            if held.get(key, 0) != real.get(key, 0):
                found.append((figure.name, key, held.get(key, 0), real.get(key, 0)))
        if figure.remembered and (number := forgotten(figure)):
            found.append((figure.name, ("remembered",), number, 0))
    return found


def rebuild(chunk: int = CHUNK) -> int:
    """Make all sums what the records say; returns the number of rows.

    Nobody waits for it (promise 26): what a figure lacks is one statement, which sees records and sums as of one moment and adds
    the difference, while the triggers add what changes meanwhile. They must be there.
    """
    Tally.objects.exclude(figure__in=[figure.name for figure in kept()]).delete()
    TalliedFact.objects.exclude(figure__in=[figure.name for figure in kept() if figure.remembered]).delete()
    for figure in kept():
        text = text_of(figure.rows())
        if figure.remembered:
            strayed = strayed_facts(figure, text)
            for start in range(0, len(strayed), chunk):
                remember(figure, text, strayed[start : start + chunk])
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Tally._meta.db_table} (figure, {', '.join(KEY)}, number) "
                f"SELECT '{figure.name}', {', '.join(KEY)}, sum(number) FROM (SELECT {', '.join(KEY)}, -number AS number "
                f"FROM {Tally._meta.db_table} WHERE figure = '{figure.name}' UNION ALL "
                f"SELECT {', '.join(COLUMNS[1:])}, 1 FROM ({text}) r) d GROUP BY {', '.join(KEY)} HAVING sum(number) <> 0"
            )
    # No trigger watches the sums themselves (core.triggers), and a page may hold wrong ones.
    revision.bump()
    return Tally.objects.count()


def clear() -> None:
    Tally.objects.all().delete()
    TalliedFact.objects.all().delete()


def strayed_facts(figure: Figure, text: str) -> list[int]:
    """The facts that are remembered otherwise than they stand, or not at all, or that are no more."""
    held = f"SELECT fact, {', '.join(KEY)} FROM {TalliedFact._meta.db_table} WHERE figure = '{figure.name}'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT fact FROM (SELECT * FROM ({held}) h EXCEPT SELECT * FROM ({text}) r) a "
            f"UNION SELECT k_fact FROM (SELECT * FROM ({text}) r EXCEPT SELECT * FROM ({held}) h) b"
        )
        return sorted(fact for (fact,) in cursor.fetchall())


def remember(figure: Figure, text: str, facts: list[int]) -> None:
    """Write some facts of a figure as they stand, locked for as long as a change of them would be."""
    among = f"IN ({', '.join(map(str, facts))})"
    table, columns = TalliedFact._meta.db_table, ", ".join(("figure", "fact", *KEY))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT 1 FROM {figure.model._meta.db_table} WHERE id {among} ORDER BY id FOR NO KEY UPDATE")
        cursor.execute(f"DELETE FROM {table} WHERE figure = '{figure.name}' AND fact {among}")
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT '{figure.name}', {', '.join(COLUMNS)} FROM ({text}) r WHERE k_fact {among}"
        )


def forgotten(figure: Figure) -> int:
    """How many facts are remembered otherwise than they stand, or not at all."""
    held = set(TalliedFact.objects.filter(figure=figure.name).values_list("fact", *KEY))
    return len(held ^ set(figure.rows().order_by()))
