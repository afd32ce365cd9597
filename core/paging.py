"""Keyset paging: a page costs the same wherever it is, and nothing is counted that is not shown."""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet, FieldDoesNotExist, ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

MANY = 1000


@dataclass
class Page:
    """One page of records. `after` is the opaque mark of the next page, '' at the end; `broken` says that the mark
    in the address could not be read and the first page is shown instead; `partial` that it ended because so much had been
    looked through (`core.walks`): what follows may hold more."""

    records: list[Any]
    after: str
    first: bool
    broken: bool = False
    partial: bool = False

    def __iter__(self) -> Any:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


def encode(values: Sequence[Any]) -> str:
    text = json.dumps([v.isoformat() if isinstance(v, (dt.date, dt.datetime)) else v for v in values], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def mark_of(record: Any, names: Sequence[str]) -> str:
    """The mark of the page that follows `record`."""
    return encode([getattr(record, name) for name in names])


def decode(mark: str, length: int) -> list[Any] | None:
    """The values in a mark, None when it is not one of ours."""
    if len(mark) > 2000:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(mark.encode() + b"=" * (-len(mark) % 4)))
    except (ValueError, binascii.Error, UnicodeError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    return values if all(isinstance(value, (str, int, float)) and not isinstance(value, bool) for value in values) else None


def typed(queryset: QuerySet[Any], names: Sequence[str], values: Sequence[Any]) -> list[Any] | None:
    """Each value as its column or annotation wants it; None when one does not fit (a forged mark)."""
    model: type[Model] = queryset.model
    result = []
    for name, value in zip(names, values, strict=True):
        try:
            annotation = queryset.query.annotations.get(name)
            if annotation is not None:
                field = annotation.output_field
            else:
                field = model._meta.pk if name == "pk" else model._meta.get_field(name)
            clean = field.to_python(value)  # type: ignore[union-attr]
        except FieldDoesNotExist:
            clean = value
        except (ValidationError, ValueError, TypeError, OverflowError):
            return None
        if isinstance(clean, dt.datetime) and timezone.is_naive(clean):
            return None
        if clean is None or (isinstance(clean, str) and "\x00" in clean):
            return None
        if isinstance(clean, int) and not -(2**63) <= clean < 2**63:
            return None
        result.append(clean)
    return result


def page_by_key(queryset: QuerySet[Any], order: Sequence[str], after: str = "", size: int | None = None) -> Page:
    """The page of `queryset` that follows the mark `after`.

    `order` names non-null columns or annotations, `-` for descending; together they must be unique (end with the key
    or the id). Costs one query of `size + 1` rows.
    """
    size = size or settings.PAGE_SIZE
    names = [name.lstrip("-") for name in order]
    values = decode(after, len(names)) if after else None
    if values is not None:
        values = typed(queryset, names, values)
    broken = bool(after) and values is None
    queryset = queryset.order_by(*order)
    if values is not None:
        condition, equal = Q(), Q()
        for name, column, value in zip(order, names, values, strict=True):
            operator = "lt" if name.startswith("-") else "gt"
            condition |= equal & Q(**{f"{column}__{operator}": value})
            equal &= Q(**{column: value})
        # By itself the first column bounds the walk along an index, which the alternatives do not.
        bound = "lte" if order[0].startswith("-") else "gte"
        queryset = queryset.filter(Q(**{f"{names[0]}__{bound}": values[0]}) & condition)
    rows = list(queryset[: size + 1])
    mark = ""
    if len(rows) > size:
        rows.pop()
        mark = mark_of(rows[-1], names)
    return Page(rows, mark, first=values is None, broken=broken)


def bounded_count(queryset: QuerySet[Any], limit: int = MANY) -> tuple[int, bool]:
    """(count, exact): counts no further than `limit`, so the cost does not grow with the table."""
    rows, count = queryset.order_by().values_list("pk")[: limit + 1], 0
    # `rows.count()` says the same, and takes twice as long to write it.
    with contextlib.suppress(EmptyResultSet), connection.cursor() as cursor:
        sql, values = rows.query.sql_with_params()
        cursor.execute(f"SELECT count(*) FROM ({sql}) counted", values)
        (count,) = cursor.fetchone()
    return (limit, False) if count > limit else (count, True)
