"""Beside the opinion: text templates of my body, the paper of an opinion on behalf, what happened later to a proposal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.downloads import hand_out
from core.forms import RecordForm, WebAddressField, pair
from core.gate import get_for
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency
from forum.permissions import is_organizer_of
from proposals.models import LaterAction, PaperScan, TextTemplate
from proposals.workflow import record_later_action, remove_template, save_template
from proposals.workspace.access import officials_only, own_proposal


class TemplateForm(RecordForm):
    """A text that opinions of the body begin with."""

    submit_label = gettext_lazy("Save the template")

    class Meta:
        model = TextTemplate
        fields = ["name", "place", "text"]

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["agencies"] = agencies
        bodies = Agency.objects.filter(pk__in=agencies).order_by("sort", "key")
        self.fields["agency"] = forms.ModelChoiceField(
            label=_("Public body"), queryset=bodies, to_field_name="key", empty_label=None, initial=bodies[0].key
        )
        if self.instance.pk:
            del self.fields["agency"]


@workspace_page
def templates(request: HttpRequest) -> HttpResponse:
    """The templates of my bodies, and the form for another one."""
    agencies = officials_only(request)
    form = TemplateForm(sent(request), agencies=agencies)
    if form.is_valid() and attempt(
        form, save_template, agency=form.cleaned_data["agency"], actor=request.user, values=form.values("name", "place", "text")
    ):
        return done(request, _("Saved: %(record)s.") % {"record": form.result}, "workspace:templates")
    rows = TextTemplate.objects.visible_to(request.user).select_related("agency")
    return show_form(request, "proposals/workspace/templates.html", form, templates=rows)


@workspace_page
def template_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change a template, or remove it. Another body's is answered like one that does not exist."""
    agencies = officials_only(request)
    found = get_for(request.user, TextTemplate.objects.select_related("agency"), key)
    if request.method == "POST" and "remove" in request.POST:
        remove_template(template=found, actor=request.user)
        return done(request, _("Removed: %(record)s.") % {"record": found.name}, "workspace:templates")
    form = TemplateForm(sent(request), record=found, agencies=agencies)
    form.buttons = [("remove", _("Remove the template"))]
    if form.is_valid() and attempt(
        form,
        save_template,
        agency=found.agency,
        template=found,
        actor=request.user,
        values=form.values("name", "place", "text"),
        revision=form.revision,
    ):
        return done(request, _("Saved: %(record)s.") % {"record": found}, "workspace:templates")
    return show_form(request, "workspace/form.html", form, title=_("Text template: %(name)s") % {"name": found.name})


@workspace_page(methods=("GET", "HEAD"))
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """The scan of an opinion that was recorded on behalf."""
    return hand_out(get_for(request.user, PaperScan, key), request.user)


class LaterActionForm(RecordForm):
    """What happened later."""

    submit_label = gettext_lazy("Record what happened")
    sections = [
        (gettext_lazy("When and by whom"), [pair("happened_on", "date_precision"), "agency"]),
        (gettext_lazy("What"), [pair("text_es", "text_en"), "url"]),
    ]

    class Meta:
        model = LaterAction
        fields = ["happened_on", "date_precision", "agency", "text_es", "text_en", "url"]
        field_classes = {"url": WebAddressField}


@workspace_page
def later_action(request: HttpRequest, folio: str) -> HttpResponse:
    """A law, a programme, a budget that came after the answer."""
    found = own_proposal(request, folio)
    if not is_organizer_of(found, request.user):
        raise PermissionDenied
    form = LaterActionForm(sent(request))
    if form.is_valid() and attempt(form, record_later_action, proposal=found, actor=request.user, values=form.values()):
        return done(request, _("Recorded for %(folio)s.") % {"folio": folio}, "workspace:proposal", found.folio)
    context = {"proposal": found, "title": _("What happened later: %(folio)s") % {"folio": found.folio}}
    return show_form(request, "proposals/workspace/step_form.html", form, **context)


def templates_for(referral: Any, user: Any) -> list[TextTemplate]:
    """The templates of the body that answers."""
    return list(TextTemplate.objects.visible_to(user).filter(agency=referral.agency_id).order_by("place", "name"))


def insert_template(form: Any, key: str, templates: list[TextTemplate]) -> None:
    """Put a template at the end of its field of a form that was sent; nothing is saved and nothing found fault with."""
    chosen = next((each for each in templates if each.key == key), None)
    form.data = form.data.copy()
    if chosen is not None:
        before = form.data.get(chosen.place, "").rstrip()
        form.data[chosen.place] = f"{before}\n\n{chosen.text}" if before else chosen.text
    form.forget_errors()
