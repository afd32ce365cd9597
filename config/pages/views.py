"""Pages of the site as a whole: home, progress, search, privacy, data, verification."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from agreements.listing import WORST_FIRST
from agreements.models import Commitment
from agreements.pictures import progress_pictures
from agreements.public_tables import COMMITMENTS
from config.pages import found, standing
from config.templatetags.followed import feeds_of
from core import search
from core.listing import ChoiceFilter, Listing, Narrowed, RecordFilter, TextFilter
from core.models import LedgerEntry, LedgerHead
from core.pages import reader
from core.paging import page_by_key
from core.text import clean_line
from forum.listing import edition_choices, state_choices
from forum.models import Agency, Edition, Organization
from proposals.listing import TopicFilter

RESULTS = 20
#: Under `/api/v1/` (`config.api`).
API_LISTS = ("proposals", "agreements", "commitments", "meetings", "organizations", "agencies", "editions")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is in one sentence, and how the current edition stands."""
    edition = Edition.objects.visible_to(None).current()
    if edition is None:
        return render(request, "config/public/home.html", {"edition": None})
    today = edition.today()
    lights = standing.by_light(today, edition)
    readings = standing.by_reading(edition)
    context = {
        "edition": edition,
        "record": edition,
        "today": today,
        "lights": lights,
        "commitments": standing.counted(lights),
        "knots": standing.knots(today, edition),
        "late": standing.late(today, edition),
        "agreements": standing.newest_agreements(edition),
        "meetings": standing.coming_meetings(edition),
        "readings": readings,
        "proposals": standing.counted(readings),
        "silent": standing.silent_bodies(today, edition),
    }
    return render(request, "config/public/home.html", context)


# --- progress ---------------------------------------------------------------------------------------------------------

COMMITMENT_ORDERS = {
    "due": (pgettext_lazy("order of a list", "due date"), ("due_order", "folio")),
    "folio": (pgettext_lazy("order of a list", "folio"), ("folio",)),
}


def commitment_filters(user: Any, on: Any) -> tuple[Any, ...]:
    def of_agency(rows: Any, agency: Agency) -> Any:
        return rows.of_party(agencies=[agency.pk])

    def of_organization(rows: Any, organization: Organization) -> Any:
        return rows.of_party(organizations=[organization.pk])

    return (
        TextFilter("q", _("Words")),
        ChoiceFilter("light", pgettext_lazy("filter", "How it stands"), WORST_FIRST, "light"),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "agreement__edition__slug"),
        ChoiceFilter("state", pgettext_lazy("filter: a federal entity", "State"), state_choices, "states__code"),
        ChoiceFilter(
            "owed",
            pgettext_lazy("filter", "Still owed"),
            [("yes", pgettext_lazy("filter", "still owed"))],
            apply=lambda rows, _yes: rows.open_on(on),
            hidden=True,
        ),
        ChoiceFilter(
            "disputed",
            pgettext_lazy("filter", "Disputed"),
            [("yes", pgettext_lazy("filter", "disputed by the other side"))],
            apply=lambda rows, _yes: rows.filter(disputed=True),
            hidden=True,
        ),
        RecordFilter("agency", pgettext_lazy("filter", "Public body"), lambda: Agency.objects.visible_to(user), of_agency),
        RecordFilter(
            "organization",
            pgettext_lazy("filter", "Organization"),
            lambda: Organization.objects.visible_to(user),
            of_organization,
        ),
        TopicFilter(
            "topic",
            pgettext_lazy("filter", "Topic"),
            lambda rows, topic: rows.filter(Q(topic=topic) | Q(agreement__topic=topic)),
            hidden=True,
        ),
        # What the bars of the page count: the commitments that a body answers for, without those it only shares.
        RecordFilter(
            "lead",
            pgettext_lazy("filter", "Who leads"),
            lambda: Agency.objects.visible_to(user),
            lambda rows, agency: rows.filter(lead__agency=agency),
        ),
    )


def commitments_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list of commitments and its file have in common."""
    today = timezone.localdate()
    rows = Commitment.objects.visible_to(user).in_force().with_light(today)
    return {
        "request": request,
        # What has no due date comes last; keyset paging wants no nulls.
        "queryset": rows.annotate(due_order=Coalesce("due_on", Value(dt.date.max))),
        "filters": commitment_filters(user, today),
        "orders": COMMITMENT_ORDERS,
        "facet": "light",
        "nouns": ngettext_lazy("%(n)s commitment", "%(n)s commitments", "n"),
    }


@require_safe
def commitments_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of commitments as a file."""
    user = reader(request)
    return COMMITMENTS.response(request, Narrowed(**commitments_asked(request, user)), user)


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How the promises are kept: figures of all editions, or of one, and the list of commitments behind them."""
    user = reader(request)
    today = timezone.localdate()
    listing = Listing(
        **commitments_asked(request, user),
        prepare=lambda rows: standing.commitments_with_parties(rows).prefetch_related(
            "co_responsible__organization", "co_responsible__agency"
        ),
    )
    chosen = Edition.objects.visible_to(user).filter(slug=listing.values.get("edition", "")).first()
    for commitment in listing:
        commitment.days = commitment.days_late(today)
    context = {
        "listing": listing,
        "edition": chosen,
        "today": today,
        "silent": standing.silent_bodies(today, chosen),
        "pictures": progress_pictures(today, chosen),
        "late_after": settings.LATE_PUBLIC_AFTER,
    }
    return render(request, "config/public/progress.html", context)


# --- search -----------------------------------------------------------------------------------------------------------


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """One box over everything public. `q`, `kind`, and `after`: how many results were shown already."""
    query = clean_line(request.GET.get("q", "")[: search.MOST_LETTERS])
    kind = request.GET.get("kind", "")
    kind = kind if kind in search.KINDS else ""
    everything = search.find(query, ranked=not kind)
    counts = everything.counts()
    results = search.find(query, kind) if kind else everything
    start = start_of(request.GET.get("after", ""), len(results))
    context = {
        "query": query,
        "kind": kind,
        "kinds": [(code, found.KIND_WORDS[code], number, over) for code, (number, over) in counts.items()],
        "results": found.results_of(results.entries(start, RESULTS), results.terms),
        "best": len(results),
        "total": results.total,
        "everything": everything.total,
        "more": results.more,
        "more_of_all": everything.more,
        "after": start + RESULTS if start + RESULTS < len(results) else None,
        "first": start == 0,
    }
    return render(request, "config/public/search.html", context)


def start_of(mark: str, total: int) -> int:
    """How many results come before this page; 0 for a mark that is not one of ours."""
    number = int(mark) if mark.isascii() and mark.isdigit() and len(mark) <= 4 else 0
    return number if number < total else 0


# --- small pages ------------------------------------------------------------------------------------------------------


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Where everything can be had as data."""
    edition = Edition.objects.visible_to(None).current()
    example = reverse("edition_json", args=[edition.slug]) if edition is not None else ""
    lists = [reverse("api_list", args=[name]) for name in API_LISTS]
    return render(request, "config/public/data.html", {"example": example, "feeds": feeds_of(), "lists": lists})


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The public ledger and how to check it."""
    page = page_by_key(LedgerEntry.objects.all(), ("-number",), request.GET.get("after", "")[:2000])
    context = {"page": page, "head": LedgerHead.objects.filter(pk=1).first()}
    return render(request, "config/public/verify.html", context)


@require_safe
def ledger_lines(request: HttpRequest) -> StreamingHttpResponse:
    """The whole ledger, one canonical JSON text a line, in order: what the fingerprints are made of."""
    rows = LedgerEntry.objects.order_by("number").values_list("canonical", flat=True)
    lines = (f"{canonical}\n" for canonical in rows.iterator(chunk_size=500))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ledger.jsonl"'
    return response
