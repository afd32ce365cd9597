"""Forms of the organizers' desk: editions, tables, organizations, agencies, participants."""

from __future__ import annotations

import zoneinfo
from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from core.fields import LONG_TEXT
from core.forms import MOST_REVISIONS, BaseForm, RecordForm, WebAddressField, dress, pair
from forum.models import Agency, Edition, Organization, Participation, Person, WorkingTable
from forum.workspace.fields import AreaField, Subdivisions, countries, federal_entities

#: Zones of Mexico and of the states where most migrants live, on top of the list.
NEAR_ZONES = (
    "America/Mexico_City",
    "America/Tijuana",
    "America/Hermosillo",
    "America/Cancun",
    "America/Ciudad_Juarez",
    "America/Los_Angeles",
    "America/Chicago",
    "America/New_York",
)


class KeyedForm(RecordForm):
    """A record whose key is given once: the field is there for a new record only."""

    key_fields: tuple[str, ...] = ("key",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.key_fields:
                self.fields.pop(name, None)

    def layout(self) -> list[Any]:
        kept = [
            (legend, [name for name in names if not isinstance(name, str) or name in self.fields])
            for legend, names in self.sections
        ]
        return [Fieldset(legend, *names, css_class="group") for legend, names in kept if names]


class OrganizationForm(KeyedForm):
    """An organization of civil society."""

    sections = [
        (_("Name"), ["key", "name", pair("acronym", "kind"), "parent"]),
        (_("Place"), ["state_of_origin", pair("country", "subdivision"), "city"]),
        (_("Registration and site (optional)"), [pair("cluni", "toma_de_nota"), pair("ein", "website")]),
    ]

    class Meta:
        model = Organization
        fields = [
            *("key", "name", "acronym", "kind", "parent", "state_of_origin", "country", "subdivision", "city"),
            *("cluni", "toma_de_nota", "ein", "website"),
        ]
        field_classes = {"subdivision": AreaField, "website": WebAddressField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state_of_origin"].queryset = federal_entities()
        self.fields["country"].queryset = countries()
        self.fields["parent"].queryset = Organization.objects.exclude(pk=self.instance.pk)

    def layout(self) -> list[Any]:
        return [*super().layout(), Subdivisions()]


class AgencyForm(KeyedForm):
    """A public body."""

    sections = [
        (_("Name"), ["key", pair("name_es", "name_en"), pair("acronym", "website")]),
        (_("Place in the administration"), [pair("level", "parent"), "state"]),
        (_("Opinions"), [pair("default_term_days", "calendar"), "never_answers"]),
    ]

    class Meta:
        model = Agency
        fields = [
            *("key", "acronym", "name_es", "name_en", "level", "parent", "state"),
            *("default_term_days", "calendar", "never_answers", "website"),
        ]
        field_classes = {"website": WebAddressField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].queryset = federal_entities()
        self.fields["parent"].queryset = Agency.objects.exclude(pk=self.instance.pk)


class EditionForm(KeyedForm):
    """The data of an edition; its stage has a form of its own."""

    key_fields = ("slug", "folio_prefix")
    sections = [
        (_("Name"), ["slug", "folio_prefix", pair("name_es", "name_en"), pair("objective_es", "objective_en")]),
        (
            _("When and where"),
            [pair("starts_on", "ends_on"), pair("date_precision", "date_note"), pair("city", "venue"), "time_zone"],
        ),
        (_("Who"), [pair("convener", "supporters")]),
        (
            _("Deadlines"),
            [
                pair("intake_closes_on", "review_closes_on"),
                pair("review_term_days", "report_cut_off"),
                "opinion_publication",
                "own_opinion_first",
            ],
        ),
        (_("Mail"), ["holds_mail"]),
    ]

    class Meta:
        model = Edition
        fields = [
            *("slug", "folio_prefix", "name_es", "name_en", "objective_es", "objective_en", "starts_on", "ends_on"),
            *("date_precision", "date_note", "city", "venue", "time_zone", "convener", "supporters", "intake_closes_on"),
            *("review_closes_on", "review_term_days", "opinion_publication", "own_opinion_first", "report_cut_off", "holds_mail"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = sorted(zoneinfo.available_timezones() - set(NEAR_ZONES))
        kept = self.fields["time_zone"]
        self.fields["time_zone"] = forms.ChoiceField(
            label=kept.label,
            initial=kept.initial,
            choices=[(_("Near"), [(name, name) for name in NEAR_ZONES]), (_("All"), [(name, name) for name in others])],
        )


class ReasonOnly(BaseForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "3"}))


class StageForm(BaseForm):
    """Where the edition stands; the stage that comes next is the one that is offered first."""

    stage = forms.ChoiceField(label=_("New stage"))
    reason = forms.CharField(label=_("Reason"), required=False, max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "2"}))
    submit_label = _("Change the stage")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = list(Edition.Stage.choices)
        here = Edition.Stage.values.index(self.record.stage)
        self.fields["stage"].choices = [*stages[here + 1 :], *stages[:here]]
        self.fields["reason"].help_text = _("Needed to go back to an earlier stage.")


class NamedParticipation(forms.ModelChoiceField):
    """Participants with their names, which only organizers of the edition see here."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.person.shown} ({obj.key})"


class TableForm(RecordForm):
    """A working table of an edition."""

    sections = [
        (_("Theme"), ["number", pair("name_es", "name_en")]),
        (_("Who leads it"), [pair("moderator", "rapporteur")]),
    ]

    class Meta:
        model = WorkingTable
        fields = ["number", "name_es", "name_en", "moderator", "rapporteur"]
        field_classes = {"moderator": NamedParticipation, "rapporteur": NamedParticipation}

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["edition"] = edition
        people = edition.participations.select_related("person").order_by("person__sort", "key")
        for name in ("moderator", "rapporteur"):
            self.fields[name].queryset = people


PERSON_FIELDS = (
    *("name", "email", "phone", "state_of_origin"),
    *("residence_country", "residence_subdivision", "residence_city"),
)


class ParticipationForm(KeyedForm):
    """A person in an edition: part, contact data, and the consent to show the name. Two records, one form."""

    sections = [
        (_("Part in the edition"), ["key", pair("role", "capacity"), pair("organization", "agency"), "post"]),
        (
            _("Person (contact data is never public)"),
            [
                "name",
                pair("email", "phone"),
                "state_of_origin",
                pair("residence_country", "residence_subdivision"),
                "residence_city",
            ],
        ),
        (_("Consent to show the name"), ["consent", "consent_how"]),
    ]
    consent = forms.BooleanField(
        label=_("This person agrees that the name is shown to everybody"),
        required=False,
        help_text=_("Without it the public reads “Representative of …”. It can be withdrawn at any time: take the mark away."),
    )
    consent_how = forms.CharField(
        label=_("How the consent was given or withdrawn"),
        required=False,
        max_length=200,
        help_text=_("For example: signed sheet at registration, e-mail of 3 May."),
    )

    class Meta:
        model = Participation
        fields = ["key", "role", "capacity", "organization", "agency", "post"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.instance.person if self.instance.pk else None
        contact = fields_for_model(Person, PERSON_FIELDS, field_classes={"residence_subdivision": AreaField})
        contact["state_of_origin"].queryset = federal_entities()
        contact["residence_country"].queryset = countries()
        revision = self.fields.pop("revision", None)
        self.fields = {**{name: self.fields[name] for name in self._meta.fields if name in self.fields}, **contact, **self.fields}
        for name in PERSON_FIELDS:
            dress(name, contact[name])
            if person is not None:
                field = Person._meta.get_field(name)
                self.initial[name] = getattr(person, field.attname)
        if revision is not None and person is not None:
            self.fields["revision"] = revision
            self.fields["person_revision"] = forms.IntegerField(
                min_value=0, max_value=MOST_REVISIONS, widget=forms.HiddenInput, initial=person.revision
            )
        self.initial.setdefault("consent", bool(self.instance.show_name))

    def layout(self) -> list[Any]:
        hidden = ["person_revision"] if "person_revision" in self.fields else []
        return [*hidden, *super().layout(), Subdivisions()]

    def show_stale(self, current: Any, sentence: str) -> None:
        """Either of the two records moved: both are compared as they stand now."""
        now = Participation.objects.select_related("person").get(pk=self.instance.pk)
        super().show_stale(now, sentence)
        self.data[self.add_prefix("person_revision")] = str(now.person.revision)

    def part_values(self) -> dict[str, Any]:
        """The columns of the participation."""
        return self.values(*(name for name in self._meta.fields if name in self.fields))

    def person_values(self) -> dict[str, Any]:
        """The columns of the person."""
        return self.values(*PERSON_FIELDS)
