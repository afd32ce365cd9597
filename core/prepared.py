"""Querysets whose SQL is written once in each process: what differs from call to call are ids (or keys) alone.

Writing the SQL of a query costs Django more than it costs the database to answer it, and the page of a record asks two
dozen that are always the same but for the record:

    @prepared
    def versions(user, proposal):
        return ProposalVersion.objects.visible_to(user).filter(proposal=proposal).order_by("number")

    versions(user, proposal.pk)          versions.of(user, [1, 2, 3])  gives the function the list itself

The function passes ids on and never looks at them. What it may look at (a date) is `fixed`, which comes before the ids and
has SQL of its own. For a person who is signed in the queryset is asked as ever: what they may read depends on their roles.
The answer is a list, since rows of a prepared query cannot be filtered further; what the queryset prefetches is fetched.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql import Query
from django.utils.translation import get_language

#: Ids that no row has; each stands for one id while the SQL is written.
FIRST_STAND_IN = 9_200_000_000_000_000_000
#: A date as SQLite gets it.
DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: SQL kept for one function: lists of each length have their own.
MOST_KEPT = 100


class WrittenQuery(Query):
    """A query that answers with a compiler that has its SQL already."""

    def get_compiler(self, using: Any = None, connection: Any = None, elide_empty: bool = True) -> Any:
        self.compiler_at_hand.connection = connections[using] if using else connection  # type: ignore[attr-defined]
        return self.compiler_at_hand  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Written:
    """`places`: which id of the call each parameter of the SQL is; None for one that is always the same."""

    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[int | None, ...]
    converters: dict[int, Any]

    def rows(self, ids: tuple[int | str, ...]) -> list[Any]:
        filled = tuple(kept if place is None else ids[place] for kept, place in zip(self.parameters, self.places, strict=True))
        compiler = copy.copy(self.compiler)
        compiler.as_sql = lambda *args, **kwargs: (self.sql, filled)
        compiler.get_converters = lambda expressions: self.converters
        queryset = self.queryset.all()
        queryset.query.__class__ = WrittenQuery
        queryset.query.compiler_at_hand = compiler  # type: ignore[attr-defined]
        return list(queryset)


class Prepared:
    """See the module. `build(user, *fixed, *ids)`, or `build(user, *fixed, [ids])`, gives the queryset."""

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self.kept: dict[Hashable, Written | None] = {}

    def __call__(self, user: Any, *ids: int | str, fixed: tuple[Hashable, ...] = ()) -> list[Any]:
        """The rows that `user` may read. Raises ValueError where the function does not pass every id on as it is."""
        return self.rows(user, ids, fixed, many=False)

    def of(self, user: Any, ids: Iterable[int], fixed: tuple[Hashable, ...] = ()) -> list[Any]:
        """The rows for any of these ids; no query for none."""
        found = tuple(ids)
        return self.rows(user, found, fixed, many=True) if found else []

    def rows(self, user: Any, ids: tuple[int | str, ...], fixed: tuple[Hashable, ...], *, many: bool) -> list[Any]:
        if user is not None:
            return list(self.queryset(user, ids, fixed, many=many))
        key = (fixed, many, tuple(map(type, ids)), get_language())
        if key not in self.kept:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            self.kept[key] = self.write(ids, fixed, many=many)
        written = self.kept.get(key)
        return written.rows(ids) if written is not None else list(self.queryset(None, ids, fixed, many=many))

    def queryset(self, user: Any, ids: tuple[int | str, ...], fixed: tuple[Hashable, ...], *, many: bool) -> QuerySet[Any]:
        return self.build(user, *fixed, list(ids)) if many else self.build(user, *fixed, *ids)

    def write(self, ids: tuple[int | str, ...], fixed: tuple[Hashable, ...], *, many: bool) -> Written | None:
        """The SQL with stand-ins for the ids; None where there is none, since no row can answer."""
        stand_ins = tuple(FIRST_STAND_IN + place if isinstance(each, int) else f"KEY-{place}" for place, each in enumerate(ids))
        queryset = self.queryset(None, stand_ins, fixed, many=many)
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            sql, parameters = compiler.as_sql()
        except (EmptyResultSet, FullResultSet):
            return None
        places = tuple(stand_ins.index(value) if value in stand_ins else None for value in parameters)
        if set(places) - {None} != set(range(len(ids))):
            raise ValueError(f"{self.build.__name__} does not pass on every id: {sql}")
        if not fixed and any(isinstance(value, dt.date) or DATE.match(str(value)) for value in parameters):
            raise ValueError(f"{self.build.__name__} asks the clock, which would stand still: {sql}")
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return Written(queryset, compiler, sql, tuple(parameters), places, converters)


def prepared(build: Callable[..., QuerySet[Any]]) -> Prepared:
    return Prepared(build)


def attach(records: Iterable[Any], name: str, rows: Iterable[Any], key: str, *, pick: str = "") -> list[Any]:
    """Give each record the rows whose `key` is its id, as `prefetch_related(name)` would; returns the rows.

    `pick`: what of each row is meant, where the rows are those of the table between two models.
    """
    found = list(rows)
    groups = defaultdict(list)
    for row in found:
        groups[getattr(row, key)].append(getattr(row, pick) if pick else row)
    for record in records:
        put(record, name, groups[record.pk])
    return found


def put(record: Any, name: str, rows: list[Any]) -> None:
    """Make `record.name.all()` these rows, without a query."""
    queryset = record._meta.get_field(name).related_model._default_manager.all()
    queryset._result_cache, queryset._prefetch_done = rows, True
    record.__dict__.setdefault("_prefetched_objects_cache", {})[name] = queryset


def is_at_hand(record: Any, name: str) -> bool:
    """Whether `record.name.all()` asks nothing."""
    return name in getattr(record, "_prefetched_objects_cache", {})
