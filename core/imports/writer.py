"""Writing files: exports as CSV, XLSX or JSON, and the report of the rows that did not go in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import record_event
from core.imports.guard import guard
from core.imports.problems import FileRefused
from core.imports.registry import resource_for
from core.imports.runner import Run
from core.imports.workbook import write_workbook
from core.models.imports import Outcome

FORMATS = ("csv", "xlsx", "json")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def run_export(kind: str, form: str, *, actor: Any, edition: str = "", records: Any = None) -> tuple[bytes, int]:
    """The file of an export and its number of rows. `form`: csv, xlsx or json. It can be imported again unchanged.

    An export of personal data leaves an event on each edition concerned. Raises `FileRefused`.
    """
    if form not in FORMATS:
        raise FileRefused(_("Files are written as %(forms)s.") % {"forms": ", ".join(FORMATS)})
    resource = resource_for(kind)(actor=actor, edition=edition)
    if not resource.allowed():
        raise FileRefused(_("You may not export %(kind)s.") % {"kind": kind})
    chosen = resource.records() if records is None else records
    columns = resource.export_columns(chosen)
    headers = [column.header for column in columns]
    rows = list(resource.export_rows(chosen, columns))
    if resource.is_personal and rows:
        with transaction.atomic():
            for place in resource.places(chosen):
                record_event(place, "export", actor=actor, changes={"kind": [None, kind], "rows": [None, len(rows)]})
    if form == "csv":
        return write_csv(headers, rows), len(rows)
    if form == "xlsx":
        return write_workbook(kind, headers, rows), len(rows)
    items = [dict(zip(headers, row, strict=True)) for row in rows]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode(), len(rows)


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
    headers = [
        *run.table.headers,
        *(f"Acuerda: {name}" for name in (_("row"), _("column"), _("value"), _("reason"), _("remedy"))),
    ]
    rows = []
    for row in run.rows:
        if row.outcome == Outcome.SKIPPED and not row.row.is_blank:
            reason = _("Good, but not imported because another row was refused.")
            rows.append([*row.row.cells, str(row.row.number), "", "", reason, ""])
        if row.outcome == Outcome.QUARANTINED:
            rows.append(
                [
                    *row.row.cells,
                    str(row.row.number),
                    *(" | ".join(filter(None, texts)) for texts in zip(*map(columns_of, row.problems), strict=True)),
                ]
            )
    return write_csv(headers, rows)


def columns_of(problem: Any) -> tuple[str, str, str, str]:
    return problem.column, problem.value, problem.reason, problem.remedy
