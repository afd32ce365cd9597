"""The queue taken along: a workbook with lists of what is allowed, one document to read, and the way back."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from core.forms import BaseForm
from core.imports.cells import Words, YesNo
from core.imports.guard import guard
from core.imports.problems import FileRefused
from core.imports.runner import Run, run_import
from core.imports.writer import CONTENT_TYPES
from core.models import ImportBatch
from core.uploads import LARGEST
from core.workspace import sent, show_form, workspace_page
from proposals.resources.drafts import DraftResource, rows_of_queue
from proposals.workspace.access import officials_only

#: Referrals in one file, the most urgent first.
MOST = 500


class OfflineForm(BaseForm):
    """The workbook that comes back."""

    submit_label = gettext_lazy("Save the drafts")
    buttons = [("check", gettext_lazy("Only check"))]
    file = forms.FileField(
        label=gettext_lazy("The filled workbook"), help_text=gettext_lazy("XLSX, or CSV with the same columns.")
    )


def list_of(column: Any) -> list[str]:
    """The words that a coded cell takes."""
    if isinstance(column.widget, Words):
        return [column.widget.render(code) for code in column.widget.words if code]
    return [YesNo().render(value) for value in (True, False)] if isinstance(column.widget, YesNo) else []


def workbook(user: Any) -> bytes:
    """What my bodies owe, one row each, with a list in every cell that takes a word of a list."""
    resource = DraftResource(actor=user)
    rows = rows_of_queue(user, MOST)
    columns = resource.export_columns([row for row in rows if row.pk])
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = _("Opinions")
    sheet.freeze_panes = "E2"
    for row in ([column.header for column in columns], *([column.export(each) for column in columns] for each in rows)):
        sheet.append([guard(ILLEGAL_CHARACTERS_RE.sub("", text)) for text in row])
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 44 if not list_of(column) and not column.informative else 22
        for cell in sheet[letter]:
            cell.number_format, cell.data_type = "@", "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet[f"{letter}1"].font = Font(bold=True)
        if words := list_of(column):
            rule = DataValidation(type="list", formula1='"' + ",".join(words) + '"', allow_blank=True)
            rule.errorTitle, rule.error = _("Not on the list"), ", ".join(words)[:250]
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{max(len(rows), 1) + 1}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def take_back(name: str, data: bytes, user: Any, *, check: bool) -> Run:
    """Import the workbook. What the batch keeps of it is that it came and how each row ended: administrators look through
    batches, and a draft is for the officials of its body alone. Raises `FileRefused`."""
    with transaction.atomic():
        run = run_import("drafts", name=name, data=data, actor=user, dry_run=check)
        if run.batch is not None:
            run.batch.outcomes.update(values={}, problems=[])
            storage, stored = run.batch.file.storage, run.batch.file.name
            ImportBatch.objects.filter(pk=run.batch.pk).update(file="")
            transaction.on_commit(lambda: storage.delete(stored))
    return run


@workspace_page
def offline(request: HttpRequest) -> HttpResponse:
    """Take the queue along, and bring it back: the same checks as on the form, row by row."""
    officials_only(request)
    form = OfflineForm(sent(request), request.FILES or None)
    run = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > LARGEST:
            form.refuse(_("The file is too large."))
        else:
            try:
                run = take_back(file.name, file.read(), request.user, check="check" in request.POST)
            except FileRefused as refusal:
                form.refuse(str(refusal))
    return show_form(request, "proposals/workspace/offline.html", form, run=run, most=MOST)


@workspace_page(methods=("GET", "HEAD"))
def offline_workbook(request: HttpRequest) -> HttpResponse:
    officials_only(request)
    response = HttpResponse(workbook(request.user), content_type=CONTENT_TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="{_("opinions")}.xlsx"'
    return response


@workspace_page(methods=("GET", "HEAD"))
def offline_print(request: HttpRequest) -> HttpResponse:
    """Every proposal that waits, whole, on paper."""
    officials_only(request)
    return render(request, "proposals/workspace/offline_print.html", {"rows": rows_of_queue(request.user, MOST)})
