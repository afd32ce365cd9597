"""The page of an import: how far it is, what became of its rows, its file, the rows that wait, and its end before time."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.events import record_read
from core.imports import jobs
from core.imports import undo as undoing
from core.imports.entering import entered_with
from core.imports.registry import kinds, resource_for
from core.imports.runner import SMALL
from core.imports.writer import CONTENT_TYPES, open_rows, report_of
from core.models import ImportBatch
from core.models.imports import BatchState, Outcome
from core.workflow import StepRefused
from core.workspace import REFUSED, done, just_confirmed, workspace_page

MOST_ROWS_SHOWN = 100
#: Rows that a page takes back while its reader waits.
MOST_UNDONE = 2_000


def kind_words(kind: str) -> str:
    words = kinds()[kind]._meta.model._meta.verbose_name_plural
    return str(words)[:1].upper() + str(words)[1:]


def own_batches(request: HttpRequest) -> Any:
    batches = ImportBatch.objects.filter(kind__in=kinds()).order_by("-pk")
    return batches if getattr(request.user, "is_superuser", False) else batches.filter(actor_id=request.user.pk)


@workspace_page(methods=("GET", "HEAD"))
def import_batch(request: HttpRequest, key: str) -> HttpResponse:
    """One import: who, when, which file, how its columns were taken, and the rows that need a decision."""
    if (trial := own_trial(request, key)) is not None:
        return render(request, "workspace/imports/trial.html", trial_context(trial))
    batch = own_batch(request, key)
    fields = resource_for(batch.kind)(actor=request.user).fields
    mapping = [(header, fields[name].header if name in fields and fields[name].names else "") for header, name in batch.mapping]
    if batch.state in UNDER_WAY:
        # After a restart nobody may be at work.
        jobs.nudge()
    elif request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    open_ = open_rows(batch)
    to_decide = open_.filter(outcome=Outcome.QUARANTINED)
    context = {
        "batch": batch,
        "title": kind_words(batch.kind),
        "mapping": mapping,
        "rows": to_decide.order_by("number")[:MOST_ROWS_SHOWN],
        "to_decide": to_decide.count(),
        "at_once": SMALL,
        "entered": entered_with(batch),
        "waiting": open_.count() if batch.state not in UNDER_WAY else 0,
        "settled": batch.outcomes.filter(settled_by__isnull=False).count(),
        "counts": [(Outcome(name).label, getattr(batch, name)) for name in Outcome.values],
        "under_way": batch.state in UNDER_WAY,
        "can_undo": batch.state in undoing.ENDED and (batch.created or batch.updated),
        "failed": batch.state == BatchState.FAILED,
        "percent": batch.rows * 100 // batch.total if batch.total else 100,
    }
    template = "progress" if request.headers.get("HX-Request") else "batch"
    return render(request, f"workspace/imports/{template}.html", context)


def own_trial(request: HttpRequest, key: str) -> ImportBatch | None:
    """The trial of a file that this person has sent, for the part of a page that asks how far it is."""
    if not request.headers.get("HX-Request") or "\x00" in key:
        return None
    return ImportBatch.every.filter(trial=True, key=key, actor_id=request.user.pk).first()


def trial_context(trial: ImportBatch) -> dict[str, Any]:
    if trial.state in UNDER_WAY:
        jobs.nudge()
    return {
        "trial": trial,
        "under_way": trial.state in UNDER_WAY,
        "is_done": trial.state == BatchState.DONE,
        "percent": trial.rows * 100 // trial.total if trial.total else 100,
        "counts": [(Outcome(name).label, getattr(trial, name)) for name in Outcome.values],
    }


UNDER_WAY = (BatchState.QUEUED, BatchState.RUNNING)


@workspace_page(methods=("POST",))
def import_stop(request: HttpRequest, key: str) -> HttpResponse:
    """End an import before its time: the rows that are left are skipped. Those that are in stay; undo takes them out."""
    batch = own_batch(request, key)
    if jobs.stop(batch):
        messages.success(request, _("The import ends after the rows that are being written; the others are skipped."))
        jobs.nudge()
    else:
        messages.info(request, _("The import had ended already."))
    return redirect("workspace:import", batch.key)


@workspace_page(methods=("POST",))
def import_go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Go on with an import that a fault interrupted."""
    batch = own_batch(request, key)
    if jobs.go_on(batch):
        jobs.nudge()
    return redirect("workspace:import", batch.key)


@workspace_page
def import_undo(request: HttpRequest, key: str) -> HttpResponse:
    """GET: what would be taken back, or what stands against it. POST: it is taken back, all of it or nothing."""
    batch = own_batch(request, key)
    if batch.state not in undoing.ENDED:
        raise Http404
    written = batch.created + batch.updated
    obstacles, refusal = [], ""
    if written > MOST_UNDONE:
        refusal = _(
            "This import wrote too many rows for a page: whoever runs the server takes it back with manage.py undo_import."
        )
    elif request.method == "POST":
        try:
            undoing.undo(batch=batch, actor=request.user)
        except undoing.UndoRefused as error:
            refusal, obstacles = str(error), error.obstacles
        except StepRefused as error:
            refusal = str(error)
        else:
            return done(request, _("The import was undone."), "workspace:import", batch.key)
    else:
        obstacles = undoing.obstacles_of(batch, request.user)
    context = {"batch": batch, "title": _("Undo an import"), "obstacles": obstacles, "refusal": refusal}
    return render(request, "workspace/imports/undo.html", context, status=REFUSED if request.method == "POST" else 200)


def own_batch(request: HttpRequest, key: str) -> ImportBatch:
    if not any(each(actor=request.user).allowed() for each in kinds().values()):
        raise PermissionDenied
    found = own_batches(request).filter(key=key).first() if "\x00" not in key else None
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


@workspace_page(methods=("GET", "HEAD"))
def import_errors(request: HttpRequest, key: str) -> HttpResponse:
    """The rows that did not go in, as they came, with why: corrected, the file can be imported as it is."""
    batch = own_batch(request, key)
    if kinds()[batch.kind].is_personal:
        just_confirmed(request)
        record_read(batch, "see_import_rows", request.user)
    return download(io.BytesIO(report_of(batch)), f"{batch.kind}-{batch.key}.csv", CONTENT_TYPES["csv"])


@workspace_page(methods=("GET", "HEAD"))
def import_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file as it came."""
    batch = own_batch(request, key)
    if batch.file and kinds()[batch.kind].is_personal:
        just_confirmed(request)
        record_read(batch, "see_import_file", request.user)
    try:
        return download(batch.file.open("rb"), f"{batch.key}.bin", "application/octet-stream")
    except (OSError, ValueError) as error:
        raise Http404 from error


def download(file: Any, name: str, content_type: str) -> HttpResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox"
    return response  # type: ignore[return-value]
