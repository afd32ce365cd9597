"""What the admin of every record does the same: search folded, save through doors, offer the legal steps, delete nothing.

An app's admin says which rows a person works on and which doors write them:

    @admin.register(Organization)
    class OrganizationAdmin(SharedAdmin):
        create_door = staticmethod(create_organization)
        edit_door = staticmethod(edit_organization)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.admin_io import ImportExportRecordAdmin
from core.admin_steps import StepsMixin
from core.paging import bounded_count
from core.search import words_of
from core.timeline import timeline
from core.workflow import StaleRecord, StepRefused, changing, create

MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):
    """Counts no further than a person would page."""

    @cached_property
    def count(self) -> int:
        return bounded_count(self.object_list, MOST_COUNTED)[0]


class RecordForm(forms.ModelForm):
    """A form that remembers the revision it was opened with, and shows what a door refused."""

    opened = forms.IntegerField(widget=forms.HiddenInput, required=False)
    refusal: Exception | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opened"].initial = getattr(self.instance, "revision", None)

    def full_clean(self) -> None:
        super().full_clean()
        if self.refusal is None or not self.is_bound:
            return
        if isinstance(self.refusal, StaleRecord):
            self.show_the_other(self.refusal.current)
        errors = self.refusal.message_dict if hasattr(self.refusal, "error_dict") else {None: [str(self.sentence())]}
        for name, sentences in errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)

    def sentence(self) -> str:
        return " ".join(self.refusal.messages) if isinstance(self.refusal, ValidationError) else str(self.refusal)

    def show_the_other(self, current: models.Model) -> None:
        """Beside what was typed, what somebody else wrote in the meantime."""
        for name in self.changed_data:
            field = current._meta.get_field(name) if name != "opened" else None
            if field is not None and not field.many_to_many:
                self.add_error(name, _("Here it now says: “%(text)s”.") % {"text": getattr(current, name)})


class WithRefusals(admin.ModelAdmin):
    """A door's refusal is an error of the form: nothing was written, and what was typed stays."""

    form = RecordForm

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (StepRefused, ValidationError) as error:
            request.door_refusal = error  # type: ignore[attr-defined]
            if isinstance(error, StaleRecord):
                # Whoever has read both texts saves again on top of the present one.
                given = request.POST.copy()
                given["opened"] = str(error.current.revision)  # type: ignore[attr-defined]
                request.POST = given  # type: ignore[assignment]
            for file in request.FILES.values():
                file.seek(0)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "door_refusal", None)})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The hidden revision goes with the first fields, where there is something to save."""
        fieldsets = [(name, dict(options)) for name, options in super().get_fieldsets(request, obj)]
        names = [name for _title, options in fieldsets for name in options["fields"]]
        if fieldsets and "opened" not in names and obj is not None and self.has_change_permission(request, obj):
            fieldsets[0][1]["fields"] = [*fieldsets[0][1]["fields"], "opened"]
        return fieldsets


class RecordAdmin(StepsMixin, ImportExportRecordAdmin, WithRefusals):
    """Base of the admin of a record. What a person may read and write is for `scope` and the `may_…` methods to say."""

    change_form_template = "admin/records/change_form.html"
    object_history_template = "admin/records/history.html"
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    save_as = False
    view_on_site = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    #: The folded column is searched word by word; other columns as they are.
    search_fields = ("folded",)
    #: Columns given when the record is made and never again.
    only_on_creation: tuple[str, ...] = ()
    create_door: Any = None
    edit_door: Any = None
    #: The name under which `edit_door` takes the record; the model's own name by default.
    door_name = ""

    # --- who may what: for the apps to answer ---

    def may_enter(self, user: Any) -> bool:
        """Whether this person sees the list at all."""
        raise NotImplementedError

    def may_add(self, user: Any) -> bool:
        return self.may_enter(user)

    def may_change(self, record: Any, user: Any) -> bool:
        return self.may_enter(user)

    def scope(self, queryset: models.QuerySet[Any], user: Any) -> models.QuerySet[Any]:
        """The rows that this person works on."""
        raise NotImplementedError

    # --- Django's questions ---

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_enter(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_enter(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_enter(request.user) and self.may_add(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_enter(request.user) and (obj is None or self.may_change(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Records have a history: they are withdrawn, recalled, closed, never deleted."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.scope(super().get_queryset(request), request.user)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """What a person may not see is answered like what does not exist."""
        raise Http404

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters of the list and no others: an address is not a way to guess hidden columns."""
        shown = [name for name in self.get_list_filter(request) if isinstance(name, str)]
        return any(lookup in (name, f"{name}__exact", f"{name}__id__exact", f"{name}__isnull") for name in shown)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if tuple(self.search_fields) != ("folded",):
            return super().get_search_results(request, queryset, search_term.replace("\x00", ""))
        for word in words_of(search_term):
            queryset = queryset.filter(folded__contains=word)
        return queryset, False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_of(db_field.related_model, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self.choices_of(db_field.related_model, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def choices_of(self, model: Any, request: HttpRequest) -> Any:
        """A record is tied to those rows only that this person works on."""
        return self.admin_site.get_model_admin(model).get_queryset(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(self.only_on_creation if obj is not None else ())]

    # --- saving ---

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the door. The instance that the form made is only looked at."""
        opts = self.opts
        names = [name for name in form.cleaned_data if name != "opened" and (not change or name in form.changed_data)]
        many = {field.name for field in opts.many_to_many}
        values = {name: form.cleaned_data[name] for name in names if name not in many}
        links = {name: list(form.cleaned_data[name]) for name in names if name in many}
        if change:
            record = opts.model._base_manager.get(pk=obj.pk)
            self.edit_record(request, record, values, links, form.cleaned_data.get("opened"))
        else:
            record = self.create_record(request, values, links)
        obj.__dict__.update(record.__dict__)

    def create_record(self, request: HttpRequest, values: dict[str, Any], links: dict[str, Any]) -> Any:
        if self.create_door is not None:
            return self.create_door(actor=request.user, values=values, **links)
        return create(self.model(**values), actor=request.user, links=links)

    def edit_record(
        self, request: HttpRequest, record: Any, values: dict[str, Any], links: dict[str, Any], revision: int | None
    ) -> None:
        if self.edit_door is not None:
            given: Mapping[str, Any] = {self.door_name or self.opts.model_name: record}
            more = {"links": links} if links else {}
            self.edit_door(**given, actor=request.user, values=values, revision=revision, **more)
            return
        with changing(record, actor=request.user, revision=revision) as change:
            for name, value in values.items():
                setattr(change.record, name, value)
            for name, records in links.items():
                change.set_links(name, records)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The door wrote the links of the record; rows of inlines go through doors of their own."""
        for formset in formsets:
            self.save_formset(request, form, formset, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        inline = getattr(formset, "inline", None)
        if inline is None:
            return
        for row_form in formset.deleted_forms:
            if row_form.instance.pk:
                inline.remove_row(request, row_form.instance)
        for row_form in formset.extra_forms:
            if row_form.has_changed() and row_form not in formset.deleted_forms:
                values = {name: value for name, value in row_form.cleaned_data.items() if name not in ("DELETE", "id")}
                inline.add_row(request, form.instance, {k: v for k, v in values.items() if k != formset.fk.name})

    # The events are the history; Django's own log would keep names of people for ever.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        return None

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        return []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The timeline of the record, from its events."""
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(record)s") % {"record": record},
            "opts": self.opts,
            "object": record,
            "entries": timeline(record, workflows=[self.flow] if self.flow else []),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyMixin:
    """Records that other steps write: shown, found, never typed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(ReadOnlyMixin, admin.TabularInline):
    """Rows of a record, to read."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class DoorInline(admin.TabularInline):
    """Rows that are added and removed through doors, and not changed in between."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        return type(formset.__name__, (formset,), {"inline": self})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        related = self.admin_site.get_model_admin(db_field.related_model)
        kwargs.setdefault("queryset", related.get_queryset(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def may_write(self, record: Any, user: Any) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.may_write(obj, request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.may_write(obj, request.user)

    def add_row(self, request: HttpRequest, record: Any, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        raise NotImplementedError
