"""Whoever comes to the desk and is on no list: a participant or an organization, entered and checked in at once.

Records with a like name are shown first, and the desk says which one it is: nothing is linked or doubled silently.
"""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import BaseForm, pair
from core.imports.candidates import Candidate, candidates
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency, Edition, Organization, Participation, Person
from forum.workflow import check_in, check_in_body, create_organization, create_participation, join_edition
from forum.workflow.common import free_key
from forum.workspace.access import own_edition
from forum.workspace.fields import federal_entities

NEW = "new"


class AlikeForm(BaseForm):
    """A name, and below it the records that have a like one. `find(text)` gives them."""

    model: Any
    another: Any

    same = forms.ChoiceField(
        label=gettext_lazy("There are records with a like name. Is it one of these?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it is one of these, or somebody else: nothing is entered before.")},
    )
    submit_label = gettext_lazy("Enter and check in")

    def __init__(self, *args: Any, visible: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["visible"] = visible
        name = self["name"].data if self.is_bound else ""
        self.alike: list[Candidate] = candidates(self.model, str(name or "")[:200].replace("\x00", ""), visible)
        if self.alike:
            self.fields["same"].choices = [
                *((each.key, f"{each.words} · {each.key}" + (f". {each.why}" if each.why else "")) for each in self.alike),
                (NEW, self.another),
            ]
        else:
            del self.fields["same"]

    @property
    def chosen(self) -> Any:
        """The record that it is; None for a new one."""
        key = self.cleaned_data.get("same", NEW)
        return next((each.record for each in self.alike if each.key == key), None)

    def with_same(self, *names: Any) -> list[Any]:
        """`names` with the question after the first of them, where it is asked."""
        first, *rest = names
        return [first, *(["same"] if "same" in self.fields else []), *rest]


class WalkInForm(AlikeForm):
    """A participant who was not expected."""

    model = Person
    another = gettext_lazy("None of these: another person with a like name")

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Participation.Role.choices)
    organization = forms.ModelChoiceField(
        label=gettext_lazy("Organization"), queryset=Organization.objects.none(), to_field_name="key", required=False
    )
    agency = forms.ModelChoiceField(
        label=gettext_lazy("Public body"), queryset=Agency.objects.none(), to_field_name="key", required=False
    )
    consent = forms.BooleanField(
        label=gettext_lazy("This person agrees that the name is shown to everybody"),
        required=False,
        help_text=gettext_lazy("Ask aloud. Without it the public reads “Representative of …”; it can be withdrawn at any time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.order_by("sort", "key")
        self.fields["agency"].queryset = Agency.objects.order_by("sort", "key")

    def layout(self) -> list[Any]:
        return [
            Fieldset(gettext_lazy("Who"), *self.with_same("name", "role", pair("organization", "agency")), css_class="group"),
            Fieldset(gettext_lazy("Consent to show the name"), "consent", css_class="group"),
        ]


class WalkInOrganizationForm(AlikeForm):
    """An organization that was not expected."""

    model = Organization
    another = gettext_lazy("None of these: another organization with a like name")

    name = forms.CharField(label=gettext_lazy("Name"), max_length=300)
    acronym = forms.CharField(label=gettext_lazy("Acronym"), max_length=30, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organization.Kind.choices)
    state_of_origin = forms.ModelChoiceField(
        label=gettext_lazy("State of origin"), queryset=federal_entities(), to_field_name="code", required=False
    )
    city = forms.CharField(label=gettext_lazy("City"), max_length=150, required=False)

    def layout(self) -> list[Any]:
        names = self.with_same("name", pair("acronym", "kind"), pair("state_of_origin", "city"))
        return [Fieldset(gettext_lazy("Which organization"), *names, css_class="group")]


def enter_person(*, edition: Edition, actor: Any, form: WalkInForm) -> Participation:
    """The participant, entered unless on the list already, and checked in."""
    person = form.chosen
    with transaction.atomic():
        # Two desks that enter somebody at once take their keys one after the other.
        Edition.objects.select_for_update().get(pk=edition.pk)
        there = edition.participations.filter(person=person).first() if person is not None else None
        if there is None:
            keys = edition.participations.filter(key__startswith="REG-").values_list("key", flat=True)
            there = create_participation(
                edition=edition,
                actor=actor,
                values={
                    "key": free_key("REG-", keys),
                    "person": person,
                    **form.values("role", "organization", "agency"),
                },
                person_values=form.values("name") if person is None else None,
                consent=form.cleaned_data["consent"],
                consent_how=_("said at the registration desk"),
            )
        return check_in(participation=there, actor=actor)


def enter_organization(*, edition: Edition, actor: Any, form: WalkInOrganizationForm) -> Organization:
    """The organization, entered unless known already, taking part in the edition, and checked in."""
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=edition.pk)
        found = form.chosen
        if found is None:
            keys = Organization.objects.filter(key__startswith="ORG-").values_list("key", flat=True)
            values = form.values("name", "acronym", "kind", "state_of_origin", "city")
            found = create_organization(actor=actor, values={"key": free_key("ORG-", keys), **values})
        if not edition.organization_rows.filter(organization=found).exists():
            join_edition(edition=edition, body=found, actor=actor)
        check_in_body(edition=edition, body=found, actor=actor)
    return found  # type: ignore[no-any-return]


@workspace_page
def registration_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a participant who came unexpected."""
    edition = own_edition(request, slug)
    visible = Person.objects.visible_to(request.user)
    form = WalkInForm(sent(request), visible=visible, initial={"name": request.GET.get("name", "")[:200]})
    if form.is_valid() and attempt(form, enter_person, edition=edition, actor=request.user, form=form):
        words = {"name": form.result.person.name, "key": form.result.key}
        return done(request, _("Entered and checked in: %(name)s (%(key)s).") % words, "workspace:registration", slug)
    return show(request, edition, form, _("Enter somebody who came"))


@workspace_page
def registration_organization(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter an organization that came unexpected."""
    edition = own_edition(request, slug)
    visible = Organization.objects.visible_to(request.user)
    form = WalkInOrganizationForm(sent(request), visible=visible, initial={"name": request.GET.get("name", "")[:300]})
    if form.is_valid() and attempt(form, enter_organization, edition=edition, actor=request.user, form=form):
        words = {"name": form.result, "key": form.result.key}
        return done(request, _("Entered and checked in: %(name)s (%(key)s).") % words, "workspace:registration", slug)
    return show(request, edition, form, _("Enter an organization that came"))


def show(request: HttpRequest, edition: Edition, form: AlikeForm, title: str) -> HttpResponse:
    # A name that was typed brings up those that are like it.
    names_of = edition if form.is_bound and isinstance(form, WalkInForm) else None
    return show_form(request, "forum/workspace/registration_new.html", form, names_of=names_of, edition=edition, title=title)
