"""Mail in the workspace: how mine reaches me, and what leaves because of my editions."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.events import record_read
from core.forms import BaseForm
from core.models import MailSettings, Message
from core.models.outbox import MessageState, age_of_outbox
from core.outbox import letters, writing
from core.workspace import REFUSED, done, sent, workspace_page
from forum.models import Edition
from forum.roles import roles_of

#: Mails that a page lists; the newest. Those that wait for a decision come first.
MOST = 100
LONGEST_CHOICE = 30

# --- how mine reaches me ----------------------------------------------------------------------------------------------


class MailSettingsForm(BaseForm):
    """At once, or one mail a day."""

    daily = forms.ChoiceField(
        label=gettext_lazy("How mails reach you"),
        widget=forms.RadioSelect,
        choices=[
            ("no", gettext_lazy("each one at once")),
            ("yes", gettext_lazy("together, once a day at seven in the morning; reminders and meetings at once")),
        ],
    )

    def initial_of(self, record: Any) -> dict[str, Any]:
        return {"daily": "yes" if record.daily else "no"}


@workspace_page
def mail_settings(request: HttpRequest) -> HttpResponse:
    """My mails: how, the last ones, and the secret address of my calendar."""
    kept = MailSettings.objects.filter(user=request.user).first() or MailSettings(user=request.user)
    form = MailSettingsForm(sent(request), record=kept)
    if form.is_valid():
        writing.set_daily(request.user, form.cleaned_data["daily"] == "yes")
        return done(request, _("Saved."), "workspace:mail_settings")
    context = {
        "title": _("My mails"),
        "form": form,
        "messages_of_mine": named(request.user.messages.all()[:10]),
        "calendar": calendar_address(request, kept),
    }
    return render(request, "forum/workspace/mail_settings.html", context, status=REFUSED if form.is_bound else 200)


def calendar_address(request: HttpRequest, kept: MailSettings) -> str:
    return request.build_absolute_uri(reverse("my_calendar", args=[kept.calendar_key])) if kept.calendar_key else ""


@workspace_page(methods=("POST",))
def mail_calendar(request: HttpRequest) -> HttpResponse:
    """A new secret address for my calendar, which ends the one before; or none."""
    wanted = request.POST.get("wanted") == "yes"
    key = secrets.token_urlsafe(32) if wanted else None
    MailSettings.objects.update_or_create(user=request.user, defaults={"calendar_key": key})
    said = _("Your calendar has a new address.") if wanted else _("Your calendar has no address any more.")
    return done(request, said, "workspace:mail_settings")


# --- what leaves because of my editions -------------------------------------------------------------------------------

DECISIONS = (
    ("release", pgettext_lazy("decision on a mail", "Send")),
    ("drop", pgettext_lazy("decision on a mail", "Do not send")),
)


class DecisionForm(forms.Form):
    """Which mails, and what becomes of them."""

    mails = forms.ModelMultipleChoiceField(
        queryset=Message.objects.none(),
        to_field_name="key",
        error_messages={"required": gettext_lazy("Choose at least one mail.")},
    )
    decision = forms.ChoiceField(choices=DECISIONS)
    reason = forms.CharField(max_length=300, required=False, strip=True)

    def clean_mails(self) -> Any:
        return self.cleaned_data["mails"]

    def clean(self) -> Any:
        given = super().clean()
        if given is not None and given.get("decision") == "drop" and not given.get("reason"):
            self.add_error("reason", _("Say why they are not sent."))
        return given


def mails_of(user: Any) -> Any:
    """The mails of the editions that this person organizes; 403 for whoever organizes none."""
    if not roles_of(user).organizer:
        raise PermissionDenied
    rows = Message.objects.select_related("user")
    if roles_of(user).administrator:
        return rows
    return rows.filter(edition_slug__in=Edition.objects.organized_by(user).values("slug"))


def named(rows: Any) -> list[Any]:
    """Mails with what they are about, in `headline`."""
    found = list(rows)
    for row in found:
        row.headline = letters.headline(row)
    return found


@workspace_page
def mails(request: HttpRequest) -> HttpResponse:
    """What is held or has failed, to be sent or not; and what left lately."""
    rows = mails_of(request.user)
    open_rows = rows.filter(state__in=[MessageState.HELD, MessageState.FAILED])
    form = DecisionForm(request.POST or None)
    form.fields["mails"].queryset = open_rows  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        return decide(request, form)
    context = {
        "title": _("Mails"),
        "decision_form": form,
        "open_mails": named(open_rows[:MOST]),
        "most": MOST,
        "other_mails": named(rows.exclude(state__in=[MessageState.HELD, MessageState.FAILED])[:MOST]),
        "outbox": age_of_outbox(),
        "holding": Edition.objects.organized_by(request.user).filter(holds_mail=True).order_by("slug"),
    }
    record_read(request.user, "see_accounts", request.user)
    return render(request, "forum/workspace/mails.html", context, status=REFUSED if request.method == "POST" else 200)


def decide(request: HttpRequest, form: DecisionForm) -> HttpResponse:
    chosen = list(form.cleaned_data["mails"])
    if form.cleaned_data["decision"] == "release":
        number = writing.release(chosen)
        said = ngettext("One mail leaves now.", "%(count)s mails leave now.", number)
    else:
        number = writing.drop(chosen, form.cleaned_data["reason"])
        said = ngettext("One mail is not sent.", "%(count)s mails are not sent.", number)
    return done(request, said % {"count": number}, "workspace:mails")


@workspace_page(methods=("GET", "HEAD"))
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as it would leave now, in the language of its addressee."""
    if len(key) > LONGEST_CHOICE or "\x00" in key:
        raise Http404
    message = get_object_or_404(mails_of(request.user), key=key)
    letter, left_out, language = None, [], settings.LANGUAGE_CODE
    if message.state in (MessageState.HELD, MessageState.FAILED, MessageState.QUEUED):
        if message.user is not None:
            language = message.user.language
            with translation.override(language):
                letter, left_out = letters.to_account([message], private=False)
        elif message.addressee:
            letter, left_out = letters.to_guest(message, private=False)
    context = {
        "title": _("Mail about %(record)s") % {"record": message.record_key},
        "message": message,
        "language": language,
        "letter": None if left_out else letter,
        "why_not": left_out[0][1] if left_out else "",
    }
    if message.user is not None:
        record_read(message.user, "see_accounts", request.user)
    return render(request, "forum/workspace/mail.html", context)
