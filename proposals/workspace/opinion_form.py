"""The form of an opinion: soundness, eight criteria, six verdicts each with its own follow-up, conditions as rows.

Everything is one form, so that one list of errors and one comparison of a stale edit cover it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import LONG_TEXT
from core.forms import MOST_REVISIONS, RecordForm, dress, target_of
from forum.models import Agency
from proposals.models import Condition, CriterionAssessment, Opinion

#: Rows for conditions that an empty form shows, and the most that one takes.
SPARE_ROWS = 3
MOST_ROWS = 20
CONDITION_FIELDS = ("what", "owner", "kind", "until")
#: What a criterion asks for beside its value and its reason.
EXTRAS: dict[str, tuple[str, ...]] = {
    "legal": ("needs_legal_reform",),
    "budget": ("amount", "currency", "funding_source", "fiscal_year"),
    "institutional": ("other_bodies",),
    "impact": ("gender_and_inclusion",),
}
GUIDANCE = {
    "legal_remit": _("Is this body the one that the law charges with it? If not, who is?"),
    "legal": _("Do the laws and rules in force allow it? If they must change first, mark it and say which."),
    "technical": _("Can it be carried out with the people, systems and places at hand?"),
    "budget": _("Is there money for it? If an amount is known: how much, from where, in which year."),
    "institutional": _("Which other bodies are needed, and is there a way to work with them?"),
    "timeline": _("Can it be done in the time that the proposal asks for? If not, when?"),
    "impact": _("Whom does it help, how many, and does it reach women and groups that are left out?"),
    "environmental": _("What does it do to the environment, where that applies?"),
}


@dataclass(frozen=True)
class CriterionRow:
    """A criterion as the template shows it: name, guidance, and its bound fields."""

    code: str
    label: str
    guidance: Any
    value: Any
    reason: Any
    extras: list[Any]


@dataclass(frozen=True)
class ConditionRow:
    """A row for a condition and its bound fields."""

    number: int
    what: Any
    owner: Any
    kind: Any
    until: Any


def criterion_name(code: str, name: str) -> str:
    return f"{code}-{name}"


def condition_name(number: int, name: str) -> str:
    return f"condition-{number}-{name}"


class OpinionForm(RecordForm):
    """`record` is the draft, None where none was begun: then `revision` is that of a draft in which nobody wrote yet."""

    form_tag = False

    class Meta:
        model = Opinion
        fields = [
            *("soundness", "soundness_text", "verdict", "questions_text", "questions_due_on", "programme"),
            *("programme_evidence", "refer_to", "reasons", "legal_basis"),
        ]

    def __init__(self, data: Any = None, files: Any = None, *, agency: Agency, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self._made_with["agency"] = agency
        if "revision" not in self.fields:
            self.fields["revision"] = forms.IntegerField(
                min_value=0, max_value=MOST_REVISIONS, widget=forms.HiddenInput, initial=1
            )
        for name, choices in (("soundness", Opinion.Soundness.choices), ("verdict", Opinion.Verdict.choices)):
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)
        self.fields["refer_to"].queryset = Agency.objects.exclude(pk=agency.pk).order_by("sort", "key")
        for name in ("soundness_text", "reasons", "legal_basis", "questions_text", "programme_evidence"):
            self.fields[name].max_length = LONG_TEXT
        self.add_criteria()
        self.add_conditions(data)

    def add_criteria(self) -> None:
        """Fields of the eight criteria with what the draft holds."""
        rows = {row.criterion: row for row in self.instance.criteria.all()} if self.instance.pk else {}
        for code, label in CriterionAssessment.Criterion.choices:
            names = ("reason", *EXTRAS.get(code, ()))
            made = fields_for_model(CriterionAssessment, names)
            value = forms.ChoiceField(
                label=label,
                choices=CriterionAssessment.Value.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=CriterionAssessment.Value.NOT_ASSESSED,
            )
            for name, field in {"value": value, **made}.items():
                field.long_label = label if name == "value" else f"{label}: {field.label}"
                self.add_field(criterion_name(code, name), field, rows.get(code), name)

    def add_conditions(self, data: Mapping[str, Any] | None) -> None:
        """Rows for the conditions: those of the draft, as many as were sent, and some to spare."""
        kept = list(self.instance.conditions.all()) if self.instance.pk else []
        sent = 0
        if data is not None:
            text = str(data.get("rows", ""))
            sent = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        self.row_count = min(max(sent, len(kept) + (0 if sent else SPARE_ROWS), SPARE_ROWS), MOST_ROWS)
        self.fields["rows"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=self.row_count, max_length=LONG_TEXT
        )
        for number in range(1, self.row_count + 1):
            self.add_condition(number, kept[number - 1] if number <= len(kept) else None)

    def add_condition(self, number: int, row: Condition | None) -> None:
        for name, field in fields_for_model(Condition, CONDITION_FIELDS).items():
            field.required = False
            field.long_label = _("Condition %(number)s: %(field)s") % {"number": number, "field": field.label}
            self.add_field(condition_name(number, name), field, row, name)

    def add_field(self, full_name: str, field: Any, row: Any, name: str) -> None:
        dress(full_name, field)
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = "2"
        self.fields[full_name] = field
        if row is not None:
            self.initial[full_name] = getattr(row, name)

    def add_rows(self) -> None:
        """Some more rows for conditions; what was typed stays, nothing is saved and nothing is found fault with."""
        before, self.row_count = self.row_count, min(self.row_count + SPARE_ROWS, MOST_ROWS)
        for number in range(before + 1, self.row_count + 1):
            self.add_condition(number, None)
        self.data = self.data.copy()
        self.data[self.add_prefix("rows")] = str(self.row_count)
        self.forget_errors()

    def forget_errors(self) -> None:
        """The form goes back as it is, half filled: nothing is found fault with."""
        self._errors = ErrorDict()

    # --- for the doors ---

    def columns(self) -> dict[str, Any]:
        """The columns of the opinion."""
        return self.values(*self._meta.fields)

    def criteria(self) -> list[dict[str, Any]]:
        """One dict a criterion, as `save_draft` takes them."""
        return [
            {
                "criterion": code,
                **{
                    name: self.cleaned_data[criterion_name(code, name)]
                    for name in ("value", "reason", *EXTRAS.get(code, ()))
                    if criterion_name(code, name) in self.cleaned_data
                },
            }
            for code in CriterionAssessment.Criterion.values
        ]

    def conditions(self) -> list[dict[str, Any]]:
        """One dict a row that holds something; a kind alone is nothing."""
        rows = []
        for number in range(1, self.row_count + 1):
            row = {name: self.cleaned_data.get(condition_name(number, name)) for name in CONDITION_FIELDS}
            if row["what"] or row["owner"] or row["until"]:
                rows.append({**row, "kind": row["kind"] or Condition.Kind.OTHER})
        return rows

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for code in CriterionAssessment.Criterion.values:
            given.setdefault(criterion_name(code, "value"), CriterionAssessment.Value.NOT_ASSESSED)
            given[criterion_name(code, "value")] = given[criterion_name(code, "value")] or CriterionAssessment.Value.NOT_ASSESSED
        return given

    def take_errors(self, error: ValidationError) -> None:
        """`criteria.budget` and `conditions.2` of `proposals.checks` lead to the fields of that row."""
        if hasattr(error, "error_dict"):
            error = ValidationError({self.place_of(name): errors for name, errors in error.error_dict.items()})
        super().take_errors(error)

    def place_of(self, name: str) -> str:
        """The field of this form for a name of `proposals.checks.opinion_problems`."""
        kind, _dot, rest = name.partition(".")
        if kind == "criteria" and criterion_name(rest, "reason") in self.fields:
            return criterion_name(rest, "reason")
        if kind == "conditions":
            return (
                condition_name(int(rest), "what") if rest.isdigit() and int(rest) <= self.row_count else condition_name(1, "what")
            )
        return name

    def target(self, name: str) -> str:
        """The id of the control for such a name, for a link from another page."""
        place = self.place_of(name)
        return target_of(self[place]) if place in self.fields else ""

    # --- for the template ---

    @property
    def can_add_rows(self) -> bool:
        return self.row_count < MOST_ROWS

    @property
    def criterion_rows(self) -> list[CriterionRow]:
        return [
            CriterionRow(
                code,
                str(label),
                GUIDANCE[code],
                self[criterion_name(code, "value")],
                self[criterion_name(code, "reason")],
                [self[criterion_name(code, name)] for name in EXTRAS.get(code, ())],
            )
            for code, label in CriterionAssessment.Criterion.choices
        ]

    @property
    def condition_rows(self) -> list[ConditionRow]:
        return [
            ConditionRow(number, *(self[condition_name(number, name)] for name in CONDITION_FIELDS))
            for number in range(1, self.row_count + 1)
        ]


class OnBehalfForm(OpinionForm):
    """An opinion that came on paper, recorded by an organizer: who signed it, who saw it, why it is recorded so."""

    post = forms.CharField(label=_("Post of the one who signed"), max_length=150)
    reason = forms.CharField(
        label=_("Why it is recorded on behalf of the body"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "2"})
    )
    witness = forms.CharField(label=pgettext_lazy("of a paper", "Witness"), max_length=200)
    scan = forms.FileField(
        label=_("Scan of the paper"), help_text=_("PDF or image. It stays reserved: organizers and the body's officials open it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("revision")
