"""The desk of an edition: how it stands, its data, its stage, its working tables."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import sockets
from core.timeline import timeline
from core.workspace import REFUSED, attempt, done, sent, show_form, workspace_page
from forum.models import Edition
from forum.workflow import EDITION, create_edition, create_table, edit_edition, edit_table, set_stage
from forum.workspace.access import organizers_only, own_edition
from forum.workspace.forms import EditionForm, StageForm, TableForm


def edition_page(request: HttpRequest, edition: Any, stage_form: Any = None) -> HttpResponse:
    """Counts and gaps, tables, the form of the stage, and what happened."""
    gaps = [row for rows in sockets.edition_gaps.collect(edition=edition, today=edition.today()) for row in rows]
    context = {
        "edition": edition,
        "counts": gaps,
        "tables": edition.tables.select_related("moderator__person", "rapporteur__person"),
        "stage_form": stage_form or stage_form_of(edition),
        "timeline": timeline(edition, workflows=[EDITION]),
    }
    return render(request, "forum/workspace/edition.html", context, status=REFUSED if stage_form else 200)


def stage_form_of(edition: Any, data: Any = None) -> StageForm:
    form = StageForm(data, record=edition, prefix="stage")
    form.action = reverse("workspace:edition_stage", args=[edition.slug])
    return form


@workspace_page(methods=("GET", "HEAD"))
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    return edition_page(request, own_edition(request, slug))


@workspace_page(methods=("POST",))
def edition_stage(request: HttpRequest, slug: str) -> HttpResponse:
    """Move the edition to another stage."""
    found = own_edition(request, slug)
    form = stage_form_of(found, request.POST)
    if form.is_valid() and attempt(form, set_stage, edition=found, actor=request.user, **form.values("stage", "reason")):
        return done(request, _("The stage is now: %(stage)s.") % {"stage": found.get_stage_display()}, "workspace:edition", slug)
    return edition_page(request, found, form)


@workspace_page
def edition_new(request: HttpRequest) -> HttpResponse:
    """Enter an edition: whoever enters it organizes it."""
    organizers_only(request)
    form = EditionForm(sent(request))
    if form.is_valid() and attempt(form, create_edition, actor=request.user, values=form.values()):
        return done(request, _("Entered: %(record)s.") % {"record": form.result}, "workspace:edition", form.result.slug)
    return show_form(request, "forum/workspace/edition_form.html", form, title=_("Enter an edition"))


@workspace_page
def edition_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the data of the edition."""
    found = own_edition(request, slug)
    form = EditionForm(sent(request), record=found)
    if form.is_valid() and attempt(
        form, edit_edition, edition=found, actor=request.user, values=form.values(), revision=form.revision
    ):
        return done(request, _("Saved: %(record)s.") % {"record": found}, "workspace:edition", slug)
    return show_form(request, "forum/workspace/edition_form.html", form, title=_("Data of the edition"), edition=found)


@workspace_page
def table_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a working table."""
    found = own_edition(request, slug)
    last = found.tables.order_by("-number").values_list("number", flat=True).first() or 0
    form = TableForm(sent(request), edition=found, initial={"number": last + 1})
    if form.is_valid() and attempt(form, create_table, actor=request.user, values={**form.values(), "edition": found}):
        return done(request, _("Entered: %(record)s.") % {"record": form.result}, "workspace:edition", slug)
    return show_form(
        request, "forum/workspace/edition_form.html", form, title=_("Enter a working table"), edition=found, names_of=found
    )


@workspace_page
def table_edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a working table."""
    found = own_edition(request, slug)
    table = found.tables.filter(number=number).first() if number < 2**15 else None
    if table is None:
        raise Http404
    form = TableForm(sent(request), record=table, edition=found)
    if form.is_valid() and attempt(
        form, edit_table, table=table, actor=request.user, values=form.values(), revision=form.revision
    ):
        return done(request, _("Saved: %(record)s.") % {"record": table}, "workspace:edition", slug)
    return show_form(
        request,
        "forum/workspace/edition_form.html",
        form,
        title=_("Working table %(number)s") % {"number": number},
        edition=found,
        names_of=found,
        timeline=timeline(table),
    )


def chosen_edition(request: HttpRequest) -> Any:
    """The edition that `?edition=` names, else the newest that this person organizes; 403 when there is none."""
    if slug := request.GET.get("edition", ""):
        return own_edition(request, slug)
    found = Edition.objects.organized_by(request.user).current()
    if found is None:
        raise PermissionDenied
    return found
