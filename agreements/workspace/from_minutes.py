"""The page on which an organizer makes an action item of approved minutes a commitment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agreements import workflow as doors
from agreements.models import ActionItem, Agreement, AgreementVersion
from agreements.permissions import is_organizer_of
from agreements.workflow.from_minutes import cause_of, not_now
from agreements.workflow.gaps import version_in
from agreements.workspace.fields import PickField, options
from core.forms import BaseForm
from core.gate import get_for
from core.workspace import attempt, done, sent, show_form, workspace_page


class BecomeCommitmentForm(BaseForm):
    """Of which agreement, and why it is amended where it is signed."""

    submit_label = gettext_lazy("Make it a commitment")
    agreement = PickField(label=pgettext_lazy("of parties", "Agreement"))
    cause = forms.CharField(
        label=gettext_lazy("Cause of the amendment"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Public with the new version. Used only where the agreement is signed and no amendment is in draft."
        ),
    )

    def __init__(self, *args: Any, agreements: list[Agreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["agreements"] = agreements
        self.fields["agreement"].offer(options(agreements))
        if len(agreements) == 1:
            self.fields["agreement"].initial = agreements[0]
        if not any(amends(each) for each in agreements):
            del self.fields["cause"]


def amends(agreement: Agreement) -> bool:
    """Whether a new version is opened for it."""
    return agreement.status == Agreement.Status.SIGNED and version_in(agreement, AgreementVersion.Status.DRAFT) is None


def what_happens(agreement: Agreement) -> str:
    """What making it a commitment does to the agreement, or why it cannot be made one there."""
    words = {"agreement": agreement.folio}
    if refusal := not_now(agreement):
        return refusal
    if amends(agreement):
        return _("%(agreement)s is signed: an amendment is begun, which its parties accept.") % words
    if agreement.status == Agreement.Status.SIGNED:
        return _("In %(agreement)s it goes into the amendment in draft.") % words
    return _("In %(agreement)s it goes into the draft.") % words


@workspace_page
def item_commitment(request: HttpRequest, folio: str) -> HttpResponse:
    """Make an action item a commitment; then the page on which the commitment is completed."""
    rows = ActionItem.objects.select_related("meeting__edition", "minutes", "organization", "agency")
    item = get_for(request.user, rows, folio, allow=is_organizer_of)
    followed = list(item.meeting.agreements.visible_to(request.user).order_by("folio"))
    possible = [each for each in followed if not not_now(each)]
    form = BecomeCommitmentForm(sent(request), agreements=possible, initial={"cause": cause_of(item)})
    if form.is_valid() and attempt(
        form, doors.become_commitment, item=item, actor=request.user, **form.values("agreement", "cause")
    ):
        sentence = _("%(item)s became commitment %(commitment)s in draft: say what proves it, and who shares it.")
        words = {"item": item.folio, "commitment": form.result.folio}
        return done(request, sentence % words, "workspace:commitment_edit", form.result.folio)
    return show_form(
        request,
        "agreements/workspace/item_commitment.html",
        form,
        section="meetings",
        meeting=item.meeting,
        item=item,
        outcomes=[what_happens(each) for each in followed],
        title=_("Make the action item a commitment"),
    )
