"""Import and export on the list pages of the admin, through the same engine as the commands.

    @admin.register(Organization)
    class OrganizationAdmin(ImportExportRecordAdmin, admin.ModelAdmin): …

The model's resource (see `core.imports.registry`) says who may, which columns there are and what each row becomes. An
import is first shown as a dry run; the file waits in storage under a name that only its uploader's signed token knows.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import record_read
from core.forms import LOOKED_AT
from core.imports.doubts import doubts_of, is_answered, mark_of
from core.imports.jobs import nudge
from core.imports.pending import put_by, take_back
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.reader import MOST_BYTES
from core.imports.registry import resource_of
from core.imports.resource import RecordResource
from core.imports.runner import SMALL, Run, enqueue, opened, run_import
from core.imports.writer import CONTENT_TYPES, report_of, run_export
from core.models import ImportBatch
from core.models.imports import Outcome
from core.workspace import just_confirmed

MOST_ROWS_SHOWN = 200


class ImportForm(forms.Form):
    """The file, and where and how it goes in. `editions`: slugs to choose from, none when rows belong to no edition."""

    file = forms.FileField(
        label=gettext_lazy("file"), help_text=gettext_lazy("CSV, XLSX, ODS, XLS or JSON, with Spanish or English column names.")
    )
    edition = forms.ChoiceField(label=gettext_lazy("edition"), required=False)
    all_or_nothing = forms.BooleanField(
        label=gettext_lazy("all or nothing: one refused row keeps all others out"), required=False
    )

    def __init__(self, *args: Any, editions: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editions:
            choose = _("as the file says, or the only one")
            field = self.fields["edition"]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
            field.choices = [("", choose), *((slug, slug) for slug in editions)]
        else:
            del self.fields["edition"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is too large: at most %(most)s MB can be imported at once.") % {"most": MOST_BYTES // 1024 // 1024}
            )
        return file


class ImportExportRecordAdmin:
    """Mixin, before `ModelAdmin`: buttons for import and export on the list page."""

    change_list_template = "admin/records/change_list.html"

    # --- what the mixin needs of ModelAdmin ---
    model: Any
    opts: Any
    admin_site: Any

    def resource_class(self) -> type[RecordResource] | None:
        return resource_of(self.model)

    def resource_for(self, request: HttpRequest, edition: str = "") -> RecordResource:
        """The resource as this person may use it; 404 without one, 403 for others."""
        resource_class = self.resource_class()
        if resource_class is None:
            raise Http404
        resource = resource_class(actor=request.user, edition=edition)
        if not resource.allowed():
            raise PermissionDenied
        return resource

    def get_urls(self) -> list[Any]:
        def named(name: str) -> str:
            return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

        wrap = self.admin_site.admin_view
        return [
            path("import/", wrap(self.import_view), name=named("import")),
            path("import/<str:key>/report/", wrap(self.report_view), name=named("report")),
            path("export/<str:form>/", wrap(self.export_view), name=named("export")),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        resource_class = self.resource_class()
        may = resource_class is not None and resource_class(actor=request.user).allowed()
        kind = resource_class.kind if resource_class is not None else ""
        context = {"may_import_export": may, "import_kind": kind, "query": request.GET.urlencode(), **(extra_context or {})}
        found: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]
        return found

    def address(self, name: str, *args: str) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    # --- export ---

    def export_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """The records of the list as it is filtered, as csv, xlsx or json."""
        resource = self.resource_for(request)
        if form not in CONTENT_TYPES:
            raise Http404
        if resource.personal:
            just_confirmed(request)
        listed = self.get_changelist_instance(request).get_queryset(request)  # type: ignore[attr-defined]
        records = resource.records().filter(pk__in=listed.order_by().values("pk"))
        data, _count = run_export(resource.kind, form, actor=request.user, records=records)
        response = HttpResponse(data, content_type=CONTENT_TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="{resource.kind}.{form}"'
        return response

    # --- import ---

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET: the form. POST with a file: what would happen. POST with the token of that: it happens."""
        resource = self.resource_for(request)
        if request.method == "POST" and "token" in request.POST:
            return self.confirm(request, resource)
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = ImportForm(*sent, editions=resource.edition_choices())
        run, token = None, ""
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            data = given["file"]
            options = {
                "name": given["file"].name[:255],
                "edition": given.get("edition", ""),
                "all_or_nothing": given["all_or_nothing"],
            }
            try:
                # The first rows while the page is made; a long file is tried and goes in behind it.
                run = run_import(resource.kind, data=data, actor=request.user, dry_run=True, most=SMALL, **options)
                token = put_by(request.user, resource.kind, data, options)
            except FileRefused as error:
                form.add_error("file", str(error))
        return self.page(request, resource, form, run, token)

    def page(
        self,
        request: HttpRequest,
        resource: RecordResource,
        form: ImportForm,
        run: Run | None,
        token: str = "",
        *,
        is_asked: bool = False,
    ) -> HttpResponse:
        """`is_asked`: it was to go in, and something that looks like personal data was not confirmed."""
        doubts = doubts_of(run.resource or resource, run.table, Plan()) if run else []
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import: %(name)s") % {"name": self.opts.verbose_name_plural},
            "opts": self.opts,
            "form": form,
            "columns": [column for column in resource.fields.values() if not column.hidden],
            "run": run,
            "rows": [row for row in run.rows if row.problems][:MOST_ROWS_SHOWN] if run else [],
            "goes_in": bool(run and (run.counts[Outcome.CREATED] or run.counts[Outcome.UPDATED] or run.untried)),
            "desk": reverse("workspace:import_new", args=[resource.kind]),
            "token": token,
            "doubts": doubts,
            "doubts_mark": mark_of(doubts),
            "is_asked": is_asked,
        }
        return TemplateResponse(request, "admin/records/import.html", context, status=422 if form.errors or is_asked else 200)

    def confirm(self, request: HttpRequest, resource: RecordResource) -> HttpResponse:
        """A short file goes in at once. A longer one goes into the queue, and on to the page that says how far it is."""
        try:
            waiting = take_back(request.POST["token"], request.user, resource.kind)
            with waiting.file as file:
                options: dict[str, Any] = {"name": waiting.name, "data": file, "actor": request.user, "edition": waiting.edition}
                as_read, table = opened(resource.kind, plan=None, **options)
                if not is_answered(doubts_of(as_read, table, Plan()), request.POST.get(LOOKED_AT)):
                    options["all_or_nothing"] = waiting.all_or_nothing
                    run = run_import(resource.kind, dry_run=True, most=SMALL, table=table, **options)
                    form = ImportForm(editions=resource.edition_choices())
                    return self.page(request, resource, form, run, request.POST["token"], is_asked=True)
                options |= {"all_or_nothing": waiting.all_or_nothing, "table": table}
                large = len(table.rows) > SMALL
                queued = enqueue(resource.kind, **options) if large else None
                run = run_import(resource.kind, **options) if not large else None
        except (signing.BadSignature, OSError, KeyError):
            messages.error(request, _("The file is no longer there: choose it again."))
            return redirect(self.address("import"))
        except FileRefused as error:
            messages.error(request, str(error))
            return redirect(self.address("import"))
        default_storage.delete(waiting.stored)
        if queued is not None:
            nudge()
            return redirect("workspace:import", queued.key)
        assert run is not None  # noqa: S101 (for the type checker)
        messages.success(request, run.summary)
        if run.refused and run.batch is not None:
            return TemplateResponse(
                request,
                "admin/records/imported.html",
                {
                    **self.admin_site.each_context(request),
                    "title": _("Imported: %(name)s") % {"name": self.opts.verbose_name_plural},
                    "opts": self.opts,
                    "run": run,
                    "rows": run.refused[:MOST_ROWS_SHOWN],
                    "report": self.address("report", run.batch.key),
                },
            )
        return redirect(self.address("changelist"))

    def report_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """The rows of an import that did not go in: for the person who imported, and for administrators."""
        resource = self.resource_for(request)
        batch = ImportBatch.objects.filter(key=key, kind=resource.kind).first() if "\x00" not in key else None
        if batch is None or (batch.actor_id != request.user.pk and not getattr(request.user, "is_superuser", False)):
            raise Http404
        if resource.is_personal:
            just_confirmed(request)
            record_read(batch, "see_import_rows", request.user)
        response = HttpResponse(report_of(batch), content_type=CONTENT_TYPES["csv"])
        response["Content-Disposition"] = f'attachment; filename="{batch.kind}-{batch.key}.csv"'
        return response
