"""The pages behind the link of an invitation: what it is for, and taking it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.forms import BaseForm
from core.workspace import REFUSED, attempt, done, sent
from forum.models import Invitation, User
from forum.notices import role_words
from forum.workflow import accept_invitation

SESSION = "invitation"
LONGEST_KEY = 60


class AcceptForm(BaseForm):
    """How a new account is called and signed in to. Without a password, a passkey is made on the next page."""

    submit_label = gettext_lazy("Accept and go on")
    buttons = (("passkey", gettext_lazy("Accept, and sign in with a passkey")),)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=150)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your mails"), choices=[("es", "español"), ("en", "English")], widget=forms.RadioSelect
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        help_text=gettext_lazy("At least 12 characters, not a common one. A sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, initial={"name": user.name, "language": user.language}, **kwargs)
        self._made_with |= {"user": user}

    @property
    def by_passkey(self) -> bool:
        return "passkey" in self.data

    def clean(self) -> Any:
        given = super().clean() or {}
        if self.by_passkey or self.errors:
            return given
        password = given.get("password") or ""
        if not password:
            self.add_error("password", _("Choose a password, or sign in with a passkey."))
        elif password != given.get("again"):
            self.add_error("again", _("The two passwords differ: type the same one twice."))
        else:
            try:
                get_adapter().clean_password(password, User(email=self.user.email, name=given.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return given


class TakeForm(BaseForm):
    """An account that is there already takes one more role: nothing to fill in."""

    submit_label = gettext_lazy("Accept")


@never_cache
@require_http_methods(["GET", "HEAD"])
def invitation(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The link of the mail. Opening it changes nothing: programs that look through mails open every link."""
    found = find(key, token)
    if found is None:
        return gone(request)
    request.session[SESSION] = [key, token]
    return redirect("invitation_accept")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """What one is invited to, and the form to accept it. The secret is in the session, not in this address."""
    key, token = request.session.get(SESSION) or ("", "")
    found = find(key, token)
    if found is None:
        return gone(request)
    user = found.user
    context: dict[str, Any] = {"invitation": found, "role": role_words(found), "invited": user}
    if not user.is_new and request.user != user:
        context["sign_in"] = f"{reverse('account_login')}?next={reverse('invitation_accept')}"
        context["other"] = request.user.is_authenticated
        return render(request, "account/invitation.html", context)
    form: Any = AcceptForm(sent(request), user=user) if user.is_new else TakeForm(sent(request))
    values = form_values(form) if form.is_valid() else {}
    if form.is_valid() and attempt(form, accept_invitation, invitation=found, token=token, actor=user, **values):
        request.session.pop(SESSION, None)
        user.refresh_from_db()
        if isinstance(form, AcceptForm):
            return enter(request, user, "mfa_add_webauthn" if form.by_passkey else "workspace:home")
        update_session_auth_hash(request, user)
        return done(request, _("You are now %(role)s.") % {"role": context["role"]}, "workspace:home")
    return render(
        request, "account/invitation.html", {**context, "form": form}, status=REFUSED if form.is_bound and form.errors else 200
    )


def form_values(form: Any) -> dict[str, Any]:
    """What the door wants of a form; a password only where one is used."""
    if isinstance(form, TakeForm):
        return {}
    password = None if form.by_passkey else form.cleaned_data["password"]
    return {**form.values("name", "language"), "password": password}


def enter(request: HttpRequest, user: User, page: str) -> HttpResponse:
    """Sign the new account in: who opened the link has the mailbox, and the link is used up."""
    record_authentication(request, user, method="invitation")
    answer: HttpResponse = perform_login(request, user, redirect_url=reverse(page))
    return answer


def find(key: str, token: str) -> Invitation | None:
    """The invitation that this link opens, None for any other."""
    if not key or len(key) > LONGEST_KEY or len(token) > LONGEST_KEY or "\x00" in key + token or not token.isascii():
        return None
    rows = Invitation.objects.select_related("user", "edition", "agency", "organization", "invited_by")
    found = rows.filter(key=key).first()
    return found if found is not None and found.opens_with(token) else None


def gone(request: HttpRequest) -> HttpResponse:
    """Used, taken back, too old, or never there: nobody learns which."""
    return render(request, "account/invitation_gone.html", status=410)
