"""Reading a list along the rolls (`core.rolls`): a page, a count, the few that there are, at a cost that has a limit.

`Rows` is a list as it is narrowed down: conditions on the records themselves, as a queryset, and *marks*, each of which says
under which entries of a roll a record must stand. Without marks it is the queryset. With marks, a page is a walk along the
entries of one of them, the one under which the fewest records stand, in the order of the list and from the mark of the page
on; whatever else is asked is looked up for each record that is met. Where few records meet the conditions of the queryset,
only these are looked up. So a page costs the same for a value that a third of all records have and for one that three have,
wherever it is. Of two values that many records have and hardly any record has both, a page shows what stands under both
among the next `FAR` entries, says so, and the next page goes on from there: it never costs more, whatever the table holds.

The answer to "which records" is a list of ids; their rows are fetched by `prepare`, which passes the gate again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL

from core.models.roll import NO_DAY
from core.paging import MANY, Page, bounded_count, decode, mark_of, page_by_key, typed
from core.rolls import TABLE, column_of, is_dated

Sql = tuple[str, list[Any]]
#: For a count, what else is asked is looked up for so many entries: "more than 120" is said of what would take longer.
LOOK = 2000
#: For a page it is looked up for so many.
FAR = 4000
#: A record has mostly no more entries than these under a value of a dated roll: a count looks at so many for each that it may count.
DAYS = 4
#: Columns of the records by which a list along a roll may be ordered; the last one tells all of them apart.
ORDERED_BY = ("folio", "created_at", "updated_at")


@dataclass(frozen=True)
class Mark:
    """The entries of `roll` under `value`, on days from `since` on and before `until` where they are given."""

    roll: str
    value: str
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def dated(self) -> bool:
        """Whether a record may stand under the value on several days."""
        return is_dated(self.roll)

    def sql(self, table: str) -> Sql:
        text, values = f"{table}.roll = %s AND {table}.value = %s", [self.roll, self.value]
        # The index of days holds those after `NO_DAY`, and the database must see that no other is asked for.
        since = self.since if self.since is not None or self.until is None else NO_DAY + dt.timedelta(days=1)
        for column, day in ((">=", since), ("<", self.until)):
            if day is not None:
                text += f" AND {table}.day {column} %s"
                values.append(adapted(day))
        return text, values


#: A record stands under one of these at least.
Marks = tuple[Mark, ...]


def adapted(value: Any) -> Any:
    """A day or a moment as the database takes it."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, dt.date) else value


def asked(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


@dataclass(frozen=True)
class Rows:
    """See the module. `marked` holds one `Marks` for each value that was chosen of a list with rolls."""

    queryset: QuerySet[Any]
    marked: tuple[Marks, ...] = ()
    #: Whether the queryset asks for anything but what may be read: a mark holds that alone.
    plain: bool = True

    def filtered(self, apply: Callable[[QuerySet[Any]], QuerySet[Any]]) -> Rows:
        return replace(self, queryset=apply(self.queryset), plain=False)

    def under(self, marks: Sequence[Mark]) -> Rows:
        return replace(self, marked=(*self.marked, tuple(marks)))

    @cached_property
    def walk(self) -> Walk:
        return Walk.along(self)

    def count(self) -> tuple[int, bool]:
        """(how many, whether that is all of them): no further than a thousand, nor than `LOOK` entries of the walk."""
        if not self.marked:
            return bounded_count(self.queryset)
        number, exact = self.walk.count(MANY + 1)
        return (MANY, False) if number > MANY else (number, exact)

    def few(self) -> QuerySet[Any]:
        """The rows as a queryset that may be filtered and grouped, where `count` says that it is all of them."""
        if not self.marked:
            return self.queryset
        return self.queryset.model._default_manager.filter(pk__in=self.walk.step(("folio",), None, MANY)[0])

    def some(self) -> tuple[QuerySet[Any], bool]:
        """Those among `LOOK` entries of the walk, as a queryset that may be filtered and grouped, and whether that is all."""
        ids, exact = self.walk.some()
        return self.queryset.model._default_manager.filter(pk__in=ids), exact

    def page(
        self,
        order: Sequence[str],
        after: str,
        size: int,
        prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None,
        fetch: Callable[[list[int]], list[Any]] | None = None,
    ) -> Page:
        """The page that follows the mark `after`, its rows made by `prepare`; or, along a roll, by `fetch` of their ids."""
        rows = prepare(self.queryset) if prepare else self.queryset
        if not self.marked:
            return page_by_key(rows, order, after, size)
        names = [name.lstrip("-") for name in order]
        values = decode(after, len(names)) if after else None
        values = typed(self.queryset, names, values) if values is not None else None
        found, end = self.walk.step(order, values, size + 1)
        read = fetch(found) if fetch else rows.order_by().filter(pk__in=found)
        by_id = {row.pk: row for row in read}
        records = [by_id[key] for key in found if key in by_id]
        more = len(found) > size
        records = records[:size]
        last = records[-1] if more and records else None
        if end is not None:
            # The values of an entry are those of its record, which the database gives back as they are in a mark.
            last = self.queryset.model._base_manager.filter(pk=end[-1]).only(*names).first()
        following = mark_of(last, names) if last is not None else ""
        partial = end is not None and bool(following)
        return Page(records, following, first=values is None, broken=bool(after) and values is None, partial=partial)

    def stream(
        self, order: Sequence[str], limit: int, chunk: int, prepare: Callable[[QuerySet[Any]], QuerySet[Any]]
    ) -> Iterator[Any]:
        """The first `limit` records in this order, so many read at a time."""
        if not self.marked:
            yield from prepare(self.queryset.order_by(*order))[:limit].iterator(chunk_size=chunk)
            return
        end: tuple[Any, ...] | None = ()
        while end is not None and limit > 0:
            found, end = self.walk.step(order, list(end[:-1]) or None, limit)
            limit -= len(found)
            for start in range(0, len(found), chunk):
                some = found[start : start + chunk]
                by_id = {row.pk: row for row in prepare(self.queryset.order_by()).filter(pk__in=some)}
                yield from (by_id[key] for key in some if key in by_id)


@dataclass(frozen=True)
class Walk:
    """`marks`: along which entries. `looked_up`: SQL that must hold of each entry `l`. `among`: ids to which it is limited. `short`:
    there are a few thousand entries at most, so a page may look at all of them."""

    marks: Marks
    looked_up: tuple[Sql, ...] = ()
    among: tuple[int, ...] | None = None
    short: bool = False

    @classmethod
    def along(cls, rows: Rows) -> Walk:
        """The shortest walk. As many short queries as there are marks, where there are several."""
        marked, short = rows.marked, False
        if len(marked) > 1 or not rows.plain:
            lengths = {marks: cls(marks).count(MANY + 1) for marks in marked}
            marked = tuple(sorted(marked, key=lambda marks: lengths[marks][0]))
            number, exact = lengths[marked[0]]
            short = exact and number <= MANY
            if not rows.plain and number > MANY:
                number, exact = bounded_count(rows.queryset)
                if exact:
                    ids = rows.queryset.order_by().values_list("pk", flat=True)[:number] if number else ()
                    return cls(marked[0], tuple(map(standing_under, marked[1:])), tuple(ids))
        looked_up = tuple(map(standing_under, marked[1:]))
        if not rows.plain:
            looked_up = (*looked_up, met_by(rows.queryset))
        return cls(marked[0], looked_up, short=short)

    def branches(self, columns: str, order: str, beyond: Sql, limit: int, *, look: int | None = None) -> Sql:
        """The first entries under each mark, put together: each record once. `look`: what must hold besides is looked up for
        so many entries at most."""
        texts, values = [], []
        for mark in self.marks:
            conditions = [mark.sql("l"), *([beyond] if beyond[0] else [])]
            if self.among is not None:
                conditions.append((f"l.record IN ({', '.join(map(str, self.among)) or 'NULL'})", []))
            source = f"{TABLE} l"
            if look is not None:
                text, more = every(conditions)
                source, conditions = f"(SELECT l.* FROM {TABLE} l WHERE {text}{order} LIMIT {look:d}) l", []
                values += more
            text, more = every([*conditions, *self.looked_up])
            once = "DISTINCT " if mark.dated else ""
            texts.append(f"SELECT * FROM (SELECT {once}{columns} FROM {source} WHERE {text}{order} LIMIT {limit:d}) b")
            values += more
        return " UNION ".join(texts) or f"SELECT {columns} FROM {TABLE} l WHERE 1 = 0", values

    def count(self, limit: int) -> tuple[int, bool]:
        """(how many, whether these are all up to `limit`)."""
        look = None
        if self.marks and self.among is None:
            # A record may stand under a value on several days, and telling them apart takes all entries that are looked at.
            dated = any(mark.dated for mark in self.marks)
            look = LOOK if self.looked_up else DAYS * limit if dated else None
        text, values = self.branches("l.record", "", ("", []), limit, look=look)
        counted = f"SELECT count(*) FROM (SELECT * FROM ({text}) b LIMIT {limit:d}) c"
        if look is None:
            ((number,),) = asked(counted, values)
            return int(number), True
        met, more = self.met(look + 1)
        ((number, longest),) = asked(f"SELECT ({counted}), ({met})", [*values, *more])
        return int(number), number >= limit or longest <= look

    def some(self) -> tuple[list[int], bool]:
        """The ids of records among so many entries, and whether there are no more. Two queries."""
        text, values = self.branches("l.record", "", ("", []), LOOK, look=LOOK)
        ((longest,),) = asked(*self.met(LOOK + 1))
        return [int(number) for (number,) in asked(text, values)], longest <= LOOK

    def met(self, limit: int) -> Sql:
        """How many entries the longest branch has, up to `limit`."""
        texts, values = [], []
        for mark in self.marks:
            text, more = mark.sql("l")
            texts.append(f"SELECT count(*) AS n FROM (SELECT 1 FROM {TABLE} l WHERE {text} LIMIT {limit:d}) b")
            values += more
        return f"SELECT max(n) FROM ({' UNION ALL '.join(texts)}) c", values

    def step(self, order: Sequence[str], after: list[Any] | None, limit: int) -> tuple[list[int], tuple[Any, ...] | None]:
        """The ids of so many records in this order, from the values of its columns on that are given. With them, where fewer
        were found among the entries that were looked at and there are more to look at: the columns and the record of the last."""
        order = [self.column(name) for name in order]
        names = [name.lstrip("-") for name in order]
        if not set(names) <= set(ORDERED_BY):
            raise ValueError(f"No roll is ordered by {names}.")
        columns = ", ".join(f"l.{name}" for name in names) + ", l.record"
        sorting = ", ".join(f"{name} DESC" if name != each else name for name, each in zip(names, order, strict=True))
        beyond = beyond_mark(order, after) if after is not None else ("", [])
        look = FAR if self.looked_up and self.among is None and not self.short else None
        text, values = self.branches(columns, f" ORDER BY {sorting}", beyond, limit, look=look)
        if len(self.marks) > 1:
            text = f"SELECT * FROM ({text}) u ORDER BY {sorting} LIMIT {limit:d}"
        found = asked(text, values)
        if look is None or (len(found) == limit and len(self.marks) == 1):
            return [int(row[-1]) for row in found], None
        end = self.end(columns, sorting, beyond, order, look)
        if end is not None:
            # What one branch found beyond the place where another one ended comes with the next step.
            found = [row for row in found if not comes_before(end, row, order)]
        return [int(row[-1]) for row in found], end if len(found) < limit else None

    def column(self, name: str) -> str:
        """What an order of the list is called among the entries."""
        field = name.lstrip("-")
        return name.replace(field, column_of(self.marks[0].roll, field)) if self.marks else name

    def end(self, columns: str, sorting: str, beyond: Sql, order: Sequence[str], look: int) -> tuple[Any, ...] | None:
        """The last entry that was looked at in the branch that ended first; None when all ended by themselves."""
        texts, values = [], []
        for place, mark in enumerate(self.marks):
            text, more = every([mark.sql("l"), *([beyond] if beyond[0] else [])])
            one = f"SELECT {place:d} AS branch, {columns} FROM {TABLE} l WHERE {text} ORDER BY {sorting} LIMIT 2 OFFSET {look - 1:d}"
            texts.append(f"SELECT * FROM ({one}) b")
            values += more
        rows = asked(" UNION ALL ".join(texts), values) if texts else []
        ends: dict[int, list[tuple[Any, ...]]] = {}
        for branch, *row in rows:
            ends.setdefault(branch, []).append(tuple(row))
        first: tuple[Any, ...] | None = None
        for found in ends.values():
            if len(found) == 2:
                last = found[1] if comes_before(found[1], found[0], order) else found[0]
                first = last if first is None or comes_before(last, first, order) else first
        return first


def comes_before(one: Sequence[Any], other: Sequence[Any], order: Sequence[str]) -> bool:
    """Whether the first of two rows, which begin with the columns of `order`, stands before the other."""
    for each, this, that in zip(order, one, other, strict=False):
        if this != that:
            return bool(this > that if each.startswith("-") else this < that)
    return False


def every(conditions: Sequence[Sql]) -> Sql:
    """All of them hold."""
    return " AND ".join(text for text, _values in conditions) or "1 = 1", [each for _text, more in conditions for each in more]


def beyond_mark(order: Sequence[str], after: list[Any]) -> Sql:
    """What comes after these values of the columns of `order`. The first column bounds the walk by itself."""
    parts, values, equal, equals = [], [], "", []
    for each, value in zip(order, map(adapted, after), strict=True):
        name, sign = f"l.{each.lstrip('-')}", "<" if each.startswith("-") else ">"
        parts.append(f"({equal}{name} {sign} %s)")
        values += [*equals, value]
        equal, equals = f"{equal}{name} = %s AND ", [*equals, value]
    first, sign = f"l.{order[0].lstrip('-')}", "<=" if order[0].startswith("-") else ">="
    return f"{first} {sign} %s AND ({' OR '.join(parts)})", [adapted(after[0]), *values]


def standing_under(marks: Marks) -> Sql:
    """That the record of an entry stands under one of these. Not EXISTS: the database would turn it into a join, and gather
    all that stand under them."""
    texts, values = [], []
    for mark in marks:
        text, more = mark.sql("m")
        texts.append(f"({text})")
        values += more
    either = " OR ".join(texts) or "1 = 0"
    return f"(SELECT 1 FROM {TABLE} m WHERE m.record = l.record AND ({either}) LIMIT 1) = 1", values


def met_by(queryset: QuerySet[Any]) -> Sql:
    """That the record of an entry meets the conditions of a queryset."""
    one = queryset.order_by().filter(pk=RawSQL("l.record", ())).annotate(met=Value(1)).values_list("met")[:1]
    text, values = one.query.sql_with_params()
    return f"({text}) = 1", list(values)
