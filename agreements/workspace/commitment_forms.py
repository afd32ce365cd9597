"""Forms of a commitment: what is owed, progress reports with evidence, validations, extensions, cancellation."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.evidence import build_evidence
from agreements.models import Commitment, Party, Validation
from agreements.models.commitments import ReportStatus
from agreements.workspace.agreement_forms import NOTHING, long_text
from agreements.workspace.fields import Options, PickField, PickSeveralField, options, parties_among
from agreements.workspace.rows import Folded, RowForm, Rows, RowsBlock, WithRows
from core.forms import BaseForm, RecordForm, pair
from forum.models import Area
from proposals.models import Condition

COMMITMENT_LINKS = ("co_responsible", "proposals", "conditions", "states")


def condition_label(condition: Any) -> str:
    return f"{condition.public_key} · {condition.opinion.agency.short}: {condition.what[:160]}"


class CommitmentForm(RecordForm):
    """One commitment with everything that belongs to it."""

    lead = PickField(label=gettext_lazy("Responsible party"), required=False)
    co_responsible = PickSeveralField(label=gettext_lazy("Co-responsible parties"), required=False)
    proposals = PickSeveralField(label=gettext_lazy("Proposals that it answers"), required=False)
    conditions = PickSeveralField(label=gettext_lazy("Conditions of opinions that it meets"), required=False)
    states = PickSeveralField(label=gettext_lazy("States concerned"), required=False)

    class Meta:
        model = Commitment
        fields = [
            *("text_es", "text_en", "lead", "deliverable", "means_of_verification", "starts_on", "due_on", "topic"),
        ]
        field_classes = {"lead": PickField}

    def __init__(self, data: Any = None, files: Any = None, *, agreement: Any, **kwargs: Any) -> None:
        record = kwargs.get("record")
        initial = dict(kwargs.pop("initial", None) or {})
        if record is not None:
            initial = {**{name: list(getattr(record, name).all()) for name in COMMITMENT_LINKS}, "lead": record.lead, **initial}
        super().__init__(data, files, initial=initial, **kwargs)
        self._made_with.pop("initial", None)
        self._made_with["agreement"] = agreement
        self.fields["lead"].help_text = ""
        parties = parties_among(signatories(agreement))
        self.fields["lead"].offer(parties)
        self.fields["co_responsible"].offer(parties)
        self.fields["proposals"].offer(options(agreement.proposals.order_by("folio")))
        self.fields["conditions"].offer(options(conditions_of(agreement), condition_label))
        areas = Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)
        self.fields["states"].offer(Options([("", [(area.code, str(area), area) for area in areas])]))
        for name in ("proposals", "conditions"):
            if not self.fields[name].options.by_value:
                del self.fields[name]

    def layout(self) -> list[Any]:
        found = [name for name in ("proposals", "conditions") if name in self.fields]
        return [
            Fieldset(gettext_lazy("What is owed"), pair("text_es", "text_en"), css_class="group"),
            Fieldset(gettext_lazy("Who and when"), "lead", pair("starts_on", "due_on"), css_class="group"),
            Folded(gettext_lazy("Co-responsible parties"), "co_responsible"),
            Fieldset(gettext_lazy("How it is proved"), pair("deliverable", "means_of_verification"), css_class="group"),
            *([Folded(gettext_lazy("Where it comes from"), *found)] if found else []),
            Folded(gettext_lazy("Topic and states"), "topic", "states"),
        ]

    def record_values(self) -> dict[str, Any]:
        return self.values(*self._meta.fields)

    def links(self) -> dict[str, Any]:
        return self.values(*(name for name in COMMITMENT_LINKS if name in self.fields))


def signatories(agreement: Any) -> list[Any]:
    """The parties that can owe a commitment: those that sign."""
    found = agreement.parties.filter(role=Party.Role.SIGNATORY)
    return list(found.select_related("organization", "agency").order_by("id"))


def conditions_of(agreement: Any) -> Any:
    """The conditions of the opinions that the agreement cites."""
    found = Condition.objects.filter(opinion__in=agreement.opinions.all())
    return found.select_related("opinion__referral__agency").order_by("opinion__folio", "number")


class CommitmentRow(RowForm):
    """The essentials of a commitment, for entering many at once."""

    pairs = [("text_es", "text_en"), ("lead", "due_on"), ("deliverable", "means_of_verification")]

    folio = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)
    at_revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    text_es = long_text(gettext_lazy("What is owed, in Spanish"), rows=3, required=True)
    text_en = long_text(gettext_lazy("What is owed, in English"), rows=3)
    lead = PickField(label=gettext_lazy("Responsible party"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Due date"), required=False)
    deliverable = long_text(gettext_lazy("Deliverable"), rows=2)
    means_of_verification = long_text(gettext_lazy("Means of verification"), rows=2)

    VALUES = ("text_es", "text_en", "lead", "due_on", "deliverable", "means_of_verification")

    def __init__(self, *args: Any, parties: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["parties"] = parties
        self.fields["lead"].offer(parties)

    @property
    def known_folio(self) -> str:
        """The folio of the commitment that the row stands for; '' for a new one."""
        return str(self["folio"].value() or "").strip()

    @property
    def note(self) -> str:
        return self.known_folio[:60]

    @property
    def is_blank(self) -> bool:
        """The row of a commitment that there is stays one, even when its texts were deleted."""
        return not self.known_folio and super().is_blank

    def row_values(self) -> dict[str, Any]:
        return self.values(*self.VALUES)


class GridForm(WithRows, BaseForm):
    """All commitments of a draft as rows."""

    submit_label = gettext_lazy("Save all commitments")

    def __init__(self, data: Any = None, files: Any = None, *, agreement: Any, commitments: list[Any], **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.row_sets = {
            "rows": Rows(
                CommitmentRow,
                "rows",
                label=gettext_lazy("Commitment"),
                data=data,
                initial=[
                    {
                        "folio": each.folio,
                        "at_revision": each.revision,
                        **{name: getattr(each, name) for name in CommitmentRow.VALUES},
                    }
                    for each in commitments
                ],
                parties=parties_among(signatories(agreement)),
            )
        }


# --- reports ----------------------------------------------------------------------------------------------------------


class EvidenceRow(RowForm):
    """One piece of evidence: a file that is kept, or a link."""

    pairs = [("title", "dated_on"), ("url", "file"), ("is_public",)]
    short = True
    defaults = frozenset({"is_public"})

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    dated_on = forms.DateField(label=gettext_lazy("Date of the document"), required=False)
    url = forms.URLField(label=gettext_lazy("Link (it is not archived)"), required=False, max_length=500, assume_scheme="https")
    file = forms.FileField(label=gettext_lazy("File"), required=False, allow_empty_file=True)
    # Asked each time: neither answer is the one that comes by itself.
    is_public = forms.TypedChoiceField(
        label=gettext_lazy("Who may see it"),
        choices=[("yes", gettext_lazy("everybody")), ("no", gettext_lazy("only the parties and the organizers"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who may see it.")},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        # What is wrong with the file is said together with the answer that is missing.
        if not set(self.errors) - {"is_public"}:
            try:
                build_evidence(self.as_evidence())
            except ValidationError as error:
                self.take_errors(error)
        return given

    def as_evidence(self) -> dict[str, Any]:
        """The piece as the doors take it."""
        return self.values("title", "dated_on", "is_public", "url", "file")


def choose_only(field: Any, records: list[Any]) -> None:
    """Where there is one choice only, it is made."""
    if len(records) == 1:
        field.initial = records[0]


def evidence_rows(data: Any, files: Any) -> Rows:
    return Rows(
        EvidenceRow,
        "evidence",
        label=gettext_lazy("Evidence"),
        legend=gettext_lazy("Evidence"),
        help_text=gettext_lazy(
            "A file or a link in each row; blank rows are passed over. Files must be chosen again when the page comes back. "
            "Leave out personal data: identity papers, telephone numbers, home addresses. What shows signatures or faces is better "
            "seen by the parties and the organizers alone."
        ),
        data=data,
        files=files,
        extra=1,
    )


class WithEvidence(WithRows):
    """A form whose rows are pieces of evidence."""

    def evidence(self) -> list[dict[str, Any]]:
        return [row.as_evidence() for row in self.row_sets["evidence"].filled()]


class ReportForm(WithEvidence, BaseForm):
    """What a party says about a commitment at a cut-off date."""

    submit_label = gettext_lazy("Send the report")
    party = PickField(label=gettext_lazy("Report of"))
    on_behalf_reason = long_text(gettext_lazy("Why it is recorded on behalf of the party"), rows=2, required=True)
    status = forms.ChoiceField(label=gettext_lazy("Status"), widget=forms.RadioSelect)
    percent = forms.IntegerField(label=gettext_lazy("Degree of progress in percent"), required=False, min_value=0, max_value=100)
    cut_off = forms.DateField(
        label=gettext_lazy("Cut-off date"), help_text=gettext_lazy("The report says how things stood on this day.")
    )
    narrative_es = long_text(gettext_lazy("Account in Spanish"), rows=5, required=True)
    narrative_en = long_text(gettext_lazy("Account in English"), rows=5)
    obstacle = long_text(gettext_lazy("Obstacle"), rows=3, help_text=gettext_lazy("What stands in the way, if anything does."))

    def __init__(
        self, data: Any = None, files: Any = None, *, parties: list[Any], on_behalf: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        self._made_with |= {"parties": parties, "on_behalf": on_behalf}
        self.fields["party"].offer(parties_among(parties))
        choose_only(self.fields["party"], parties)
        if not on_behalf:
            del self.fields["on_behalf_reason"]
        self.fields["status"].choices = [(code, label) for code, label in ReportStatus.choices if code != ReportStatus.CANCELLED]
        self.row_sets = {"evidence": evidence_rows(data, files)}

    def layout(self) -> list[Any]:
        who = [name for name in ("party", "on_behalf_reason") if name in self.fields]
        return [
            Fieldset(gettext_lazy("Who reports"), *who, css_class="group"),
            Fieldset(gettext_lazy("How it stands"), "status", pair("percent", "cut_off"), css_class="group"),
            Fieldset(gettext_lazy("Account"), pair("narrative_es", "narrative_en"), "obstacle", css_class="group"),
            RowsBlock(self.row_sets["evidence"]),
        ]

    def report_values(self) -> dict[str, Any]:
        return self.values("cut_off", "status", "percent", "narrative_es", "narrative_en", "obstacle")


class ValidationForm(WithEvidence, BaseForm):
    """What a party of the other side says of a report."""

    submit_label = gettext_lazy("Record what we say")
    party = PickField(label=gettext_lazy("In the name of"))
    outcome = forms.ChoiceField(
        label=gettext_lazy("What we say of the report"), choices=Validation.Outcome.choices, widget=forms.RadioSelect
    )
    comment_es = long_text(gettext_lazy("Comment in Spanish"), rows=4, help_text=gettext_lazy("Needed when you disagree."))
    comment_en = long_text(gettext_lazy("Comment in English"), rows=4)

    def __init__(self, data: Any = None, files: Any = None, *, parties: list[Any], **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self._made_with["parties"] = parties
        self.fields["party"].offer(parties_among(parties))
        choose_only(self.fields["party"], parties)
        self.row_sets = {"evidence": evidence_rows(data, files)}

    def layout(self) -> list[Any]:
        return [
            Fieldset(gettext_lazy("Our answer"), "party", "outcome", pair("comment_es", "comment_en"), css_class="group"),
            RowsBlock(self.row_sets["evidence"]),
        ]


# --- extension and cancellation ---------------------------------------------------------------------------------------


class PartyReasonForm(BaseForm):
    """A step of a commitment that a party takes: for whom, and why."""

    party = PickField(label=gettext_lazy("In the name of"))
    reason = long_text(gettext_lazy("Reason"), rows=3, required=True)

    def __init__(self, *args: Any, parties: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["parties"] = parties
        self.fields["party"].offer(parties_among(parties))
        choose_only(self.fields["party"], parties)


class ExtensionForm(PartyReasonForm):
    """A later due date; it counts when the other side accepts."""

    submit_label = gettext_lazy("Ask for the extension")
    to_on = forms.DateField(label=gettext_lazy("New due date"))
    field_order = ["party", "to_on", "reason"]


class CancelForm(PartyReasonForm):
    """One side says that a commitment should be cancelled."""

    submit_label = gettext_lazy("Agree to cancel it")


class AnswerExtensionForm(PartyReasonForm):
    """The other side accepts the later date, or declines it with a reason."""

    submit_label = gettext_lazy("Send the answer")
    answer_given = forms.ChoiceField(
        label=gettext_lazy("What we answer"),
        choices=[
            ("accept", gettext_lazy("We accept the new date")),
            ("decline", gettext_lazy("We decline: the due date stays")),
        ],
        widget=forms.RadioSelect,
    )
    reason = long_text(
        gettext_lazy("Reason"),
        rows=3,
        help_text=gettext_lazy("Needed when you decline: the side that asked reads it, and the public."),
    )
    field_order = ["party", "answer_given", "reason"]

    @property
    def declines(self) -> bool:
        return bool(self.cleaned_data.get("answer_given") == "decline")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.declines and not given.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why you decline."))
        return given

    def answer(self) -> dict[str, Any]:
        """The answer as the door takes it."""
        return self.values("party", *(["reason"] if self.declines else []))
