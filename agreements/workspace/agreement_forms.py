"""Forms of an agreement: its text with clauses and parties, and the acceptances."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import Acceptance, Agreement, Party
from agreements.workspace import assembly
from agreements.workspace.fields import (
    Options,
    PickField,
    PickSeveralField,
    bodies_of_edition,
    body_argument,
    body_value,
    options,
    parties_among,
    people_of_edition,
)
from agreements.workspace.rows import Folded, RowForm, Rows, RowsBlock, WithRows
from core.fields import LONG_TEXT
from core.forms import BaseForm, RecordForm, pair
from proposals.models import Proposal

NOTHING = Options()


def long_text(label: Any, *, rows: int = 4, required: bool = False, help_text: Any = "") -> forms.CharField:
    """Several paragraphs, as long as the column behind it takes."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONG_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": str(rows)}),
    )


class ClauseRow(RowForm):
    """A numbered clause with the opinions that it comes from, which stand beside it."""

    pairs = [("text_es", "text_en"), ("opinions",), ("position",)]
    defaults = frozenset({"position", "opinions"})

    position = forms.IntegerField(
        label=gettext_lazy("Number of the clause"), required=False, min_value=1, max_value=999, widget=forms.NumberInput
    )
    text_es = long_text(gettext_lazy("Text in Spanish"), rows=5, required=True)
    text_en = long_text(gettext_lazy("Text in English"), rows=5)
    opinions = PickSeveralField(label=gettext_lazy("It comes from"), required=False)

    def __init__(self, *args: Any, opinions: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["opinions"] = opinions
        self.fields["opinions"].offer(opinions)
        self.offered = opinions
        if not opinions.by_value:
            del self.fields["opinions"]

    @property
    def sources(self) -> list[Any]:
        """The opinions to show beside the clause: those marked now."""
        if "opinions" not in self.fields:
            return []
        marked = self.fields["opinions"].prepare_value(self["opinions"].value() or [])
        return [record for value, record in self.offered.by_value.items() if value in {str(each) for each in marked}]


class PartyRow(RowForm):
    """An organization or a public body, and who represents it."""

    short = True
    pairs = [("body", "representative", "role")]
    defaults = frozenset({"role"})

    body = PickField(label=gettext_lazy("Organization or public body"))
    representative = PickField(label=gettext_lazy("Representative"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Party.Role.choices, initial=Party.Role.SIGNATORY)

    def __init__(self, *args: Any, bodies: Options = NOTHING, people: Options = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"bodies": bodies, "people": people}
        self.fields["body"].offer(bodies)
        self.fields["representative"].offer(people)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        check_comes_for(self, "representative", given.get("body"))
        return given


class CommentForm(BaseForm):
    """A comment on the draft, or on one clause of it."""

    submit_label = gettext_lazy("Add the comment")
    clause_number = forms.TypedChoiceField(label=gettext_lazy("About"), required=False, coerce=int, empty_value=None)
    text = long_text(gettext_lazy("Comment"), rows=3, required=True)

    def __init__(self, *args: Any, agreement: Agreement, numbers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with |= {"agreement": agreement, "numbers": numbers}
        clauses = [(number, _("Clause %(number)s") % {"number": number}) for number in numbers]
        self.fields["clause_number"].choices = [("", _("the whole draft")), *clauses]


def check_comes_for(row: RowForm, name: str, body: Any) -> None:
    """A person named for a body comes for that body; otherwise the field says so."""
    person = row.cleaned_data.get(name)
    if body is not None and person is not None and person.body != body:
        row.add_error(
            name,
            _("%(person)s does not come for %(body)s: choose somebody of that body, or nobody for now.")
            % {"person": person.person.shown, "body": body.short},
        )


class AgreementForm(WithRows, RecordForm):
    """A draft: title, background, date and place, what it grows out of, parties, clauses.

    `edition` says whose bodies, people and opinions are offered; `draft` is what a new agreement starts with.
    """

    submit_label = gettext_lazy("Save the draft")

    sections = [
        (gettext_lazy("Title and background"), [pair("title_es", "title_en"), pair("background_es", "background_en")]),
        (gettext_lazy("Topic, place and date"), [pair("topic", "place", "dated_on")]),
    ]
    proposals = PickSeveralField(label=gettext_lazy("Proposals"), required=False)
    opinions = PickSeveralField(label=gettext_lazy("Opinions"), required=False)

    class Meta:
        model = Agreement
        fields = ["title_es", "title_en", "background_es", "background_en", "topic", "place", "dated_on"]

    def __init__(
        self, data: Any = None, files: Any = None, *, edition: Any, user: Any, draft: assembly.Draft | None = None, **kwargs: Any
    ) -> None:
        record = kwargs.get("record")
        if draft is None:
            draft = draft_of(record) if record is not None else assembly.Draft()
        initial = {**draft.values, "proposals": draft.proposals, "opinions": draft.opinions}
        super().__init__(data, files, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self._made_with |= {"edition": edition, "user": user}
        self._made_with.pop("initial", None)
        found = {each.pk: each for each in [*draft.opinions, *assembly.opinions_of(edition, user)]}
        offered = options(found.values(), opinion_label)
        self.fields["opinions"].offer(offered)
        self.fields["proposals"].offer(options(proposals_to_cite(edition, user, draft.proposals)))
        bodies = bodies_of_edition(edition, *(each.get("agency") or each["organization"] for each in draft.parties))
        self.row_sets = {
            "parties": Rows(
                PartyRow,
                "parties",
                label=gettext_lazy("Party"),
                legend=gettext_lazy("Parties"),
                data=data,
                initial=[
                    {
                        "body": each.get("agency") or each["organization"],
                        "role": each["role"],
                        "representative": each["representative"],
                    }
                    for each in draft.parties
                ],
                bodies=bodies,
                people=people_of_edition(edition),
            ),
            "clauses": Rows(
                ClauseRow,
                "clauses",
                label=gettext_lazy("Clause"),
                legend=gettext_lazy("Clauses"),
                data=data,
                initial=[{**each, "position": number} for number, each in enumerate(draft.clauses, 1)],
                opinions=offered,
            ),
        }

    def layout(self) -> list[Any]:
        cited = Folded(gettext_lazy("What it grows out of: proposals and opinions"), "proposals", "opinions")
        main = [Fieldset(legend, *names, css_class="group") for legend, names in self.sections]
        parties = RowsBlock(self.row_sets["parties"])
        clauses = RowsBlock(self.row_sets["clauses"], "agreements/workspace/clause_rows.html")
        return [*main, cited, parties, clauses]

    def is_valid(self) -> bool:
        valid = super().is_valid()
        twice = self._twice()
        if twice:
            self.add_error(None, _("“%(body)s” stands twice among the parties: leave it once.") % {"body": twice})
        return valid and not twice

    def _twice(self) -> Any:
        seen = set()
        for row in self.row_sets["parties"].filled():
            body = row.cleaned_data.get("body")
            if body is not None and body_value(body) in seen:
                return body
            seen.add(body_value(body) if body is not None else "")
        return None

    def record_values(self) -> dict[str, Any]:
        """The columns of the agreement."""
        return self.values(*self._meta.fields)

    def parties(self) -> list[dict[str, Any]]:
        """The parties as the doors take them."""
        return [
            {**body_argument(row.cleaned_data["body"]), **{name: row.cleaned_data[name] for name in ("role", "representative")}}
            for row in self.row_sets["parties"].filled()
        ]

    def clauses(self) -> list[dict[str, Any]]:
        """The clauses as the doors take them, in the order of their numbers; those without one stay where they are."""
        return clauses_in_order(self.row_sets["clauses"])


def clauses_in_order(rows: Rows) -> list[dict[str, Any]]:
    filled = rows.filled()
    # A row without a number follows the one above it.
    order, last = {}, 0.0
    for row in filled:
        number = row.cleaned_data.get("position")
        last = float(number) if number else last + 0.001
        order[row.number] = last
    return [
        {
            "text_es": row.cleaned_data["text_es"],
            "text_en": row.cleaned_data["text_en"],
            "opinions": row.cleaned_data.get("opinions", []),
        }
        for row in sorted(filled, key=lambda row: (order[row.number], row.number))
    ]


class AmendmentForm(WithRows, BaseForm):
    """The clauses of the version that an amendment prepares."""

    def __init__(self, data: Any = None, files: Any = None, *, record: Any, **kwargs: Any) -> None:
        super().__init__(data, files, record=record, **kwargs)
        draft = draft_of(record)
        self.row_sets = {
            "clauses": Rows(
                ClauseRow,
                "clauses",
                label=gettext_lazy("Clause"),
                legend=gettext_lazy("Clauses of the new version"),
                data=data,
                initial=[{**each, "position": number} for number, each in enumerate(draft.clauses, 1)],
                opinions=options(draft.opinions, opinion_label),
            )
        }

    def layout(self) -> list[Any]:
        return [RowsBlock(self.row_sets["clauses"], "agreements/workspace/clause_rows.html")]

    def clauses(self) -> list[dict[str, Any]]:
        return clauses_in_order(self.row_sets["clauses"])


def opinion_label(opinion: Any) -> str:
    return f"{opinion.folio} · {opinion.agency.short}: {opinion.get_verdict_display()}"


def proposals_to_cite(edition: Any, user: Any, chosen: list[Any]) -> list[Any]:
    """The proposals of the edition that can be agreed on, and those cited already."""
    offered = Proposal.objects.visible_to(user).filter(edition=edition, status__in=["in_review", "reviewed", "agreed"])
    return sorted({each.pk: each for each in [*chosen, *offered]}.values(), key=lambda each: each.folio)


def draft_of(agreement: Agreement) -> assembly.Draft:
    """An agreement as it stands, in the shape of a draft; the clauses are those of its newest version."""
    version = agreement.versions.order_by("-number").first()
    clauses = version.clauses.order_by("number").prefetch_related("opinions") if version is not None else []
    opinions = agreement.opinions.select_related("referral__agency", "referral__version__proposal").prefetch_related("conditions")
    return assembly.Draft(
        values={name: getattr(agreement, name) for name in AgreementForm._meta.fields},
        proposals=list(agreement.proposals.order_by("folio")),
        opinions=list(opinions.order_by("folio")),
        parties=[
            {**body_argument(party.body), "role": party.role, "representative": party.representative}
            for party in agreement.parties.select_related(
                "organization", "agency", "representative__person", "representative__organization", "representative__agency"
            )
        ],
        clauses=[{"text_es": each.text_es, "text_en": each.text_en, "opinions": list(each.opinions.all())} for each in clauses],
    )


# --- acceptance -------------------------------------------------------------------------------------------------------


class AcceptForm(BaseForm):
    """A party accepts for itself, signed in."""

    submit_label = gettext_lazy("Accept the agreement")
    party = PickField(label=gettext_lazy("I accept for"))
    post = forms.CharField(
        label=gettext_lazy("Post in which I sign"),
        max_length=150,
        help_text=gettext_lazy("It is published with the date; your name is not."),
    )
    confirm = forms.BooleanField(
        label=gettext_lazy("I have read the whole text and accept it for the party that I represent"),
        error_messages={"required": gettext_lazy("Mark this box to accept; nothing was recorded.")},
    )

    def __init__(self, *args: Any, parties: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["parties"] = parties
        self.fields["party"].offer(parties_among(parties))
        if len(parties) == 1:
            self.fields["party"].initial = parties[0]


class RecordAcceptanceForm(BaseForm):
    """An organizer records how a party accepted."""

    submit_label = gettext_lazy("Record the acceptance")
    sections = [
        (gettext_lazy("Who, how and when"), [pair("party", "mode"), pair("accepted_on", "post")]),
        (gettext_lazy("On paper"), ["scan"]),
        (gettext_lazy("On behalf of the party"), ["reason", "witness"]),
    ]
    party = PickField(label=gettext_lazy("Party"))
    mode = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[choice for choice in Acceptance.Mode.choices if choice[0] != Acceptance.Mode.SIGNED_IN],
        widget=forms.RadioSelect,
        initial=Acceptance.Mode.IN_PERSON,
    )
    accepted_on = forms.DateField(label=gettext_lazy("Date of the acceptance"))
    post = forms.CharField(label=gettext_lazy("Post of the signatory"), max_length=150, required=False)
    scan = forms.FileField(
        label=gettext_lazy("Scan of the signed paper (reserved)"),
        required=False,
        help_text=gettext_lazy("PDF or picture. It is never published. A file must be chosen again when the page comes back."),
    )
    reason = long_text(gettext_lazy("Why it is recorded on behalf"), rows=2)
    witness = forms.CharField(label=gettext_lazy("Witness"), max_length=200, required=False)

    def __init__(self, *args: Any, parties: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["parties"] = parties
        self.fields["party"].offer(parties_among(parties))
