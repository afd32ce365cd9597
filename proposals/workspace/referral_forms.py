"""Forms of referrals and of what goes with an opinion: sending, terms, questions, positions, signing, conditions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.fields import LONG_TEXT
from core.forms import BaseForm, SeveralField, pair
from forum.models import Agency, Organization, User
from proposals.models import Opinion, Proposal, Referral
from proposals.workspace.forms import Bodies, ReasonForm


class Waiting(SeveralField):
    """Proposals with those to whom they are addressed."""

    def label_from_instance(self, obj: Any) -> str:
        bodies = ", ".join(agency.short for agency in obj.addressees.all())
        return f"{obj.folio} · {obj.title} → {bodies}" if bodies else f"{obj.folio} · {obj.title}"


class Addressed(Bodies):
    """Bodies that a proposal can be sent to; of those without a seat at the table, that their answer comes on paper."""

    def label_from_instance(self, obj: Any) -> str:
        label = super().label_from_instance(obj)
        return _("%(body)s (its answer is recorded on behalf)") % {"body": label} if obj.never_answers else label


class Liaisons(SeveralField):
    """Officials with the body that each of them is official of."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({', '.join(sorted(row.agency.short for row in obj.role_rows.all() if row.agency_id))})"


def officials_of(agencies: Any) -> Any:
    """The open accounts of officials of these bodies, with their roles at hand."""
    rows = User.objects.filter(role_rows__kind="official", role_rows__agency__in=agencies, is_active=True)
    return rows.order_by("name", "email").distinct().prefetch_related("role_rows__agency")


class ReferForm(BaseForm):
    """Several proposals to several bodies at once."""

    submit_label = _("Refer")
    WHOM = (
        ("addressees", _("each proposal to the bodies that it is addressed to")),
        ("chosen", _("every proposal chosen to every body chosen below")),
    )
    proposals = Waiting(label=_("Proposals"), queryset=Proposal.objects.none(), to_field_name="folio")
    whom = forms.ChoiceField(label=_("To whom"), choices=WHOM, widget=forms.RadioSelect, initial="addressees")
    agencies = Addressed(label=_("Public bodies"), queryset=Agency.objects.none(), required=False, to_field_name="key")
    liaisons = Liaisons(
        label=_("Liaison officials"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Each is named in the referrals to their own body; nobody need be."),
    )
    term_days = forms.IntegerField(
        label=_("Term, working days"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=_("Empty: the body's own term, else that of the edition."),
    )
    sent_on = forms.DateField(label=_("Sent on"), required=False, help_text=_("Empty: today."))

    def __init__(self, *args: Any, proposals: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"proposals": proposals, "agencies": agencies}
        self.fields["proposals"].queryset = proposals
        self.fields["agencies"].queryset = agencies
        self.fields["liaisons"].queryset = officials = officials_of(agencies)
        if not officials:
            del self.fields["liaisons"]

    def layout(self) -> list[Any]:
        liaisons = ["liaisons"] if "liaisons" in self.fields else []
        return ["proposals", "whom", "agencies", *liaisons, pair("term_days", "sent_on")]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("whom") == "chosen" and not given.get("agencies") and "agencies" not in self.errors:
            self.add_error("agencies", _("Choose at least one body, or send each proposal to its addressees."))
        if given.get("whom") == "addressees":
            for proposal in given.get("proposals") or ():
                if not proposal.addressees.all():
                    self.add_error(
                        "proposals", _("%(folio)s names no addressee: choose the bodies below.") % {"folio": proposal.folio}
                    )
        return given

    def plan(self) -> list[tuple[Any, list[Any]]]:
        """(proposal, bodies) of each proposal chosen, without the bodies that were asked about this version already."""
        chosen = list(self.cleaned_data["agencies"])
        found = []
        for proposal in self.cleaned_data["proposals"]:
            asked = set(
                Referral.objects.filter(version__proposal=proposal, version__number=proposal.version_number)
                .exclude(status=Referral.Status.RECALLED)
                .values_list("agency_id", flat=True)
            )
            bodies = chosen if self.cleaned_data["whom"] == "chosen" else list(proposal.addressees.all())
            found.append((proposal, [body for body in bodies if body.pk not in asked]))
        return found

    def liaisons_by_body(self) -> dict[int, list[User]]:
        """The chosen liaisons by the id of each body that they are official of."""
        found: dict[int, list[User]] = {}
        for user in self.cleaned_data.get("liaisons", ()):
            for row in user.role_rows.all():
                if row.agency_id is not None:
                    found.setdefault(row.agency_id, []).append(user)
        return found


class ExtendForm(ReasonForm):
    """A later due date."""

    submit_label = _("Extend the term")
    to_on = forms.DateField(label=_("New due date"))
    accepted_by = forms.CharField(
        label=_("Who accepted it"), max_length=200, help_text=_("For example: Organizing committee, session of 3 March.")
    )
    field_order = ["to_on", "reason", "accepted_by"]


class LiaisonsForm(BaseForm):
    """Officials of the body who follow this referral."""

    submit_label = _("Name the liaisons")
    users = SeveralField(label=_("Liaison officials"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, record: Referral, **kwargs: Any) -> None:
        super().__init__(*args, record=record, **kwargs)
        self.fields["users"].queryset = officials_of([record.agency_id])

    def initial_of(self, record: Any) -> dict[str, Any]:
        return {"users": [user.key for user in record.liaisons.all()]}


class OnwardForm(ReasonForm):
    """To which body, and why."""

    submit_label = _("Refer onward")
    to = forms.ModelChoiceField(label=_("Refer to"), queryset=Agency.objects.none(), to_field_name="key")
    field_order = ["to", "reason"]

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["agencies"] = agencies
        self.fields["to"].queryset = agencies


class QuestionForm(BaseForm):
    """A question to the proponents; the clock stands still until the answer."""

    submit_label = _("Send the question")
    question = forms.CharField(label=_("Question"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "5"}))
    due_on = forms.DateField(label=_("Answer expected by"), required=False)
    is_public = forms.BooleanField(
        label=_("The question and its answer are public"),
        required=False,
        initial=True,
        help_text=_("Without the mark only your body, the proponents and the organizers read them."),
    )


class AnswerForm(BaseForm):
    """The answer of the proponents."""

    submit_label = _("Send the answer")
    answer = forms.CharField(label=_("Answer"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "6"}))
    organization = forms.ModelChoiceField(label=_("In the name of"), queryset=Organization.objects.none(), to_field_name="key")

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["organizations"] = organizations
        self.fields["organization"].queryset = organizations
        names = list(organizations[:2])
        if len(names) == 1:
            self.fields["organization"].initial = names[0].key
            self.fields["organization"].empty_label = None


class PositionForm(BaseForm):
    """What one official of the body thinks."""

    watches = False
    submit_label = _("Add my position")
    text = forms.CharField(label=_("My position"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "3"}))
    verdict = forms.ChoiceField(
        label=_("The verdict that I would give"), required=False, choices=[("", _("none yet")), *Opinion.Verdict.choices]
    )


class IssueForm(BaseForm):
    """The post of the one who signs. The revision is that of the draft as the preview showed it."""

    submit_label = _("Sign and issue")
    buttons = [("next", _("Sign, issue and open the next"))]
    post = forms.CharField(
        label=_("Your post, as it will be published"),
        max_length=150,
        help_text=_("For example: Director of Liaison."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )

    def take_errors(self, error: ValidationError) -> None:
        """What keeps the opinion from being issued stands in the list above the form; here only what concerns the post."""
        found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, sentences in found.items():
            for sentence in sentences:
                self.add_error("post" if name == "signatory_post" else None, sentence)


class ConditionForm(BaseForm):
    """How a condition stands."""

    status = forms.ChoiceField(label=_("How the condition stands"), choices=())
    evidence = forms.CharField(
        label=_("Evidence"), max_length=LONG_TEXT, required=False, widget=forms.Textarea(attrs={"rows": "3"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = type(self.record).Status.choices

    def initial_of(self, record: Any) -> dict[str, Any]:
        return {"status": record.status, "evidence": record.evidence}
