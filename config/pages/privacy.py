"""What is held about people and who sees it, for how long, and how to ask about the own data.

The form carries no CSRF token and no session: anybody may send it, without an account. It takes no file.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from config.pages.follow import page, too_many
from core import personal, privacy, retention
from core.fields import LONG_TEXT
from core.forms import BaseForm
from core.pages import language
from core.workspace import REFUSED
from forum.listing import edition_choices
from forum.models import Edition, PrivacyRequest
from forum.models.privacy import DAYS_OF_EXTENSION, DAYS_TO_ANSWER, DAYS_TO_CARRY_OUT
from forum.workflow import receive_privacy_request

#: What is written to the desk is short; identity papers and numbers have no place in it.
LONGEST_MATTER = min(3000, LONG_TEXT)
TERMS = {"answer": DAYS_TO_ANSWER, "carry_out": DAYS_TO_CARRY_OUT, "extension": DAYS_OF_EXTENSION}


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    """The table of fields by role, the notices, and how long each thing is kept."""
    context = {
        "rows": privacy.public_rows(),
        "fields": privacy.table(),
        "rules": retention.rules(),
        "patterns": personal.PATTERNS,
        "terms": TERMS,
    }
    return render(request, "config/public/privacy.html", context)


class PrivacyRequestForm(BaseForm):
    """A request about the own data."""

    submit_label = pgettext_lazy("button", "Send the request")
    watches = False
    edition = forms.ChoiceField(label=_("Which forum holds the data?"))
    kind = forms.ChoiceField(label=_("What do you ask?"), choices=PrivacyRequest.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail address for the answer"),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        help_text=_("Use the address that the organizers know, if you can: it is the simplest way to show that it is you."),
    )
    text = forms.CharField(
        label=_("What is it about?"),
        max_length=LONGEST_MATTER,
        required=False,
        widget=forms.Textarea(attrs={"rows": "5"}),
        help_text=_("Which data, and what should happen to them. Do not write numbers of identity papers here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].choices = edition_choices(None)

    def clean_text(self) -> str:
        """Numbers of papers are not taken at all; the own telephone may be written."""
        text: str = self.cleaned_data["text"]
        found = [each for each in personal.personal_data(text) if each.code in personal.PAPERS]
        if found:
            raise forms.ValidationError(
                _("Take out “%(passage)s”: it looks like a number of an identity paper (%(kind)s), which we do not keep."),
                params={"passage": found[0].passage, "kind": found[0].kind},
            )
        return text

    @property
    def helper(self) -> Any:
        made = super().helper
        made.disable_csrf = True
        return made


@page
def privacy_request(request: HttpRequest) -> HttpResponse:
    """Ask. The answer is the same whether or not anything is held about whoever asks."""
    form = PrivacyRequestForm(request.POST if request.method == "POST" else None, auto_id="request-%s")
    context: dict[str, Any] = {"form": form, "terms": TERMS}
    if not form.is_bound or not form.is_valid():
        return render(request, "config/public/privacy_request.html", context, status=REFUSED if form.is_bound else 200)
    if too_many(request):
        return render(request, "config/public/privacy_request_done.html", {**context, "said": "too_many"}, status=429)
    given = dict(form.cleaned_data)
    edition = Edition.objects.visible_to(None).get(slug=given.pop("edition"))
    asked = receive_privacy_request(edition=edition, values={**given, "language": language()})
    return render(request, "config/public/privacy_request_done.html", {**context, "said": "received", "asked": asked})
