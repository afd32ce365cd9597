"""What the pages of the workspace share. Lists are those of `core.listing`.

    @workspace_page
    def edit(request, key):
        record = get_for(request.user, Organization, key, allow=is_any_organizer)
        form = OrganizationForm(sent(request), record=record)
        if form.is_valid() and attempt(form, edit_organization, organization=record, actor=request.user,
                                       values=form.values(), revision=form.revision):
            return done(request, _("Saved."), "workspace:organizations")
        return show_form(request, "forum/workspace/form.html", form, title=…)

Steps as buttons, from the same table as the doors:

    buttons = step_buttons(PROPOSAL, proposal, request.user, url=lambda action: reverse("workspace:proposal_step", args=[…, action]),
                           pages={"refer": reverse("workspace:refer")})         # {% include "components/step_buttons.html" %}
    …and where the button leads (POST only):
    failed = take_step(request, PROPOSAL, proposal, action, {"withdraw": lambda given: withdraw(…, reason=given["reason"])})
    if failed is None: return redirect(…)
    return the record page, status 422, with step_buttons(…, failed=failed): what was typed is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import insides
from core.events import record_read
from core.fields import LONG_TEXT
from core.forms import BaseForm
from core.workflow import StaleRecord, StepRefused, Transition, Workflow

View = Callable[..., HttpResponse]
#: A form that cannot be taken as it came; the page shows why.
REFUSED = 422


def workspace_page(view: View | None = None, *, methods: Sequence[str] = ("GET", "HEAD", "POST"), sensitive: bool = False) -> Any:
    """A page for people with an account: others are sent to sign in and come back. Other methods are answered with 405.

    `sensitive`: it touches accounts or personal data at large, so whoever has not proved who it is within the last minutes
    (`ACCOUNT_REAUTHENTICATION_TIMEOUT`) is asked to, and comes back with what was sent.
    """

    def decorate(inner: View) -> View:
        guarded = reauthentication_required(inner) if sensitive else inner
        return wraps(inner)(require_http_methods(list(methods))(login_required(guarded)))

    return decorate(view) if view is not None else decorate


@reauthentication_required
def just_confirmed(request: HttpRequest) -> None:
    """Goes on for whoever has just shown who it is; others are asked to, and come back to the page (as `sensitive` pages do)."""


def sent(request: HttpRequest) -> Any:
    """What was sent, for a form: None on GET. An empty POST is a form that was sent, not a page that is opened."""
    return request.POST if request.method == "POST" else None


def attempt(form: Any, door: Callable[..., Any], /, **arguments: Any) -> bool:
    """Call a door; True when it went through (`form.result` is what it answered). A refusal becomes an error of the form."""
    insides.listen()
    try:
        form.result = door(**arguments)
    except StaleRecord as stale:
        form.show_stale(stale.current, str(stale))
    except StepRefused as refusal:
        form.refuse(str(refusal))
    except ValidationError as error:
        form.take_errors(error)
    else:
        return True
    return False


def done(request: HttpRequest, sentence: Any, *to: Any, **arguments: Any) -> HttpResponse:
    """Say that it is done, and what there is to know about the files that were sent, and go on, as `redirect` does."""
    messages.success(request, str(sentence))
    for warning in insides.heard():
        messages.warning(request, warning)
    return redirect(*to, **arguments)


def show_form(request: HttpRequest, template: str, form: Any, *, names_of: Any = None, **context: Any) -> HttpResponse:
    """The page with the form; status 422 when it came back with errors.

    `names_of`: the record (an edition, a meeting) whose people the form offers by name, whatever they consented to: that
    somebody read them leaves a trace.
    """
    if names_of is not None:
        record_read(names_of, "see_participants", request.user)
    return render(request, template, {"form": form, **context}, status=REFUSED if form.is_bound and form.errors else 200)


# --- steps ------------------------------------------------------------------------------------------------------------


class StepForm(BaseForm):
    """What a step asks for: a reason where its table says so, and the revision that the page showed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": "3"}), required=True
    )

    def __init__(self, *args: Any, transition: Transition, action: str = "", **kwargs: Any) -> None:
        self.transition, self.action, self.submit_label = transition, action, transition.label
        super().__init__(*args, prefix=f"step-{transition.action}", **kwargs)
        # The prefix follows from the transition: a fresh form of the same kind must not be given it twice.
        del self._made_with["prefix"]
        self._made_with |= {"transition": transition, "action": action}
        if not transition.needs_reason:
            del self.fields["reason"]
            self.submit_class = "btn-secondary"


@dataclass(frozen=True)
class StepButton:
    """One step that can be taken now: a form to send, or a page of its own (`page`)."""

    action: str
    label: str
    needs_reason: bool
    form: StepForm | None
    page: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Its form came back with errors, so it is shown unfolded."""
        return self.form is not None and self.form.is_bound


def step_buttons(
    workflow: Workflow,
    record: Any,
    user: Any,
    *,
    url: Callable[[str], str],
    pages: Mapping[str, str] | None = None,
    leave_out: Collection[str] = (),
    failed: StepForm | None = None,
) -> list[StepButton]:
    """The steps that `user` can take on `record` now, in the order of the table.

    `url(action)` takes the POST; `pages` names the steps that have a page of their own. `failed` is what `take_step`
    returned: that button shows its errors, even when the step is no longer possible.
    """
    found = []
    for transition in workflow.available(record, user):
        action = transition.action
        if action in leave_out:
            continue
        page = (pages or {}).get(action, "")
        form = None
        if not page:
            ours = failed is not None and failed.transition.action == action
            form = failed if ours else StepForm(record=record, transition=transition, action=url(action))
        found.append(StepButton(action, str(transition.label), transition.needs_reason, form, page, str(transition.note)))
    if failed is not None and failed.transition.action not in {button.action for button in found}:
        late = failed.transition
        found.insert(0, StepButton(late.action, str(late.label), late.needs_reason, failed))
    return found


def take_step(
    request: HttpRequest,
    workflow: Workflow,
    record: Any,
    action: str,
    doors: Mapping[str, Callable[..., Any]],
    *,
    success: Any = "",
    url: str = "",
) -> StepForm | None:
    """Take a step that a button asked for. None when it is taken; otherwise its form with the errors and what was typed.

    `doors`: action → function of `given`, which is `{"reason": …, "revision": …}`. An action that is not among them is 404.
    """
    transition = workflow.by_action.get(action)
    if transition is None or action not in doors:
        raise Http404
    form = StepForm(request.POST, record=record, transition=transition, action=url or request.path)
    if form.is_valid():
        given = {"reason": form.cleaned_data.get("reason", ""), "revision": form.revision}
        if attempt(form, doors[action], given=given):
            messages.success(request, str(success) or _("Done: %(step)s.") % {"step": transition.label})
            return None
    return form
