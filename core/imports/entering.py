"""Names in a column of references that no record bears, and of which the organizer says: a new one.

They come in as an import of their own, by the same resource as a file of such records: with its validators, events and page. It
goes before the file that names them, in the same transaction, and is undone with it. Until then a dry run takes each for a record
that will be there. `+code` is what is said (`code`: of which kind the new one is); the text of the cell is its name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.imports.cells import Many, Reference
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.reader import Table
from core.imports.registry import resource_of
from core.imports.settling import EVERY, MADE, NEW
from core.models.imports import ImportBatch, Outcome
from core.text import clean_line, fold

#: How an answer begins that makes a record, and the text of its cell in a dry run.
ANEW = "+"


def widget_of(column: Any) -> Any:
    return column.widget.of if isinstance(column.widget, Many) else column.widget


def kind_choices(resource: Any, column: Any) -> list[tuple[str, str]]:
    """(answer, words) for a column whose names can be entered as new records; none for others.

    Only where rows are written together: a dry run then writes nothing, and needs no record to point to."""
    target = target_of(resource, column)
    if target is None:
        return []
    widget = widget_of(target.fields[target.asked_of_new])
    return [(f"{ANEW}{code}", widget.render(code)) for code in widget.words if code]


def target_of(resource: Any, column: Any) -> Any:
    """The resource by which new records that a column names come in; None where they do not."""
    widget = widget_of(column) if column is not None else None
    if not resource.gathers or not isinstance(widget, Reference):
        return None
    found = resource_of(widget.model)
    target = found(actor=resource.actor) if found is not None and found.asked_of_new else None
    return target if target is not None and target.allowed() and target.key_prefix else None


def is_anew(text: str) -> bool:
    return text.startswith(ANEW) and len(text) > 1


def promised(resource: Any, widget: Reference, text: str, condition: dict[str, Any]) -> Any:
    """In a dry run: the record that will bear the name in `text`, unsaved. One for each name and place (`condition`)."""
    name = clean_line(text.removeprefix(ANEW))
    there = resource.promised.setdefault(widget.model, {})
    place = " ".join([fold(name), *(str(getattr(part, "pk", part)) for part in condition.values())])
    if place not in there:
        model: Any = widget.model
        target = resource_of(model)
        named = target.named(name) if target is not None else {}
        there[place] = model(pk=-1 - len(there), **{model.KEY: name[:60], **named, **condition})
    return there[place]


def named_anew(plan: Plan, table: Table) -> Iterator[tuple[str, str, str, str]]:
    """(header, folded name, name as the first cell with it writes it, answer) of each name of which a new record is said."""
    places = {header: place for place, header in enumerate(table.headers)}
    said_anew = {header: {folded: said for folded, said in of.items() if is_anew(said)} for header, of in plan.values.items()}
    wanted = {header: of for header, of in said_anew.items() if of and header in places}
    for row in table.rows:
        if not wanted:
            return
        for header, of in list(wanted.items()):
            cell = row.cells[places[header]]
            for text in (cell, *cell.split(";")):
                if text and (folded := fold(text)) in of:
                    yield header, folded, clean_line(text), of.pop(folded)
            if not of:
                del wanted[header]


def enter(resource: Any, plan: Plan, table: Table, *, edition: str) -> list[ImportBatch]:
    """Enter the new records that the plan asks for, and put their keys into it. In the transaction of the caller; the imports.

    Raises `FileRefused` when one of them is refused, with its reasons."""
    by_kind: dict[str, dict[str, tuple[str, str]]] = {}
    used: list[tuple[str, str, str]] = []
    for header, folded, text, said in named_anew(plan, table):
        target = target_of(resource, resource.fields.get(plan.columns.get(header, "")))
        if target is None:
            continue
        by_kind.setdefault(target.kind, {}).setdefault(folded, (text, said.removeprefix(ANEW)))
        used.append((header, folded, target.kind))
    batches = {kind: import_names(kind, list(names.values()), resource.actor, edition) for kind, names in by_kind.items()}
    for kind, batch in batches.items():
        made = batch.outcomes.filter(outcome=Outcome.CREATED).order_by("number").values_list("record_key", flat=True)
        keys = dict(zip(by_kind[kind], made, strict=True))
        for header, folded, of_kind in used:
            if of_kind == kind:
                plan.values[header][folded] = keys[folded]
    plan.entered = [batch.key for batch in batches.values()]
    return list(batches.values())


def import_names(kind: str, names: list[tuple[str, str]], actor: Any, edition: str) -> ImportBatch:
    """Import (name, code) pairs as new records of a kind, all or nothing. Raises `FileRefused`."""
    from core.imports.registry import resource_for
    from core.imports.runner import run_import

    target = resource_for(kind)
    text = io.StringIO()
    rows = csv.writer(text)
    columns = target(actor=actor).fields
    headers = {columns[name].header: name for name in (target.identity[0], target.name_column, target.asked_of_new)}
    rows.writerow(headers)
    rows.writerows([MADE, name, code] for name, code in names)
    run = run_import(
        kind,
        name=_("new names in another file") + ".csv",
        data=text.getvalue().encode(),
        actor=actor,
        edition=edition,
        plan=Plan(columns=headers, decisions={EVERY: NEW}),
        all_or_nothing=True,
    )
    batch: Any = run.batch
    if run.refused:
        batch.file.delete(save=False)
        first = run.refused[0]
        raise FileRefused(
            _("“%(name)s” cannot be entered as a new one: %(reason)s")
            % {"name": first.row.cells[1], "reason": " ".join(problem.sentence for problem in first.problems)}
        )
    return batch  # type: ignore[no-any-return]


def entered_with(batch: ImportBatch) -> list[ImportBatch]:
    """The imports by which new records came in that this one names."""
    keys = [str(key) for key in batch.plan.get("entered", [])]
    return list(ImportBatch.objects.filter(key__in=keys).order_by("-pk")) if keys else []
