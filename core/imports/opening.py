"""A file before a resource: which column each header means, what the file as a whole tells, and the texts of a row."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from core.imports.cells import Day, Moment, PartlyKnownDay
from core.imports.columns import Column
from core.imports.keys import Keys
from core.imports.plain import cleaned
from core.imports.plan import Plan, not_collected
from core.imports.problems import FileRefused
from core.imports.reader import LOST, REPORT_PREFIX, Table
from core.imports.rows import Row
from core.imports.settling import MADE, Texts
from core.imports.when import order_shown
from core.text import fold


class Opening:
    """The part of `RecordResource` that reads a file's shape. See there for the attributes that it fills."""

    identity: ClassVar[tuple[str, ...]]
    fields: dict[str, Any]
    plan: Plan
    headers: dict[str, str]
    all_headers: list[str]
    own_keys: Keys
    orders: dict[str, str]
    left_out: dict[str, str]
    names_given: set[str]
    mended: dict[str, int]
    as_written: dict[str, str]
    notes: list[str]
    unknown: list[str]
    column: Any
    model: Any

    def columns_of_number(self, number: int) -> dict[str, Column]:
        raise NotImplementedError

    def open(self, table: Table, plan: Plan | None = None) -> None:
        """Match the headers of the file to columns, as the plan says or as their names do, and look through the file once."""
        self.plan = plan or Plan()
        self.all_headers = table.headers
        self.match(table)
        self.settle_place(table)
        self.survey(table)

    def match(self, table: Table) -> None:
        proposed = self.plan.columns or {
            header: self.column_named(fold(header)) for header in table.headers if not fold(header).startswith(REPORT_PREFIX)
        }
        forbidden = not_collected(table)
        for header in table.headers:
            name = proposed.get(header, "")
            if not name or name not in self.fields or self.fields[name].hidden:
                if header not in forbidden and not fold(header).startswith(REPORT_PREFIX):
                    self.unknown.append(header)
            elif name in self.headers.values():
                raise FileRefused(
                    _("The columns “%(first)s” and “%(second)s” mean the same. Keep one of them.")
                    % {"first": next(h for h, n in self.headers.items() if n == name), "second": header}
                )
            else:
                self.headers[header] = name
        self.left_out = {header: what for header, what in forbidden.items() if header not in self.headers}
        self.names_given = {*self.headers.values(), *self.plan.constants}
        missing = [name for name, column in self.fields.items() if column.needed and name not in self.names_given]
        if missing or not self.headers:
            raise FileRefused(
                _("The file needs the column %(missing)s. It has: %(headers)s.")
                % {
                    "missing": ", ".join(" / ".join(self.fields[name].names[:2]) for name in missing or self.identity),
                    "headers": ", ".join(table.headers),
                }
            )
        self.tell(table)

    def tell(self, table: Table) -> None:
        """What the organizer should know about columns that are not imported."""
        if self.left_out:
            self.notes.append(
                _(
                    "Personal data that are not collected here; the columns were left out, and their cells are not kept: %(names)s."
                )
                % {"names": ", ".join(self.left_out)}
            )
        if self.unknown:
            self.notes.append(
                _("Columns that are not known and were not imported: %(names)s.") % {"names": ", ".join(self.unknown)}
            )
        read_past = [header for header, name in self.headers.items() if self.fields[name].informative]
        if read_past:
            self.notes.append(
                _("Columns that only inform, because steps are taken in the application: %(names)s.")
                % {"names": ", ".join(read_past)}
            )

    def survey(self, table: Table) -> None:
        """Go through the file once: which keys it brings, and in which order its dates are written."""
        dated = [
            (place, self.headers[header])
            for place, header in enumerate(table.headers)
            if header in self.headers and isinstance(self.fields[self.headers[header]].widget, (Day, PartlyKnownDay, Moment))
        ]
        shown: dict[str, set[str]] = {}
        for row in table.rows:
            key = self.key_of(self.texts(table, row))
            if key:
                self.own_keys.add(key, row.number)
            for place, name in dated:
                if order := order_shown(row.cells[place]):
                    shown.setdefault(name, set()).add(order)
        self.orders = {name: next(iter(found)) for name, found in shown.items() if len(found) == 1}

    def settle_place(self, table: Table) -> None:
        """Find out what the rows belong to before the file is looked through; may raise `FileRefused`."""

    def plan_used(self, table: Table) -> dict[str, Any]:
        """The plan as it was carried out, for the next file of the same kind."""
        columns = {header: self.headers.get(header, "") for header in table.headers}
        orders = {header: self.orders[name] for header, name in self.headers.items() if name in self.orders}
        return replace(self.plan, columns=columns, orders=orders).as_dict()

    def column_named(self, folded: str) -> str:
        """The name of the column with this folded header, '' without one."""
        for name, column in self.fields.items():
            if folded in column.folded_names():
                return name
        return self.numbered(folded) or ""

    def answer(self, question: str) -> str:
        """What the organizer answered about the column that is being read."""
        header = self.header_of_column()
        return self.plan.answers.get(header, {}).get(question, "")

    def date_order(self) -> str:
        """Whether day or month comes first in the column that is being read: said, else shown by its other dates."""
        return self.answer("dates") or self.orders.get(str(self.column.name), "")

    def header_of_column(self) -> str:
        return next((header for header, name in self.headers.items() if name == self.column.name), "")

    def clean_text(self, column: Column, text: str) -> str:
        """Free text without markup and mended where it was read in a wrong encoding; the report counts what was done."""
        found = cleaned(text)
        if found != text:
            self.mended[str(column.name)] = self.mended.get(str(column.name), 0) + 1
            self.as_written[str(column.name)] = text
        return found

    def notes_of_texts(self) -> list[str]:
        """What was done to texts, for the report."""
        return [
            _("%(header)s: markup was taken out of, or a wrong encoding mended in, %(count)s cells.")
            % {"header": self.header_of(name) or name, "count": count}
            for name, count in self.mended.items()
        ]

    def numbered(self, header: str) -> str | None:
        """The name of the column for a folded header with a number in it (`clause 3`), which is added; None without one."""
        found = re.search(r"\b[1-9]\d?\b", header)
        for name, column in (self.columns_of_number(int(found[0])) if found else {}).items():
            if header in column.folded_names():
                column.bind(name, self.model)
                self.fields[name] = column
                return name
        return None

    def texts(self, table: Table, row: Row) -> Texts:
        """Column → text for the columns that the file has, as the organizer mended it."""
        mended = self.plan.cells.get(str(row.number), {})
        named = ((header, mended.get(header, text)) for header, text in zip(table.headers, row.cells, strict=True))
        texts = Texts({self.headers[header]: text for header, text in named if header in self.headers})
        texts.number = row.number
        for header, instead in self.plan.values.items():
            name = self.headers.get(header)
            if name is not None:
                texts[name] = instead_of(texts[name], instead, many=self.fields[name].is_many)
        for name, text in self.plan.constants.items():
            if not texts.get(name, "").strip():
                texts[name] = text
        return texts

    def mends(self, row: Row) -> bool:
        """Whether the organizer wrote anew every cell in which a letter was lost, so that the row can be read."""
        mended = self.plan.cells.get(str(row.number), {})
        lost = [header for header, text in zip(self.all_headers, row.cells, strict=False) if LOST in text]
        return bool(lost) and all(LOST not in mended.get(header, LOST) for header in lost)

    def key_of(self, texts: dict[str, str]) -> str:
        """What makes a row the only one of its record in a file; '' when a part of it is missing."""
        parts = [texts.get(name, "").strip().casefold() for name in self.identity]
        return "|".join(parts) if all(parts) and MADE not in parts else ""

    def header_of(self, name: str) -> str:
        """The header in the file of a column or of a model's field, '' when the file has none."""
        wanted = {name} | {n for n, column in self.fields.items() if column.attribute in (name, f"person__{name}")}
        return next((header for header, column in self.headers.items() if column in wanted), "")


def instead_of(text: str, instead: dict[str, str], *, many: bool) -> str:
    """The text of a cell by a list of values; of a cell with several values, each by itself."""
    if (whole := instead.get(fold(text))) is not None:
        return with_name(whole, text)
    if not many or ";" not in text:
        return text
    return ";".join(with_name(instead.get(fold(part), part), part) for part in text.split(";"))


def with_name(instead: str, text: str) -> str:
    """The text instead; where a new record is said, its name goes along (`core.imports.entering`)."""
    return f"+{text.strip()}" if instead.startswith("+") else instead
