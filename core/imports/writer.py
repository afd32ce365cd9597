"""Writing files: exports as CSV, XLSX or JSON, and the report of the rows that did not go in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core.events import record_read
from core.imports.explained import example_row, explained
from core.imports.guard import guard
from core.imports.problems import FileRefused, Problem
from core.imports.reader import REPORT_PREFIX
from core.imports.registry import resource_for
from core.imports.runner import Run
from core.imports.sheets import write_workbook
from core.models.imports import ImportBatch, Outcome
from core.text import fold

FORMATS = ("csv", "xlsx", "json")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def run_export(
    kind: str,
    form: str,
    *,
    actor: Any,
    edition: str = "",
    records: Any = None,
    language: str = "",
    template: bool = False,
) -> tuple[bytes, int]:
    """The file of an export and its number of rows. `form`: csv, xlsx or json. It can be imported again unchanged.

    Column names and coded words are in `language`, else in that of the moment.

    `template`: no records, but one row of examples, which imports leave out.

    An export of personal data leaves an event on each edition concerned. Raises `FileRefused`.
    """
    if form not in FORMATS:
        raise FileRefused(_("Files are written as %(forms)s.") % {"forms": ", ".join(FORMATS)})
    resource = resource_for(kind)(actor=actor, edition=edition)
    if not resource.allowed():
        raise FileRefused(_("You may not export %(kind)s.") % {"kind": kind})
    resource.check_place()
    chosen = resource.model._default_manager.none() if template else resource.records() if records is None else records
    chosen = resource.may_leave(chosen)
    columns = resource.export_columns(chosen)
    with override(language or get_language()):
        headers = [column.header for column in columns]
        rows = [example_row(resource, columns)] if template else list(resource.export_rows(chosen, columns))
        sheet = explained(resource, columns) if form == "xlsx" else None
    if resource.is_personal and rows and not template:
        for place in resource.places(chosen):
            record_read(place, "export", actor, changes={"kind": [None, kind], "rows": [None, len(rows)]})
    if form == "csv":
        return write_csv(headers, rows), len(rows)
    if form == "xlsx":
        return write_workbook(kind, headers, rows, sheet), len(rows)
    return json_of(headers, rows), len(rows)


def json_of(headers: list[str], rows: Iterable[list[str]]) -> bytes:
    """A list of objects, every value as text."""
    items = [dict(zip(headers, row, strict=True)) for row in rows]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode()


def write_csv(headers: list[str], rows: Iterable[list[str]]) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheet programs recognise it, and no formulas."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([guard(cell) for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def write_report(run: Run) -> bytes:
    """The rows that did not go in, as they came, with why; corrected, the file can be imported as it is."""
    rows = ((row.row.number, row.outcome, row.row.cells, row.problems) for row in run.rows if not row.row.is_blank)
    return report_file(run.table.headers, rows, run.batch.key if run.batch else "")


def report_of(batch: ImportBatch, numbers: Collection[int] | None = None) -> bytes:
    """The same for an import that was kept. `numbers`: of these rows only."""
    headers = [header for header, _column in batch.mapping]
    open_ = open_rows(batch) if numbers is None else open_rows(batch).filter(number__in=numbers)
    rows = (
        (row.number, row.outcome, [row.values.get(header, "") for header in headers], [Problem(**p) for p in row.problems])
        for row in open_.order_by("number").iterator(chunk_size=500)
        if any(row.values.values())
    )
    return report_file(headers, rows, batch.key)


def open_rows(batch: ImportBatch) -> Any:
    """The rows of an import that did not go in, and were not brought in by a later one either."""
    return batch.outcomes.filter(outcome__in=[Outcome.QUARANTINED, Outcome.SKIPPED], settled_by__isnull=True)


def report_file(headers: list[str], rows: Iterable[tuple[int, str, list[str], list[Problem]]], key: str = "") -> bytes:
    """CSV of the quarantined and skipped ones among `rows` (number, outcome, cells, problems).

    By row number and `key` of the import, the corrected row closes the one that waits.
    """
    names = (_("row"), _("column"), _("value"), _("reason"), _("remedy"), *([_("import")] if key else []))
    # A report that comes back once more has these columns already.
    places = [place for place, header in enumerate(headers) if not fold(header).startswith(REPORT_PREFIX)]
    skipped = [Problem(_("Good, but not imported because another row was refused."))]
    lines = []
    for number, outcome, cells, problems in rows:
        if outcome not in (Outcome.QUARANTINED, Outcome.SKIPPED):
            continue
        told = [(p.column, p.value, p.reason, p.remedy) for p in problems or skipped]
        reasons = (" | ".join(filter(None, texts)) for texts in zip(*told, strict=True))
        lines.append([*(cells[place] for place in places), str(number), *reasons, *([key] if key else [])])
    return write_csv([*(headers[place] for place in places), *(f"Acuerda: {name}" for name in names)], lines)
