"""Accounts in the workspace: who has one, inviting, roles, closing. For organizers within their power, and administrators."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import record_read
from core.gate import get_for
from core.listing import ChoiceFilter, Listing, TextFilter
from core.timeline import timeline
from core.workflow import StepRefused
from core.workspace import REFUSED, attempt, done, sent, show_form, workspace_page
from forum import workflow
from forum.models import Invitation, Role, User
from forum.models.accounts import RoleKind
from forum.permissions import is_administrator
from forum.workflow.roles import may_give
from forum.workspace.access import organizers_only
from forum.workspace.accounts_forms import STEPS, InviteForm, RoleForm, StepForm

#: Open invitations that the page lists, the newest.
MOST_INVITATIONS = 100
YES_NO = (("yes", gettext_lazy("open")), ("no", gettext_lazy("closed")))


def named_like(rows: Any, text: str) -> Any:
    return rows.filter(Q(email__icontains=text) | Q(name__icontains=text))


FILTERS = (
    TextFilter(label=gettext_lazy("Name or address"), apply=named_like),
    ChoiceFilter(
        "role",
        gettext_lazy("Role"),
        RoleKind.choices,
        apply=lambda rows, value: rows.filter(pk__in=Role.objects.filter(kind=value).values("user")),
    ),
    ChoiceFilter("open", gettext_lazy("Account"), YES_NO, apply=lambda rows, value: rows.filter(is_active=value == "yes")),
)


@workspace_page(methods=("GET", "HEAD"))
def accounts(request: HttpRequest) -> HttpResponse:
    """Invitations that wait, and the accounts that this person manages."""
    organizers_only(request)
    roles = Prefetch("role_rows", Role.objects.select_related("edition", "agency", "organization"))
    shown = Listing(
        request,
        User.objects.visible_to(request.user),
        FILTERS,
        order=("email", "pk"),
        prepare=lambda rows: rows.prefetch_related(roles),
    )
    waiting = Invitation.objects.visible_to(request.user).open().exclude(user=request.user)
    related = ("user", "edition", "agency", "organization", "invited_by")
    context = {"listing": shown, "invitations": waiting.select_related(*related)[:MOST_INVITATIONS]}
    record_read(request.user, "see_accounts", request.user)
    return render(request, "forum/workspace/accounts.html", context)


@workspace_page(sensitive=True)
def account_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a role."""
    organizers_only(request)
    form = InviteForm(sent(request), user=request.user)
    if form.is_valid() and attempt(form, workflow.invite, actor=request.user, **form.arguments()):
        return done(
            request, _("The invitation to %(email)s is on its way.") % {"email": form.result.user.email}, "workspace:accounts"
        )
    return show_form(request, "forum/workspace/account_invite.html", form, title=_("Invite somebody"))


@workspace_page(methods=("POST",), sensitive=True)
def invitation_step(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """Send an invitation again, or take it back."""
    organizers_only(request)
    doors = {"send": workflow.send_again, "revoke": workflow.revoke_invitation}
    said = {
        "send": _("The invitation leaves again; the link of before opens nothing any more."),
        "revoke": _("The invitation is taken back."),
    }
    if action not in doors:
        raise Http404
    rows = Invitation.objects.select_related("user", "edition")
    invitation = get_for(request.user, rows, key, allow=lambda found, user: may_give(found.kind, found.edition, user))
    form = StepForm({"reason": "-"}, step=action)
    if form.is_valid() and attempt(form, doors[action], invitation=invitation, actor=request.user):
        return done(request, said[action], "workspace:accounts")
    return show_form(request, "workspace/form.html", form, title=_("Invitation"), refusal=" ".join(form.non_field_errors()))


def managed(request: HttpRequest, key: str) -> User:
    """The account, for whoever may manage it: 404 where it is hidden, 403 for the own one of somebody who manages none."""
    organizers_only(request)
    found: User = get_for(request.user, User, key)
    try:
        workflow.only_who_manages(found, request.user)
    except StepRefused as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return found


def account_page(request: HttpRequest, found: User, failed: Any = None) -> HttpResponse:
    """One account: its roles, each to be taken back, and what can be done with it."""
    forms = []
    for step in steps_of(found, request.user):
        form = failed if failed is not None and failed.step == step else StepForm(step=step, prefix=step)
        form.action = reverse("workspace:account_step", args=[found.key, step])
        forms.append((STEPS[step], form))
    record_read(found, "see_accounts", request.user)
    roles = list(found.role_rows.select_related("edition", "agency", "organization"))
    role_form = failed if isinstance(failed, RoleForm) else RoleForm(roles=roles, prefix="remove_role")
    role_form.action = reverse("workspace:account_step", args=[found.key, "remove_role"])
    context = {
        "title": str(found),
        "found": found,
        "roles": roles,
        "role_form": role_form if roles else None,
        "steps": forms,
        "has_factor": found.authenticator_set.exclude(type="recovery_codes").exists(),
        "sees_audit": is_administrator(None, request.user),
        "timeline": timeline(found),
    }
    return render(request, "forum/workspace/account.html", context, status=REFUSED if failed is not None else 200)


def steps_of(found: User, user: Any) -> list[str]:
    """What this person can do with the account now."""
    steps = ["end_sessions", "close"] if found.is_active else ["reopen"]
    if found.is_active and is_administrator(None, user) and found != user and found.authenticator_set.exists():
        steps.insert(1, "forget_second_factor")
    return steps


@workspace_page(methods=("GET", "HEAD"), sensitive=True)
def account(request: HttpRequest, key: str) -> HttpResponse:
    return account_page(request, managed(request, key))


@workspace_page(methods=("POST",), sensitive=True)
def account_step(request: HttpRequest, key: str, action: str) -> HttpResponse:
    """Take a role back, end sessions, close, open again, forget the second factor."""
    found = managed(request, key)
    doors = {
        "end_sessions": workflow.end_sessions,
        "close": workflow.close_account,
        "reopen": workflow.reopen_account,
        "forget_second_factor": workflow.forget_second_factor,
    }
    if action == "remove_role":
        return remove_role(request, found)
    if action not in doors:
        raise Http404
    form = StepForm(request.POST, step=action, prefix=action)
    if form.is_valid() and attempt(form, doors[action], user=found, actor=request.user, **form.values("reason")):
        return done(request, _("Done: %(step)s.") % {"step": STEPS[action]}, "workspace:accounts")
    return account_page(request, found, form)


def remove_role(request: HttpRequest, found: User) -> HttpResponse:
    roles = list(found.role_rows.select_related("edition", "agency", "organization"))
    form = RoleForm(request.POST, roles=roles, prefix="remove_role")
    if form.is_valid():
        values = {"role": form.role, "actor": request.user, **form.values("reason")}
        if attempt(form, workflow.remove_role, **values):
            return done(request, _("The role is taken back; the account is signed out."), "workspace:accounts")
    return account_page(request, found, form)
