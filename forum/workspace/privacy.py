"""The ARCO desk of the organizers: requests about personal data, blocking and erasing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.events import record_read
from core.fields import LONG_TEXT
from core.forms import BaseForm
from core.gate import get_for
from core.listing import ChoiceFilter, Listing
from core.timeline import timeline
from core.workspace import REFUSED, attempt, done, sent, show_form, step_buttons, take_step, workspace_page
from forum import workflow
from forum.models import Person, PrivacyRequest
from forum.models.privacy import PrivacyRequestOutcome
from forum.own_data import desk_file, desk_may_hand_out
from forum.permissions import is_administrator, is_organizer_of
from forum.workflow.erasing import may_erase
from forum.workspace.access import organizers_only
from forum.workspace.forms import NamedParticipation

FILTERS = (
    ChoiceFilter("status", gettext_lazy("Status"), PrivacyRequest.Status.choices),
    ChoiceFilter("kind", gettext_lazy("What is asked"), PrivacyRequest.Kind.choices),
)
#: Papers and places that a page lists after an erasure.
MOST_TOLD = 50


class IdentifyForm(BaseForm):
    """How the identity was checked, and who it is."""

    submit_label = gettext_lazy("Note that the identity is checked")
    identity_how = forms.CharField(
        label=gettext_lazy("How the identity was checked"),
        max_length=200,
        help_text=gettext_lazy(
            "For example: answered from the address that we hold; shown in person. Keep no copy and no number of an identity paper."
        ),
    )
    participant = NamedParticipation(
        label=gettext_lazy("Who it is, where we hold data about this person"), queryset=None, required=False, to_field_name="key"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.record.edition.participations.filter(suppressed_on__isnull=True)
        self.fields["participant"].queryset = people.select_related("person").order_by("person__sort", "key")


class AnswerForm(BaseForm):
    """What was answered."""

    watches = False
    submit_label = gettext_lazy("Note the answer")
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=PrivacyRequestOutcome.choices, widget=forms.RadioSelect)
    answer = forms.CharField(
        label=gettext_lazy("What was answered"),
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": "5"}),
        help_text=gettext_lazy("A refusal gives its reasons. The answer itself goes out from your own mailbox."),
    )


class ErasureForm(BaseForm):
    """Block first; erase when nothing speaks against it any longer."""

    submit_label = gettext_lazy("Do it")
    what = forms.ChoiceField(label=gettext_lazy("What is to be done"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": "2"}),
        help_text=gettext_lazy("It stays in the record for good: name the request, not the person."),
    )
    confirm = forms.CharField(label=gettext_lazy("To erase, write the key of the person"), max_length=60, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made_with["user"] = user
        choices = [("block", _("Block: hide the data from everybody but administrators"))]
        if self.record.blocked_at is not None:
            choices = [("unblock", _("Take the block back"))] if is_administrator(self.record, user) else []
        self.fields["what"].choices = [*choices, ("erase", _("Erase for good"))]

    def clean(self) -> Any:
        given = super().clean() or {}
        if given.get("what") == "erase" and given.get("confirm", "").strip() != self.record.key:
            self.add_error("confirm", _("This is not the key of the person, %(key)s.") % {"key": self.record.key})
        return given


@workspace_page(methods=("GET", "HEAD"))
def privacy_requests(request: HttpRequest) -> HttpResponse:
    """What people ask about their data, what is due first on top."""
    organizers_only(request)
    rows = PrivacyRequest.objects.visible_to(request.user).select_related("edition")
    shown = Listing(request, rows, FILTERS, order=("-received_on", "key"))
    return render(request, "forum/workspace/privacy_requests.html", {"listing": shown, "title": _("Privacy requests")})


def own_request(request: HttpRequest, key: str) -> PrivacyRequest:
    found: PrivacyRequest = get_for(
        request.user, PrivacyRequest.objects.select_related("edition", "person"), key, allow=is_organizer_of
    )
    return found


@workspace_page
def privacy_request(request: HttpRequest, key: str) -> HttpResponse:
    """One request: what was asked, until when, and what comes next. Opening it leaves a trace."""
    asked = own_request(request, key)
    form = next_form(asked, sent(request))
    if form is not None and form.is_valid() and attempt(form, take_next, asked=asked, form=form, actor=request.user):
        return done(request, _("Noted: %(record)s.") % {"record": asked.key}, "workspace:privacy_request", key)
    return request_page(request, asked, form)


def next_form(asked: PrivacyRequest, data: Any) -> Any:
    forms_of = {PrivacyRequest.Status.RECEIVED: IdentifyForm, PrivacyRequest.Status.IDENTIFIED: AnswerForm}
    made = forms_of.get(PrivacyRequest.Status(asked.status))
    return made(data, record=asked) if made is not None else None


def take_next(*, asked: PrivacyRequest, form: Any, actor: Any) -> None:
    given = form.cleaned_data
    if isinstance(form, IdentifyForm):
        part = given["participant"]
        person = part.person if part is not None else None
        workflow.identify(request=asked, actor=actor, how=given["identity_how"], person=person)
    else:
        workflow.answer_privacy_request(request=asked, actor=actor, outcome=given["outcome"], answer=given["answer"])


def request_page(request: HttpRequest, asked: PrivacyRequest, form: Any, failed: Any = None) -> HttpResponse:
    record_read(asked, "see_contact_data", request.user)

    def url(action: str) -> str:
        return reverse("workspace:privacy_request_step", args=[asked.key, action])

    context = {
        "asked": asked,
        "title": _("Request %(key)s") % {"key": asked.key},
        "steps": step_buttons(
            workflow.PRIVACY_REQUEST, asked, request.user, url=url, leave_out=("identify", "answer"), failed=failed
        ),
        "may_erase": asked.person is not None and asked.person.suppressed_on is None and may_erase(asked.person, request.user),
        "may_hand_out": desk_may_hand_out(asked, request.user),
        "timeline": timeline(asked, workflows=(workflow.PRIVACY_REQUEST,)),
    }
    if failed is not None:
        return render(request, "forum/workspace/privacy_request.html", {"form": form, **context}, status=REFUSED)
    if form is None:
        return render(request, "forum/workspace/privacy_request.html", context)
    return show_form(request, "forum/workspace/privacy_request.html", form, **context)


@workspace_page(methods=("GET", "HEAD"), sensitive=True)
def privacy_request_file(request: HttpRequest, key: str) -> StreamingHttpResponse:
    """What is held about the person who asked, for the answer."""
    asked = own_request(request, key)
    if not desk_may_hand_out(asked, request.user):
        raise Http404(
            _("There is no file for this request: who asks is not known yet, or the data are not in your forums alone.")
        )
    return desk_file(asked, request.user)  # type: ignore[arg-type]


@workspace_page(methods=("POST",))
def privacy_request_step(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """The steps that need no more than a reason."""
    asked = own_request(request, key)
    doors = {
        "extend": lambda given: workflow.extend_privacy_term(request=asked, actor=request.user, **given),
        "close": lambda given: workflow.close_privacy_request(request=asked, actor=request.user, **given),
        "finish": lambda given: workflow.finish_privacy_request(request=asked, actor=request.user, revision=given["revision"]),
    }
    failed = take_step(request, workflow.PRIVACY_REQUEST, asked, action, doors)
    if failed is None:
        return redirect("workspace:privacy_request", key)
    return request_page(request, asked, next_form(asked, None), failed)


@workspace_page(sensitive=True)
def person_erase(request: HttpRequest, key: str) -> HttpResponse:
    """Block or erase a person: what goes, what stands, and the confirmation."""
    organizers_only(request)
    person = get_for(request.user, Person, key, allow=may_erase)
    if person.suppressed_on is not None:
        raise Http404
    form = ErasureForm(sent(request), record=person, user=request.user)
    if form.is_valid() and attempt(form, block_or_erase, person=person, form=form, actor=request.user):
        return after(request, person, form.result)
    return show_form(
        request,
        "forum/workspace/person_erase.html",
        form,
        person=person,
        title=_("Block or erase %(key)s") % {"key": person.key},
    )


def block_or_erase(*, person: Person, form: ErasureForm, actor: Any) -> Any:
    doors = {"block": workflow.block_person, "unblock": workflow.unblock_person, "erase": workflow.erase_person}
    return doors[form.cleaned_data["what"]](person=person, actor=actor, reason=form.cleaned_data["reason"])


def after(request: HttpRequest, person: Person, result: Any) -> HttpResponse:
    """A block leads to the list; an erasure to what somebody has to look at by hand."""
    if isinstance(result, Person):
        return done(request, _("Done: %(record)s.") % {"record": person.key}, "workspace:privacy_requests")
    context = {
        "person": person,
        "erased": result,
        "left": result.left[:MOST_TOLD],
        "papers": result.papers[:MOST_TOLD],
        "title": _("Erased: %(key)s") % {"key": person.key},
        "rows_words": ngettext("%(n)s row of imports emptied", "%(n)s rows of imports emptied", result.rows) % {"n": result.rows},
        "files_words": ngettext("%(n)s file deleted", "%(n)s files deleted", result.files) % {"n": result.files},
        "accounts_words": ngettext("%(n)s account closed", "%(n)s accounts closed", result.accounts) % {"n": result.accounts},
    }
    return render(request, "forum/workspace/person_erased.html", context)
