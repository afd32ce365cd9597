"""What the parties say to each other: comments on a draft, answers to a validation; and who speaks for a party today."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import workflow as doors
from agreements.models import Validation
from agreements.permissions import is_organizer_of
from agreements.workspace.access import agreement_for, allowed, is_insider_of_commitment, parties_of, refuse_step
from agreements.workspace.agreement_forms import long_text
from agreements.workspace.commitment_forms import PartyReasonForm, WithEvidence, evidence_rows
from agreements.workspace.fields import PickField, options
from agreements.workspace.record import comment_form_of, show_agreement
from agreements.workspace.rows import RowsBlock
from core.forms import BaseForm, pair
from core.gate import get_for
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency


@workspace_page(methods=("POST",))
def agreement_comment(request: HttpRequest, folio: str) -> HttpResponse:
    """A party or an organizer comments on the draft; the others are told."""
    record = agreement_for(request, folio)
    refuse_step(doors.AGREEMENT, record, "comment", request.user)
    form = comment_form_of(record, request.POST)
    if form.is_valid() and attempt(
        form, doors.comment, agreement=record, actor=request.user, **form.values("clause_number", "text")
    ):
        return done(request, _("Your comment stands beside the draft."), "workspace:agreement", record.folio)
    return show_agreement(request, record, comment_form=form)


class ReplyForm(WithEvidence, PartyReasonForm):
    """The side that reported answers."""

    submit_label = gettext_lazy("Answer")
    reason = None  # type: ignore[assignment]
    text_es = long_text(gettext_lazy("Answer in Spanish"), rows=4, required=True)
    text_en = long_text(gettext_lazy("Answer in English"), rows=4)

    def __init__(self, data: Any = None, files: Any = None, *, parties: list[Any], **kwargs: Any) -> None:
        super().__init__(data, files, parties=parties, **kwargs)
        self.row_sets = {"evidence": evidence_rows(data, files)}

    def layout(self) -> list[Any]:
        return ["party", pair("text_es", "text_en"), RowsBlock(self.row_sets["evidence"])]


@workspace_page
def reply(request: HttpRequest, folio: str) -> HttpResponse:
    """Answer what the other side said of a report (the folio of the validation is in the address)."""
    rows = Validation.objects.select_related(
        "report__commitment__agreement__edition", "report__party", "party__organization", "party__agency"
    )
    said = get_for(request.user, rows, folio, allow=lambda found, user: is_insider_of_commitment(found.report.commitment, user))
    commitment = said.report.commitment
    mine = [party for party in parties_of(commitment.agreement, request.user) if party.side == said.report.party.side]
    allowed(bool(mine))
    form = ReplyForm(sent(request), request.FILES or None, parties=mine)
    if form.wants_more:
        form.show_more()
    elif form.is_valid() and attempt(
        form,
        doors.reply,
        validation=said,
        actor=request.user,
        evidence=form.evidence(),
        **form.values("party", "text_es", "text_en"),
    ):
        return done(request, _("Your answer stands beside what they said."), "workspace:commitment", commitment.folio)
    return show_form(
        request,
        "agreements/workspace/reply.html",
        form,
        title=_("Answer the other side"),
        said=said,
        commitment=commitment,
        agreement=commitment.agreement,
    )


class TakeOverForm(BaseForm):
    """Which public body speaks for a party from a day on."""

    submit_label = gettext_lazy("Record it")
    successor = PickField(label=gettext_lazy("Public body that took over"))
    since = forms.DateField(label=gettext_lazy("Since"), required=False, help_text=gettext_lazy("Left empty: today."))
    reason = long_text(
        gettext_lazy("Reason"),
        rows=3,
        required=True,
        help_text=gettext_lazy("The law or decree by which it took over. It is public."),
    )

    def __init__(self, *args: Any, party: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["party"] = party
        known = successors_of(party.agency)
        others = Agency.objects.exclude(pk=party.agency_id).order_by("sort", "key")
        rows = {each.pk: each for each in [*known, *others]}
        self.fields["successor"].offer(
            options(rows.values(), lambda each: f"{each.short} · {each}" if each.short != str(each) else str(each))
        )
        if len(known) == 1:
            self.fields["successor"].initial = known[0]


def successors_of(agency: Any) -> list[Any]:
    """The bodies that the register knows as successors, direct ones."""
    return list(Agency.objects.filter(preceded_by__predecessor=agency).distinct().order_by("sort", "key"))


@workspace_page
def party_take_over(request: HttpRequest, folio: str, key: str) -> HttpResponse:
    """An organizer records that another body took over from a party."""
    record = agreement_for(request, folio, is_organizer_of)
    party = record.parties.select_related("agency", "organization").filter(agency__key=key).first()
    if party is None:
        raise Http404
    form = TakeOverForm(sent(request), party=party)
    if form.is_valid() and attempt(
        form, doors.take_over, party=party, actor=request.user, **form.values("successor", "since", "reason")
    ):
        words = {"new": form.cleaned_data["successor"].short, "old": party.body.short}
        return done(request, _("%(new)s speaks for %(old)s from now on.") % words, "workspace:agreement", record.folio)
    return show_form(
        request,
        "agreements/workspace/form.html",
        form,
        title=_("Who took over from %(party)s") % {"party": party.body.short},
        note=_("The name that signed stays everywhere, with the new one beside it."),
        agreement=record,
    )
