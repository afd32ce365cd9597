"""Following a public record by mail, for anybody: ask, confirm from the mailbox, leave.

These forms carry no CSRF token: whoever sends them has no session that could be abused, and the key in the address is the
right to confirm or to leave. A mail program leaves by a bare POST (RFC 8058); GET only shows a button, since programs that
look through mails open every link.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.forms import BaseForm
from core.gate import get_for
from core.outbox import subscriptions
from core.pages import language
from core.workspace import REFUSED

#: Requests from one network address within an hour.
MOST_AN_HOUR = 20
LONGEST_KEY = 60


class FollowForm(BaseForm):
    """An address."""

    submit_label = pgettext_lazy("button", "Follow")
    email = forms.EmailField(
        label=_("E-mail address"), max_length=200, widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})
    )

    @property
    def helper(self) -> Any:
        made = super().helper
        made.disable_csrf = True
        return made


def page(view: Any) -> Any:
    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def too_many(request: HttpRequest) -> bool:
    """Counts this request; whether its network address has asked too often within the hour."""
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()
    key = f"follow:{address}"
    cache.add(key, 0, 3600)
    try:
        return int(cache.incr(key)) > MOST_AN_HOUR
    except ValueError:  # it ran out between the two lines
        return False


@page
def follow(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Ask for mails about a record. The answer is the same whether or not the address follows it already."""
    model = subscriptions.model_of(kind)
    if model is None:
        raise Http404
    record = get_for(None, model, key)
    form = FollowForm(request.POST if request.method == "POST" else None, auto_id="follow-%s")
    context: dict[str, Any] = {"kind": kind, "followed": record, "name": subscriptions.name_of(record), "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, "config/public/follow.html", context, status=REFUSED if form.is_bound else 200)
    if too_many(request):
        return render(request, "config/public/follow_done.html", {**context, "said": "too_many"}, status=429)
    subscriptions.ask(record, form.cleaned_data["email"], language())
    return render(request, "config/public/follow_done.html", {**context, "said": "asked"})


@page
def follow_confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The link of the mail: a button, and then it is confirmed."""
    subscription = subscriptions.find(checked(key))
    record = subscriptions.record_of(subscription) if subscription is not None else None
    said = "unknown" if record is None else "confirm"
    if record is not None and request.method == "POST":
        subscriptions.confirm(key)
        said = "confirmed"
    context = {"followed": record, "name": subscriptions.name_of(record), "said": said, "key": key}
    return render(request, "config/public/follow_done.html", context, status=404 if record is None else 200)


@page
def follow_leave(request: HttpRequest, key: str) -> HttpResponse:
    """One click to leave: the address is erased. Answers alike for a key that is gone already."""
    checked(key)
    said = "leave"
    if request.method == "POST":
        subscriptions.leave(key)
        said = "left"
    return render(request, "config/public/follow_done.html", {"said": said, "key": key})


def checked(key: str) -> str:
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise Http404
    return key


def address_of(record: Any) -> str:
    """The page where a record can be followed by mail, '' for kinds that cannot."""
    label = record._meta.label_lower
    kind = next((kind for kind, model in subscriptions.kinds().items() if model == label), "")
    return reverse("follow", args=[kind, record.public_key]) if kind else ""
