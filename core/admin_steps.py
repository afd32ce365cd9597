"""The legal steps of a record as buttons on its page in the admin. They go through the same doors as everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.workflow import StepRefused, Words, Workflow, sentence_of


class StepForm(forms.Form):
    """What a step asks for. Subclasses add fields and may choose by `record` and `user` in `prepare`."""

    def __init__(self, *args: Any, record: Any, user: Any, reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reason:
            self.fields["reason"] = forms.CharField(
                label=gettext_lazy("reason"), widget=forms.Textarea(attrs={"rows": 2, "cols": 60})
            )
        self.prepare(record, user)

    def prepare(self, record: Any, user: Any) -> None:
        """Narrow the choices."""


@dataclass(frozen=True)
class StepDoor:
    """How a step is taken from the admin: `door(**{name: record}, actor=…, **what the form asked for)`."""

    door: Callable[..., Any]
    name: str
    form: type[StepForm] = StepForm


@dataclass(frozen=True)
class Button:
    """One step that this person can take now."""

    action: str
    label: Words
    note: Words
    form: forms.Form
    address: str


class StepsMixin:
    """Mixin of `RecordAdmin`. `step_doors`: action of the workflow → how it is taken here.

    Steps that need a page of their own (a whole text, rows) are taken in the workspace; `workspace_page` names that page.
    """

    flow: Workflow | None = None
    workspace_page = ""
    opts: Any
    admin_site: Any

    def step_doors(self) -> dict[str, StepDoor]:
        return {}

    def extra_buttons(self, request: HttpRequest, record: Any) -> list[Button]:
        """Buttons beside those of the workflow."""
        return []

    def step_address(self, record: Any, action: str) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_step"
        return reverse(name, args=[record.pk, action])

    def buttons(self, request: HttpRequest, record: Any) -> list[Button]:
        """What the table of steps offers this person now, as far as it can be taken here."""
        found = []
        doors = self.step_doors()
        for transition in self.flow.available(record, request.user) if self.flow else ():
            door = doors.get(transition.action)
            if door is not None:
                form = door.form(
                    record=record, user=request.user, reason=transition.needs_reason, auto_id=f"{transition.action}_%s"
                )
                address = self.step_address(record, transition.action)
                found.append(Button(transition.action, transition.label, transition.note, form, address))
        return found + self.extra_buttons(request, record)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("<path:object_id>/step/<str:action>/", view, name=name), *super().get_urls()]  # type: ignore[misc]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        record = self.get_object(request, object_id)  # type: ignore[attr-defined]
        context = dict(extra_context or {})
        if record is not None:
            context["steps"] = self.buttons(request, record)
            context["workspace_address"] = self.workspace_address(record)
        found: HttpResponse = super().change_view(request, object_id, form_url, context)  # type: ignore[misc]
        return found

    def workspace_address(self, record: Any) -> str:
        if not self.workspace_page:
            return ""
        try:
            return reverse(self.workspace_page, args=[record.public_key])
        except NoReverseMatch:
            return ""

    def take(self, request: HttpRequest, record: Any, action: str, values: dict[str, Any]) -> Words:
        """Take a step through its door; what it is called. Raises StepRefused or ValidationError."""
        door = self.step_doors()[action]
        door.door(**{door.name: record}, actor=request.user, **values)
        assert self.flow is not None  # noqa: S101 (a door without a workflow does not exist)
        return self.flow.by_action[action].label

    def form_of(self, request: HttpRequest, record: Any, action: str) -> forms.Form:
        """The bound form of a step; 404 for one that is not taken here."""
        door = self.step_doors().get(action)
        if door is None or self.flow is None:
            raise Http404
        reason = self.flow.by_action[action].needs_reason
        return door.form(request.POST, record=record, user=request.user, reason=reason)

    def step_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        """POST only. A refusal is shown with what was typed; the address itself leads to the record."""
        record = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):  # type: ignore[attr-defined]
            raise PermissionDenied
        back = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])
        if request.method != "POST":
            return redirect(back)
        form = self.form_of(request, record, action)
        if form.is_valid():
            try:
                label = self.take(request, record, action, form.cleaned_data)
            except (StepRefused, ValidationError) as error:
                form.add_error(None, sentence_of(error))
            else:
                messages.success(request, _("Done: %(step)s.") % {"step": label})
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": str(record),
            "opts": self.opts,
            "object": record,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/records/step.html", context, status=422)
