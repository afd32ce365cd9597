"""The import desk of the workspace: send a file or paste cells, say what the columns are, look, and let it in.

The same engine as the command. Nothing is written until "Import" is pressed; until then the file waits in storage under a
name that only its sender's signed token knows. Every step is a form, so it works without a script.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import LOOKED_AT, BaseForm
from core.imports import trials
from core.imports.batches import download, kind_words, own_batches, trial_context
from core.imports.delimited import DELIMITERS
from core.imports.doubts import Doubt, doubts_of, is_answered
from core.imports.doubts import mark_of as doubts_mark
from core.imports.encodings import ENCODINGS
from core.imports.entering import enter
from core.imports.jobs import nudge
from core.imports.kept import keep_plan, kept_plan
from core.imports.pending import forget, put_by, stored_of, take_back
from core.imports.plan import Plan, known_names, propose, questions, strange_values, used_before
from core.imports.problems import FileRefused
from core.imports.reader import MOST_BYTES, REPORT_PREFIX, Reading, Table, read
from core.imports.registry import kinds, resource_for
from core.imports.reread import keep_read, read_again
from core.imports.resolve import page_of, take
from core.imports.resource import RecordResource
from core.imports.runner import SMALL, Run, enqueue, opened, run_import
from core.imports.settling import MADE
from core.imports.values import (
    MOST_CONSTANTS,
    MOST_VALUES,
    NO_NAMES,
    constants_of,
    names_to_settle,
    page_of_names,
    word_choices,
)
from core.imports.writer import CONTENT_TYPES, run_export
from core.models.imports import BatchState, ImportBatch, Outcome
from core.text import clean_line, fold
from core.uploads import kept_or_gone
from core.workspace import REFUSED, just_confirmed, sent, show_form, workspace_page

MOST_PASTED = 1_000_000
MOST_ROWS_SHOWN = 100
MOST_BATCHES = 50
READ_AS = ("encoding", "delimiter", "sheet", "header_row")


class SendForm(BaseForm):
    """A file or pasted cells. `editions`: slugs to choose from, none when rows belong to no edition."""

    watches = False
    submit_label = gettext_lazy("Read it")

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, TSV, TXT, XLSX, ODS, XLS or JSON. It is kept as it is; nothing is imported yet."),
        required=False,
    )
    cells = forms.CharField(
        label=gettext_lazy("Or paste the cells here, with the row of the names of the columns"),
        widget=forms.Textarea(attrs={"rows": "6"}),
        max_length=MOST_PASTED,
        required=False,
        strip=False,
    )
    edition = forms.ChoiceField(label=gettext_lazy("Edition"), required=False)

    def __init__(self, *args: Any, editions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["edition"]
        if editions and isinstance(field, forms.ChoiceField):
            field.choices = [("", _("as the file says, or the only one")), *((slug, slug) for slug in editions)]
        else:
            del self.fields["edition"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, cells = given.get("file"), given.get("cells", "")
        if file is not None and file.size > MOST_BYTES:
            self.add_error(
                "file", _("The file is too large: at most %(most)s MB can be imported at once.") % {"most": MOST_BYTES >> 20}
            )
        elif file is None and not cells.strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste the cells."))
        return given


def desk_resource(request: HttpRequest, kind: str, edition: str = "") -> RecordResource:
    """The resource as this person may use it: 403 for those who import nothing, 404 for a kind that does not exist."""
    if not any(each(actor=request.user).allowed() for each in kinds().values()):
        raise PermissionDenied
    if kind not in kinds():
        raise Http404
    resource = resource_for(kind)(actor=request.user, edition=edition)
    if not resource.allowed():
        raise PermissionDenied
    return resource


@workspace_page(methods=("GET", "HEAD"))
def imports(request: HttpRequest) -> HttpResponse:
    """What can be imported, and the imports of this person (of everybody for administrators), newest first."""
    allowed = [kind for kind, each in kinds().items() if each(actor=request.user).allowed()]
    if not allowed:
        raise PermissionDenied
    shown = [{"kind": kind, "words": kind_words(kind)} for kind in allowed]
    batches = own_batches(request).select_related("actor")[:MOST_BATCHES]
    return render(request, "workspace/imports/list.html", {"kinds": shown, "batches": batches, "forms": list(CONTENT_TYPES)})


@workspace_page
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """GET: the form. POST with a file or cells: how it was read. POST with the token of that: look again, or import."""
    resource = desk_resource(request, kind)
    if "token" in request.POST:
        return continued(request, kind)
    form = SendForm(sent(request), request.FILES or None, editions=resource.edition_choices())
    if form.is_valid():
        file = form.cleaned_data["file"]
        name = file.name[:255] if file is not None else "cells.txt"
        file = file if file is not None else io.BytesIO(form.cleaned_data["cells"].encode("utf-8", "replace"))
        edition = form.cleaned_data.get("edition", "")
        try:
            look = looked_at(request, kind, name, file, edition)
        except FileRefused as error:
            form.refuse(str(error))
        else:
            token = put_by(request.user, kind, file, {"name": name, "edition": edition})
            stored = stored_of(token)
            keep_plan(stored, look.plan)
            keep_read(stored, name, look.table, known=known_names(look.resource), reading=look.plan.reading)
            return look_page(request, tried_whole(request, look, name, stored, edition), token)
    context = {"kind": kind, "words": kind_words(kind), "title": _("Import: %(name)s") % {"name": kind_words(kind)}}
    return show_form(request, "workspace/imports/send.html", form, **context)


@dataclass
class Look:
    """A file as it would be imported now. `refusal` says why nothing can go in yet."""

    kind: str
    resource: RecordResource
    table: Table
    plan: Plan
    run: Run | None = None
    refusal: str = ""
    #: Of a large file: the trial of all its rows, under way or done.
    trial: ImportBatch | None = None
    given: Any = field(default_factory=dict)
    #: What looks like personal data; `is_asked`: the import was asked for without saying that it may stay.
    doubts: list[Doubt] = field(default_factory=list)
    is_asked: bool = False


def looked_at(
    request: HttpRequest,
    kind: str,
    name: str,
    file: BinaryIO,
    edition: str,
    given: Any = None,
    kept: Plan | None = None,
    said: Callable[[Table], Plan] | None = None,
    stored: str = "",
) -> Look:
    """Read the file, propose or take the plan, and try the import without keeping it. Raises `FileRefused` for the file.

    `given` is what the page sent, `kept` what was said on earlier pages about rows that it did not show; `said` makes the plan
    when nothing was sent yet. Of a file that waits as `stored`, and whose trial is done, all rows have their outcome; of another
    the first ones are tried now.
    """
    resource = desk_resource(request, kind, edition)
    reading = replace(Reading.of({key: given.get(key, "") for key in READ_AS} if given else {}), lenient=True)
    known = known_names(resource)
    table = (
        read_again(stored, name, file, known=known, reading=reading) if stored else read(name, file, known=known, reading=reading)
    )
    if given and given.get("headers") == table.mark:
        plan = sent_plan(given, table, kept or Plan())
    elif said is not None:
        plan = said(table)
    else:
        plan = used_before(kind, table.headers, request.user) or Plan(columns=propose(resource, table))
    plan.reading = reading
    if given and given.get("make_keys") and resource.key_prefix:
        plan.constants[resource.identity[0]] = MADE
    look = Look(kind, resource, table, plan, given=given or {})
    try:
        options = {"edition": edition, "plan": plan, "table": table}
        look.run = whole_run(request, look, name, file, edition, stored)
        if look.run is None:
            look.run = run_import(kind, name=name, data=file, actor=request.user, dry_run=True, most=SMALL, **options)
        look.resource = look.run.resource or resource
    except FileRefused as error:
        look.refusal = str(error)
    return look


def whole_run(request: HttpRequest, look: Look, name: str, file: BinaryIO, edition: str, stored: str) -> Run | None:
    """All rows of a large file, where a trial as the plan says is done. Raises `FileRefused`."""
    if not stored or len(look.table.rows) <= SMALL:
        return None
    options = {"name": name, "stored": stored, "edition": edition, "plan": look.plan, "table": look.table}
    trial = trials.trial_of(request.user, look.kind, begin=False, **options)
    if trial is None or trial.state != BatchState.DONE or (outcomes := trials.outcomes_of(trial, look.table)) is None:
        return None
    look.trial = trial
    resource, table = opened(look.kind, name, file, actor=request.user, edition=edition, plan=look.plan, table=look.table)
    return Run(look.kind, table, outcomes, trial.notes, True, resource=resource, left_out=resource.left_out)


def tried_whole(request: HttpRequest, look: Look, name: str, stored: str, edition: str) -> Look:
    """The same; what was not tried of a large file is tried in the background."""
    if look.trial is None and look.run is not None and look.run.untried:
        options = {"name": name, "stored": stored, "edition": edition, "plan": look.plan, "table": look.table}
        look.trial = trials.trial_of(request.user, look.kind, **options)
        nudge()
    return look


def sent_plan(given: Any, table: Table, kept: Plan) -> Plan:
    """The plan that the page sent back: a column for each header by its place, answers, words for coded values, texts for
    every row, and what was said about single rows."""
    plan = Plan()
    take(plan, kept, given, table)
    for number in range(MOST_CONSTANTS):
        name, text = given.get(f"constant-{number}", "")[:60], clean_line(given.get(f"text-{number}", "")[:2000])
        if name and text:
            plan.constants[name] = text
    for place, header in enumerate(table.headers):
        plan.columns[header] = given.get(f"column-{place}", "")[:60]
        for question in ("dates", "percent"):
            if answer := given.get(f"{question}-{place}", "")[:10]:
                plan.answers.setdefault(header, {})[question] = answer
        # What was said of names on other pages stays.
        as_before = kept.columns.get(header, "") == plan.columns[header]
        said = dict(kept.values.get(header, {})) if as_before else {}
        for number in range(MOST_VALUES):
            folded, word = given.get(f"value-{place}-{number}", "")[:200], given.get(f"word-{place}-{number}", "")[:200]
            word = word or given.get(f"anew-{place}-{number}", "")[:30]
            if folded and word:
                said[folded] = word
            elif folded:
                said.pop(folded, None)
        if said:
            plan.values[header] = said
    return plan


def continued(request: HttpRequest, kind: str) -> HttpResponse:
    """The page of the columns was sent: look again, or let the rows in."""
    given = request.POST
    try:
        waiting = take_back(given["token"], request.user, kind)
        with waiting.file as file:
            stored, edition = waiting.stored, waiting.edition
            look = looked_at(request, kind, waiting.name, file, edition, given, kept_plan(stored), stored=stored)
            keep_plan(stored, look.plan)
            look.doubts = doubts_of(look.resource, look.table, look.plan)
            look.is_asked = not is_answered(look.doubts, given.get(LOOKED_AT))
            if given.get("do") != "import" or look.run is None or look.is_asked:
                look.is_asked = look.is_asked and given.get("do") == "import"
                return look_page(request, tried_whole(request, look, waiting.name, stored, edition), given["token"])
            batch = let_in(request, kind, waiting, look, all_or_nothing="all_or_nothing" in given)
    except (signing.BadSignature, OSError, KeyError):
        return again(request, kind, _("The file is no longer there: choose it again."))
    except FileRefused as error:
        return again(request, kind, str(error))
    forget(stored)
    return redirect("workspace:import", batch.key)


def let_in(request: HttpRequest, kind: str, waiting: Any, look: Look, *, all_or_nothing: bool) -> Any:
    """The batch: of a small file at once, of a larger one in the queue. Raises `FileRefused`."""
    options = {
        "name": waiting.name,
        "data": waiting.file,
        "actor": request.user,
        "edition": waiting.edition,
        "all_or_nothing": all_or_nothing,
        "plan": look.plan,
        "table": look.table,
    }
    place = getattr(look.resource, "default_edition", None)
    with kept_or_gone() as stored, transaction.atomic():
        # What the organizer said is new goes in before the rows that name it.
        entered = enter(look.resource, look.plan, look.table, edition=waiting.edition or getattr(place, "slug", ""))
        stored += [batch.file for batch in entered]
        small = len(look.table.rows) <= SMALL
        batch = run_import(kind, **options).batch if small else enqueue(kind, **options)
    if not small:
        nudge()
    return batch


def again(request: HttpRequest, kind: str, sentence: str) -> HttpResponse:
    form = SendForm({}, editions=desk_resource(request, kind).edition_choices())
    form.errors.clear()
    form.refuse(sentence)
    context = {"kind": kind, "words": kind_words(kind), "title": _("Import: %(name)s") % {"name": kind_words(kind)}}
    return render(request, "workspace/imports/send.html", {"form": form, **context}, status=REFUSED)


def look_page(request: HttpRequest, look: Look, token: str) -> HttpResponse:
    run = look.run
    good = run.counts[Outcome.CREATED] + run.counts[Outcome.UPDATED] if run else 0
    asked: dict[str, list[Any]] = {}
    for question in questions(look.resource, look.table, look.plan):
        asked.setdefault(question.header, []).append(
            (question, look.plan.answers.get(question.header, {}).get(question.name, ""))
        )
    strange = strange_values(look.resource, look.table, look.plan)
    named = names_to_settle(look)
    columns = []
    for place, header in enumerate(look.table.headers):
        if fold(header).startswith(REPORT_PREFIX):
            continue
        name = look.plan.columns.get(header, "")
        asked_page = str(look.given.get("names", "")) if look.given else ""
        names = page_of_names(named[header], asked_page.removeprefix(f"{place}:")) if header in named else NO_NAMES
        columns.append(
            {
                "place": place,
                "header": header,
                "name": name,
                "examples": [row.cells[place] for row, _n in zip(look.table.rows, range(40), strict=False) if row.cells[place]][
                    :2
                ],
                "questions": asked.get(header, []),
                "strange": word_choices(look, header, name, strange.get(header, [])) + names.shown,
                "names": names,
                "left_out": look.resource.left_out.get(header) or (run and run.left_out.get(header, "")),
            }
        )
    look.doubts = look.doubts or doubts_of(look.resource, look.table, look.plan)
    context = {
        "title": _("Import: %(name)s") % {"name": kind_words(look.kind)},
        "kind": look.kind,
        "look": look,
        "doubts_mark": doubts_mark(look.doubts),
        "run": run,
        **(trial_context(look.trial) if look.trial and run and run.untried else {}),
        "columns": columns,
        "choices": [(name, column.header) for name, column in look.resource.fields.items() if column.names and not column.hidden],
        "page": page_of(look, look.given) if run else None,
        "constants": constants_of(look),
        "offers_keys": bool(look.refusal and look.resource.key_prefix and look.resource.identity[0] not in look.plan.named),
        "goes_in": bool(good or (run and run.untried)),
        "good": good,
        "token": token,
        "mark": look.table.mark,
        "encodings": ENCODINGS.items(),
        "delimiters": DELIMITERS.items(),
    }
    return render(request, "workspace/imports/look.html", context, status=REFUSED if look.refusal or look.is_asked else 200)


@workspace_page(methods=("GET", "HEAD"))
def import_template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """A file with the columns of a kind and one row of examples, in the language of the page."""
    desk_resource(request, kind)
    if form not in CONTENT_TYPES:
        raise Http404
    data, _count = run_export(kind, form, actor=request.user, template=True)
    return download(io.BytesIO(data), f"{kind}.{form}", CONTENT_TYPES[form])


@workspace_page(methods=("GET", "HEAD"))
def import_export(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The records of a kind that this person may export, of one edition with `?edition=`; the file can be imported again."""
    edition = request.GET.get("edition", "")[:60]
    if desk_resource(request, kind).personal:
        just_confirmed(request)
    if form not in CONTENT_TYPES:
        raise Http404
    try:
        data, _count = run_export(kind, form, actor=request.user, edition=edition)
    except FileRefused as error:
        raise Http404(str(error)) from error
    return download(io.BytesIO(data), f"{edition or 'acuerda'}-{kind}.{form}", CONTENT_TYPES[form])
