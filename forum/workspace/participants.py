"""Participants of an edition, with the contact data that is shown nowhere else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import record_read
from core.gate import get_for
from core.listing import ChoiceFilter, Listing, TextFilter, words_filter
from core.timeline import timeline
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Participation
from forum.permissions import is_organizer_of
from forum.workflow import create_participation, edit_participation, set_consent
from forum.workspace.access import own_edition, own_editions
from forum.workspace.editions import chosen_edition
from forum.workspace.forms import ParticipationForm

YES_NO = (("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
FILTERS = (
    TextFilter(
        label=gettext_lazy("Name"),
        # A blocked name is not found either.
        apply=lambda rows, text: words_filter(rows.filter(person__blocked_at__isnull=True), text, "person__folded"),
    ),
    ChoiceFilter("role", gettext_lazy("Role"), Participation.Role.choices),
    ChoiceFilter(
        "consent",
        gettext_lazy("Consents to the name being shown"),
        YES_NO,
        apply=lambda rows, value: rows.filter(show_name=value == "yes"),
    ),
)


@workspace_page(methods=("GET", "HEAD"))
def participants(request: HttpRequest) -> HttpResponse:
    """The participants of one edition by name, for its organizers."""
    edition = chosen_edition(request)
    shown = Listing(
        request,
        Participation.objects.visible_to(request.user).filter(edition=edition),
        FILTERS,
        order=("by_name", "key"),
        keep=("edition",),
        folded=True,
        prepare=lambda rows: rows.annotate(by_name=F("person__sort")).select_related("person", "organization", "agency"),
    )
    record_read(edition, "see_participants", request.user)
    context = {"edition": edition, "editions": own_editions(request.user), "listing": shown}
    return render(request, "forum/workspace/participants.html", context)


@workspace_page
def participant_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a participant: the person and the part in this edition."""
    edition = own_edition(request, slug)
    form = ParticipationForm(sent(request))
    if form.is_valid() and attempt(
        form,
        create_participation,
        edition=edition,
        actor=request.user,
        values=form.part_values(),
        person_values=form.person_values(),
        **form.values("consent", "consent_how"),
    ):
        return done(
            request, _("Entered: %(record)s.") % {"record": form.result.key}, "workspace:participant_edit", slug, form.result.key
        )
    return show_form(request, "forum/workspace/participant_form.html", form, edition=edition, title=_("Enter a participant"))


@workspace_page
def participant_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Part, contact data and consent of one participant. Opening it leaves a trace: these are personal data."""
    edition = own_edition(request, slug)
    rows = Participation.objects.filter(edition=edition).select_related("person", "organization", "agency", "edition")
    participation = get_for(request.user, rows, key, allow=is_organizer_of)
    if participation.person.blocked_at is not None or participation.suppressed_on is not None:
        context = {"edition": edition, "participation": participation, "title": participation.person.shown}
        return render(request, "forum/workspace/participant_gone.html", context)
    form = ParticipationForm(sent(request), record=participation)
    if form.is_valid() and attempt(form, save, participation=participation, form=form, actor=request.user):
        return done(
            request,
            _("Saved: %(record)s.") % {"record": participation.key},
            "workspace:participant_edit",
            slug,
            participation.key,
        )
    record_read(participation, "see_contact_data", request.user)
    return show_form(
        request,
        "forum/workspace/participant_form.html",
        form,
        edition=edition,
        participation=participation,
        consents=participation.consents.all(),
        title=participation.person.shown,
        timeline=timeline(participation),
    )


def save(*, participation: Participation, form: Any, actor: Any) -> None:
    """Both records and the consent, all or nothing."""
    with transaction.atomic():
        edit_participation(
            participation=participation,
            actor=actor,
            values=form.part_values(),
            person_values=form.person_values(),
            revision=form.revision,
            person_revision=form.cleaned_data["person_revision"],
        )
        set_consent(
            participation=participation,
            given=form.cleaned_data["consent"],
            actor=actor,
            how=form.cleaned_data["consent_how"],
        )
