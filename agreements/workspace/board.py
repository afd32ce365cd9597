"""The follow-up board: what is late, due soon, not reported, disputed, not validated, not proved; and cut-off campaigns.

What is late both sides read here from the first day after its date, and everybody else some working days later
(`LATE_PUBLIC_AFTER`). Both see it come, as *due soon* from `DUE_SOON_DAYS` before, and by mail ten working days before and on the
day itself (`agreements.reminders`, which tells the side to which it is owed as well).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext_lazy, pgettext, pgettext_lazy

from agreements import workflow as doors
from agreements.light import tell_quiet
from agreements.models import Campaign, CampaignAsk, Commitment
from agreements.permissions import is_organizer_of
from agreements.workflow.campaign import owing
from agreements.workspace.agreement_forms import long_text
from agreements.workspace.lists import BY_FOLIO, people_with_a_role
from core.forms import BaseForm
from core.gate import get_for
from core.listing import Listing
from core.outbox.reminders import counts_of
from core.workflow import StepRefused
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency, Edition, Organization
from forum.workflow import remind
from forum.workspace.editions import chosen_edition

#: What the board asks of a commitment: code → (words for `n` of them, what it means, rows with `light`).
SECTIONS: dict[str, tuple[Any, Any, Callable[[Any], Any]]] = {
    "late": (
        npgettext_lazy("section of the follow-up board", "late", "late", "n"),
        gettext_lazy(
            "Their date has passed and they are not reported as fulfilled. Both sides read it here at once, everybody else from the "
            "day that stands beside the light."
        ),
        lambda rows: rows.filter(light="late"),
    ),
    "due_soon": (
        npgettext_lazy("section of the follow-up board", "due soon", "due soon", "n"),
        gettext_lazy("Due within thirty days."),
        lambda rows: rows.filter(light="due_soon"),
    ),
    "no_report": (
        pgettext_lazy("section of the follow-up board", "without report since the cut-off"),
        gettext_lazy("No report reaches the last cut-off date."),
        lambda rows: rows.filter(light="no_report"),
    ),
    "disputed": (
        npgettext_lazy("section of the follow-up board", "disputed", "disputed", "n"),
        gettext_lazy("The other side disagrees with the newest report."),
        lambda rows: rows.filter(disputed=True),
    ),
    "unvalidated": (
        npgettext_lazy("section of the follow-up board", "not validated", "not validated", "n"),
        gettext_lazy("The other side has not said yet whether it agrees with the newest report."),
        lambda rows: rows.unvalidated(),
    ),
    "no_evidence": (
        pgettext_lazy("section of the follow-up board", "without evidence"),
        gettext_lazy("Something is reported, and nothing on file proves it."),
        lambda rows: rows.without_evidence(),
    ),
}
FIRST = next(iter(SECTIONS))


@dataclass
class Tile:
    """A section with its number, as a link."""

    code: str
    label: Any
    number: int
    query: str
    chosen: bool


@dataclass
class BodyRow:
    """One responsible body, and the words and number of each section."""

    name: str
    numbers: list[tuple[str, int]] = field(default_factory=list)


def section_words(code: str, number: int = 2) -> str:
    """What a section is called beside a number; without one, as the name of several."""
    return str(SECTIONS[code][0] % {"n": number})


@workspace_page(methods=("GET", "HEAD"))
def follow_up(request: HttpRequest) -> HttpResponse:
    """`?show=` a section; `?edition=` the board of an edition for its organizers, else that of the own bodies."""
    roles = people_with_a_role(request)
    mine = bool(roles.agencies or roles.organizations) and not request.GET.get("edition")
    edition = None if mine else chosen_edition(request)
    today = timezone.localdate() if edition is None else edition.today()
    rows = Commitment.objects.visible_to(request.user).in_force().filter(cancelled_at__isnull=True)
    rows = rows.with_light(today, at_once=True)
    rows = (
        rows.of_party(agencies=roles.agencies, organizations=roles.organizations)
        if edition is None
        else rows.filter(agreement__edition=edition)
    )
    asked = request.GET.get("show", "")
    chosen = asked if asked in SECTIONS else FIRST
    start = f"edition={edition.slug}&show=" if edition is not None else "show="
    numbers = {code: narrow(rows).count() for code, (_label, _meaning, narrow) in SECTIONS.items()}
    tiles = [Tile(code, section_words(code, n), n, f"{start}{code}", code == chosen) for code, n in numbers.items()]
    listing = Listing(
        request,
        SECTIONS[chosen][2](rows),
        (),
        orders={"folio": BY_FOLIO},
        prepare=lambda found: found.select_related("agreement__edition", "lead__organization", "lead__agency"),
    )
    tell_quiet(listing, today)
    return render(
        request,
        "agreements/workspace/board.html",
        {
            "title": pgettext("page of the workspace", "Follow-up"),
            "edition": edition,
            "tiles": tiles,
            "chosen": (section_words(chosen), SECTIONS[chosen][1]),
            "listing": listing,
            "rows": [(each, each.days_late(today, at_once=True)) for each in listing],
            "bodies": by_body(rows) if edition is not None else [],
            "sections": [section_words(code) for code in SECTIONS],
            "campaigns": campaigns_of(edition) if edition is not None else [],
            "asked": [] if edition is not None else asked_of(roles, request.user),
            "editions": Edition.objects.organized_by(request.user).order_by("-starts_on", "slug")[:20] if roles.organizer else [],
        },
    )


def by_body(rows: Any) -> list[BodyRow]:
    """The numbers of each responsible body, most pressing first. One query for each section, and two for the names."""
    counts: dict[str, Counter[Any]] = {}
    for code, (_label, _meaning, narrow) in SECTIONS.items():
        leads = narrow(rows).filter(lead__isnull=False).order_by().values_list("lead__organization", "lead__agency")
        counts[code] = Counter(
            {(organization, agency): number for organization, agency, number in leads.annotate(number=Count("pk", distinct=True))}
        )
    keys = {key for found in counts.values() for key in found}
    organizations = Organization.objects.in_bulk({key[0] for key in keys if key[0]})
    agencies = Agency.objects.in_bulk({key[1] for key in keys if key[1]})
    named = [(organizations[key[0]] if key[0] else agencies[key[1]], [counts[code][key] for code in SECTIONS]) for key in keys]
    named.sort(key=lambda row: ([-number for number in row[1]], row[0].key))
    words = [section_words(code) for code in SECTIONS]
    return [BodyRow(body.short, list(zip(words, numbers, strict=True))) for body, numbers in named]


# --- campaigns --------------------------------------------------------------------------------------------------------


def campaigns_of(edition: Any) -> list[Campaign]:
    """The campaigns of an edition, newest first, each with how many bodies it asked. One query."""
    return list(edition.campaigns.annotate(asked=Count("asks")).order_by("-cut_off"))


def asked_of(roles: Any, user: Any) -> list[CampaignAsk]:
    """The newest requests to the own bodies whose commitments still owe a report."""
    mine = Q(agency__in=roles.agencies) | Q(organization__in=roles.organizations)
    rows = CampaignAsk.objects.visible_to(user).filter(mine).select_related("campaign__edition", "organization", "agency")
    return list(rows.order_by("-campaign__cut_off", "id")[:5])


class CampaignForm(BaseForm):
    """“Report by 30 June”."""

    submit_label = gettext_lazy("Begin the campaign")
    cut_off = forms.DateField(
        label=gettext_lazy("Cut-off date"),
        help_text=gettext_lazy("Reports say how things stood on this day. It becomes the last cut-off date of the forum."),
    )
    message = long_text(gettext_lazy("Message to those asked"), rows=3, help_text=gettext_lazy("Stands in the mail."))


@workspace_page
def campaign_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a campaign; nobody is asked before the button on its page is pressed."""
    edition = get_for(request.user, Edition, slug, allow=is_organizer_of)
    form = CampaignForm(sent(request))
    if form.is_valid() and attempt(
        form, doors.start_campaign, edition=edition, actor=request.user, **form.values("cut_off", "message")
    ):
        return done(request, _("The campaign has begun; nobody has been asked yet."), "workspace:campaign", form.result.folio)
    title = _("Ask for reports up to a date")
    return show_form(request, "agreements/workspace/form.html", form, title=title, note=str(edition))


def campaign_for(request: HttpRequest, folio: str) -> Campaign:
    rows = Campaign.objects.select_related("edition")
    return get_for(request.user, rows, folio, allow=is_organizer_of)  # type: ignore[no-any-return]


@workspace_page(methods=("GET", "HEAD"))
def campaign(request: HttpRequest, folio: str) -> HttpResponse:
    """How far a campaign has come: who was asked, who still owes, who reported."""
    found = campaign_for(request, folio)
    due = (
        Commitment.objects.all()
        .in_force()
        .filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=found.cut_off),
            agreement__edition=found.edition_id,
            agreement__status="signed",
            cancelled_at__isnull=True,
        )
    )
    speaks = Case(
        When(lead__organization__isnull=False, then=F("lead__organization__key")),
        When(lead__taken_over_by__isnull=False, then=F("lead__taken_over_by__key")),
        When(lead__agency__isnull=False, then=F("lead__agency__key")),
        default=Value(""),
        output_field=CharField(),
    )
    open_now = owing(found).order_by().annotate(body=speaks).values_list("body")
    counts = dict(open_now.annotate(number=Count("pk", distinct=True)))
    asks = list(found.asks.select_related("organization", "agency", "campaign").order_by("id"))
    reminded = counts_of(asks) or {}
    total, waiting = due.count(), sum(counts.values())
    asked = {ask.body.key for ask in asks}
    return render(
        request,
        "agreements/workspace/campaign.html",
        {
            "title": _("Reports up to %(folio)s") % {"folio": found.folio},
            "campaign": found,
            "total": total,
            "reported": total - waiting,
            "rows": [(ask, counts.get(ask.body.key, 0), reminded.get(ask.pk, 0)) for ask in asks],
            "to_ask": sum(1 for key in counts if key not in asked),
            "silent": sum(1 for ask in asks if counts.get(ask.body.key)),
        },
    )


@workspace_page(methods=("POST",))
def campaign_ask(request: HttpRequest, folio: str) -> HttpResponse:
    """Ask everybody who owes a report and was not asked yet."""
    found = campaign_for(request, folio)
    made = doors.ask_everyone(campaign=found, actor=request.user)
    said = ngettext("One body is asked.", "%(count)s bodies are asked.", len(made)) % {"count": len(made)}
    messages.success(request, said if made else _("Everybody who owes a report was asked already."))
    return redirect("workspace:campaign", found.folio)


@workspace_page(methods=("POST",))
def campaign_remind(request: HttpRequest, folio: str) -> HttpResponse:
    """Remind those who were asked and still owe a report; nobody more often than every three days."""
    found = campaign_for(request, folio)
    sent_to, refused = 0, []
    for ask in found.asks.select_related("organization", "agency", "campaign__edition").order_by("id"):
        try:
            remind(record=ask, actor=request.user)
            sent_to += 1
        except StepRefused as refusal:
            if refusal.code != "nothing":
                refused.append(f"{ask.body.short}: {refusal}")
    said = ngettext("One body is reminded.", "%(count)s bodies are reminded.", sent_to) % {"count": sent_to}
    messages.success(request, said if sent_to else _("Nobody was reminded."))
    for sentence in refused[:20]:
        messages.warning(request, sentence)
    return redirect("workspace:campaign", found.folio)
