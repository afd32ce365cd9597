"""A list as a file: CSV of what the public reads of it, narrowed down as the list is, written row by row.

The columns are those of the product's other exports (`core.imports`), with the same headers in Spanish and English; which of
them are public is said for each list, so a column that is added to an import stays private until somebody says otherwise.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, override

from core.imports.columns import Column
from core.imports.guard import guard
from core.imports.registry import resource_for
from core.listing import Narrowed

#: A file of a list holds at most this many rows: the list can be narrowed down to as many.
MOST_ROWS = 10_000
CHUNK = 500
MARK = "\ufeff"


class Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text


class PublicTable:
    """The public columns of a kind of record.

    `names` are columns of the kind's resource, in the order of the file. `show` gives another value in a column where the
    public reads another one than organizers do: name → function of the record. `prepare(rows, user)` fetches what the
    columns read, and nothing that this person may not read. `more` are columns that only this file has.
    """

    def __init__(
        self,
        kind: str,
        names: Sequence[str],
        prepare: Callable[[QuerySet[Any], Any], QuerySet[Any]],
        show: dict[str, Callable[[Any], Any]] | None = None,
        more: Sequence[Column] = (),
    ) -> None:
        self.kind, self.names, self.prepare = kind, tuple(names), prepare
        self.show, self.more = show or {}, tuple(more)

    def columns(self, user: Any) -> list[Column]:
        resource = resource_for(self.kind)(actor=user)
        found = []
        for name in self.names:
            column = resource.fields[name]
            if name in self.show:
                column.show = self.show[name]
            found.append(column)
        return [*found, *self.more]

    def lines(self, narrowed: Narrowed, user: Any, language: str) -> Iterator[str]:
        """The file line by line, with the mark by which spreadsheet programs recognise UTF-8."""
        columns = self.columns(user)
        writer = csv.writer(Echo())
        with override(language):
            yield MARK + writer.writerow([column.header for column in columns])
        for record in narrowed.rows.stream(narrowed.columns, MOST_ROWS, CHUNK, lambda rows: self.prepare(rows, user)):
            # The language of the thread may be another one by the time that a row is asked for.
            with override(language):
                cells = [guard(column.export(record)) for column in columns]
            yield writer.writerow(cells)

    def response(self, request: HttpRequest, narrowed: Narrowed, user: Any) -> StreamingHttpResponse:
        """The file of a list as it is narrowed down and ordered, under the name that it has in its address."""
        language = get_language() or "es"
        response = StreamingHttpResponse(self.lines(narrowed, user, language), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{request.path.rsplit("/", 1)[-1]}"'
        response["X-Robots-Tag"] = "noindex"
        patch_cache_control(response, private=True, no_store=True)
        return response
