"""Forms of the proposals' desk: writing, referring, questions, and the steps that ask for more than a reason."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import LONG_TEXT
from core.forms import LONGEST_KEY, BaseForm, RecordForm, SeveralField, dress, pair
from forum.models import Agency, Edition, Organization
from forum.roles import roles_of
from forum.workspace.fields import federal_entities
from forum.workspace.forms import NamedParticipation
from proposals.models import Antecedent, Proposal, Recommendation

TEXT_PAIRS = [
    pair("title_es", "title_en"),
    pair("problem_es", "problem_en"),
    pair("petition_es", "petition_en"),
    pair("expected_result_es", "expected_result_en"),
    "policy_moment",
]
LINKS = ("proponents", "speakers", "addressees", "antecedents", "recommendations", "states")


class Bodies(SeveralField):
    """Bodies by acronym and name, so that both can be read."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.acronym}: {obj.name}" if obj.acronym and obj.acronym != obj.name else str(obj.name)


class Speakers(NamedParticipation, SeveralField):
    """People of the edition: by their name for organizers, as the public reads them for delegates."""

    with_names = False

    def label_from_instance(self, obj: Any) -> str:
        return super().label_from_instance(obj) if self.with_names else str(obj)


class Recommendations(SeveralField):
    """Recommendations of earlier forums by antecedent and number."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.antecedent.name} ({obj.number}): {obj.text[:160]}"


class ProposalForm(RecordForm):
    """A proposal as its proponents write it, or an organizer for them."""

    sections = [
        (_("What is asked"), TEXT_PAIRS),
        (_("Who brings it in"), ["proponents", "speakers"]),
        (_("Who is asked"), ["addressees"]),
        (_("Where it belongs"), [pair("table", "topic"), "states"]),
        (_("What it takes up"), ["antecedents", "recommendations"]),
    ]

    class Meta:
        model = Proposal
        fields = [*Proposal.TEXT_FIELDS, "table", "topic", *LINKS]
        field_classes = {
            "proponents": Bodies,
            "addressees": Bodies,
            "speakers": Speakers,
            "recommendations": Recommendations,
            "antecedents": SeveralField,
            "states": SeveralField,
        }

    def __init__(self, *args: Any, edition: Edition, user: Any, **kwargs: Any) -> None:
        mine = roles_of(user).organizations
        if kwargs.get("record") is None:
            kwargs["initial"] = {"proponents": list(mine), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self._made_with |= {"edition": edition, "user": user}
        named = roles_of(user).organizes(edition.pk)
        people = edition.participations.select_related("person", "organization", "agency")
        querysets = {
            "proponents": Organization.objects.order_by("sort", "key"),
            "addressees": Agency.objects.order_by("sort", "key"),
            "speakers": people.order_by("person__sort" if named else "sort", "key"),
            "antecedents": Antecedent.objects.order_by("sort", "key"),
            "recommendations": Recommendation.objects.select_related("antecedent").order_by("antecedent", "number"),
            "states": federal_entities(),
            "table": edition.tables.order_by("number"),
        }
        self.fields["speakers"].with_names = named
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset

    def columns(self) -> dict[str, Any]:
        return self.values(*Proposal.TEXT_FIELDS, "table", "topic")

    def links(self) -> dict[str, list[Any]]:
        return {name: list(rows) for name, rows in self.values(*LINKS).items()}


class CorrectionForm(RecordForm):
    """Table, topic and states: what an organizer may put right at any time."""

    class Meta:
        model = Proposal
        fields = ["table", "topic", "states"]
        field_classes = {"states": SeveralField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].queryset = self.record.edition.tables.order_by("number")
        self.fields["states"].queryset = federal_entities()


class RevisionForm(RecordForm):
    """A new version of the text, why, and to whom it goes."""

    sections = [
        (_("The new text"), TEXT_PAIRS),
        (_("Why, and who is asked again"), ["cause", "agencies"]),
    ]
    submit_label = _("Make the new version")
    cause = forms.CharField(label=_("Cause of the new version"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "3"}))
    agencies = Bodies(
        label=_("Bodies that answer the new version"),
        queryset=Agency.objects.order_by("sort", "key"),
        required=False,
        help_text=_("None chosen: the same bodies as before."),
    )

    class Meta:
        model = Proposal
        fields = list(Proposal.TEXT_FIELDS)


class ReasonForm(BaseForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "3"}))


class SplitForm(ReasonForm):
    """The proposals that come out of a split: title and petition of each; the rest is taken over and can be edited there."""

    PARTS = 4
    NAMES = ("title_es", "title_en", "petition_es", "petition_en")
    submit_label = _("Split")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, self.PARTS + 1):
            for name, field in fields_for_model(Proposal, self.NAMES).items():
                field.required = number < 3 and name in ("title_es", "petition_es")
                field.long_label = _("Part %(number)s: %(field)s") % {"number": number, "field": field.label}
                dress(name, field)
                self.fields[f"part-{number}-{name}"] = field

    def layout(self) -> list[Any]:
        parts = [
            Fieldset(
                _("Part %(number)s") % {"number": number},
                pair(f"part-{number}-title_es", f"part-{number}-title_en"),
                pair(f"part-{number}-petition_es", f"part-{number}-petition_en"),
                css_class="group",
            )
            for number in range(1, self.PARTS + 1)
        ]
        return [*parts, "reason"]

    def parts(self) -> list[dict[str, Any]]:
        """The parts that hold something, as `split` takes them."""
        found = [
            {name: self.cleaned_data.get(f"part-{number}-{name}", "") for name in self.NAMES}
            for number in range(1, self.PARTS + 1)
        ]
        return [part for part in found if any(part.values())]


class FolioField(forms.CharField):
    """A proposal by its folio, in any case; `proposals` are those that may be named."""

    proposals: Any = Proposal.objects.none()

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text or isinstance(text, Proposal):
            return text
        found = self.proposals.filter(folio__iexact=text).first() if len(text) <= LONGEST_KEY and "\x00" not in text else None
        if found is None:
            raise ValidationError(
                _("There is no proposal “%(value)s” that can be chosen here."), code="unknown", params={"value": text[:60]}
            )
        return found

    def run_validators(self, value: Any) -> None:
        """The proposal was found: the limits of the text hold no more."""


class MergeForm(ReasonForm):
    """Into which proposal, and why."""

    submit_label = _("Merge")
    into = FolioField(label=_("Folio of the proposal that takes it in"))
    field_order = ["into", "reason"]

    def __init__(self, *args: Any, proposals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["proposals"] = proposals
        self.fields["into"].proposals = proposals


class PresentAgainForm(BaseForm):
    """In which edition."""

    submit_label = _("Write it anew as a draft")
    edition = forms.ModelChoiceField(label=_("Edition"), queryset=Edition.objects.none(), to_field_name="slug")

    def __init__(self, *args: Any, editions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["editions"] = editions
        self.fields["edition"].queryset = editions


class LinkForm(BaseForm):
    """A link to another proposal."""

    submit_label = _("Link")
    other = FolioField(label=_("Folio of the other proposal"))
    kind = forms.ChoiceField(label=_("Kind of link"), choices=[("similar_to", pgettext_lazy("link of a proposal", "similar to"))])

    def __init__(self, *args: Any, proposals: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["proposals"] = proposals
        self.fields["other"].proposals = proposals
