"""The rows of an import that need a decision, opened in the desk as a table of their own, with all that was said about them.

They come with the number of their row and the key of their import, so whatever the new import makes of them, they wait no
more in the old one.
"""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.imports.batches import UNDER_WAY, own_batch
from core.imports.desk import look_page, looked_at
from core.imports.kept import keep_plan
from core.imports.pending import put_by, stored_of
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.reader import Reading, Table
from core.imports.runner import SMALL
from core.imports.settling import EVERY, OF_ROW, SAME
from core.imports.work import named_columns
from core.imports.writer import report_of
from core.models import ImportBatch
from core.models.imports import Outcome
from core.workspace import workspace_page


@workspace_page(methods=("POST",))
def import_mend(request: HttpRequest, key: str) -> HttpResponse:
    """The first rows of an import that are in quarantine, as a file that waits to be imported."""
    batch = own_batch(request, key)
    waiting = batch.outcomes.filter(outcome=Outcome.QUARANTINED, settled_by__isnull=True)
    if batch.state in UNDER_WAY or not waiting.exists():
        messages.info(request, _("No row of this import needs a decision."))
        return redirect("workspace:import", batch.key)
    numbers = list(waiting.order_by("number").values_list("number", flat=True)[:SMALL])
    file, name, edition = io.BytesIO(report_of(batch, numbers)), f"{batch.key}.csv", batch.edition_slug
    try:
        look = looked_at(request, batch.kind, name, file, edition, said=lambda table: plan_of(batch, table))
    except FileRefused as error:
        messages.error(request, str(error))
        return redirect("workspace:import", batch.key)
    token = put_by(request.user, batch.kind, file, {"name": name, "edition": edition})
    keep_plan(stored_of(token), look.plan)
    return look_page(request, look, token)


def plan_of(batch: ImportBatch, table: Table) -> Plan:
    """What was said for the whole file, and about these of its rows, by the numbers that they have in `table`."""
    plan = Plan.of(batch.plan)
    plan.columns = {header: plan.columns.get(header, "") for header in table.headers}
    plan.reading = Reading()
    for header, order in plan.orders.items():
        plan.answers.setdefault(header, {}).setdefault("dates", order)
    cells, decisions = plan.cells, plan.decisions
    plan.cells, plan.decisions = {}, {EVERY: decisions[EVERY]} if EVERY in decisions else {}
    for number, before in numbers_before(table).items():
        if before in cells:
            plan.cells[str(number)] = cells[before]
        # What another row of that file made has a key by now.
        if before in decisions and not decisions[before].startswith(SAME + OF_ROW):
            plan.decisions[str(number)] = decisions[before]
    return plan


def numbers_before(table: Table) -> dict[int, str]:
    """Row of a report → which row it was in the file of its import; none for other files."""
    named = named_columns(table.headers)
    if named is None:
        return {}
    place: Any = table.headers.index(named[1])
    return {row.number: row.cells[place].strip() for row in table.rows}
