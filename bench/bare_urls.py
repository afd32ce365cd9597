"""Views of the bare process: what anybody would write who had only to show these rows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.cache import cache_page

from agreements.models import Agreement
from proposals.models import Opinion, Proposal


def page(request: HttpRequest, name: str, rows: list[list[Any]]) -> HttpResponse:
    """A table of the rows, filled up to the size that our page of that name has."""
    response = render(request, "bare.html", {"rows": rows, "title": name})
    missing = settings.BENCH_SIZES.get(name, 0) - len(response.content)
    response.write("." * max(0, missing))
    return response


def list_of(request: HttpRequest, name: str = "list") -> HttpResponse:
    """25 proposals with edition, table and proponents: two queries, like the list of proposals."""
    found = Proposal.objects.select_related("edition", "table").prefetch_related("proponents").order_by("folio")[:25]
    rows = [[each.folio, each.title_es, each.edition, each.table, *each.proponents.all()] for each in found]
    return page(request, name, rows)


def api(request: HttpRequest) -> JsonResponse:
    """50 proposals as JSON with edition, table and what `.values()` and a prefetch give: proponents, addressees, states."""
    related = ("proponents", "addressees", "states")
    found = Proposal.objects.select_related("edition", "table").prefetch_related(*related).order_by("folio")[:50]
    rows = [
        {
            **{name: getattr(each, name) for name in ("folio", "title_es", "title_en", "status", "reading", "topic", "source")},
            "edition": each.edition.slug,
            "table": each.table and each.table.key,
            "published_at": each.published_at,
            "organizations": [body.key for body in each.proponents.all()],
            "agencies": [body.key for body in each.addressees.all()],
            "states": [area.code for area in each.states.all()],
        }
        for each in found
    ]
    return JsonResponse({"records": rows})


def proposal(request: HttpRequest, key: str) -> HttpResponse:
    """A proposal with versions, referrals, opinions and criteria, as prefetch gets them."""
    opinions = Prefetch("versions__referrals__opinions", Opinion.objects.prefetch_related("criteria"))
    related = ("versions__referrals__agency", opinions, "proponents", "addressees", "states", "antecedents")
    record = get_object_or_404(Proposal.objects.select_related("edition", "table").prefetch_related(*related), folio=key)
    rows = [[record.folio, record.title_es, record.edition, record.table, record.petition_es]]
    for version in record.versions.all():
        for referral in version.referrals.all():
            rows.append([referral.folio, referral.agency, referral.status, referral.due_on])
            for opinion in referral.opinions.all():
                rows.append([opinion.folio, opinion.verdict, opinion.reasons])
                rows += [[each.criterion, each.value, each.reason] for each in opinion.criteria.all()]
    return page(request, "proposal", rows)


def agreement(request: HttpRequest, key: str) -> HttpResponse:
    """An agreement with parties, clauses, commitments and reports, as prefetch gets them."""
    related = (
        *("parties__agency", "parties__organization", "versions__clauses", "proposals", "meetings"),
        *("commitments__lead__agency", "commitments__reports__evidence", "commitments__reports__validations"),
    )
    record = get_object_or_404(Agreement.objects.select_related("edition").prefetch_related(*related), folio=key)
    rows = [[record.folio, record.title_es, record.edition, record.background_es]]
    rows += [[party.body, party.role] for party in record.parties.all()]
    for version in record.versions.all():
        rows += [[clause.number, clause.text_es] for clause in version.clauses.all()]
    for each in record.commitments.all():
        rows.append([each.folio, each.text_es, each.due_on, each.lead and each.lead.agency])
        rows += [[report.folio, report.status, report.percent, report.narrative_es] for report in each.reports.all()]
    return page(request, "agreement", rows)


urlpatterns = [
    path("list/", list_of),
    path("home/", list_of, {"name": "home"}),
    path("agreements/", list_of, {"name": "agreements"}),
    path("search/", list_of, {"name": "search"}),
    path("common/", list_of, {"name": "common"}),
    *(path(f"{name}/", list_of, {"name": name}) for name in ("filtered", "body", "late", "third")),
    path("api/", api),
    path("proposal/<str:key>/", proposal),
    path("agreement/<str:key>/", agreement),
    path("cached/<str:name>/", cache_page(3600)(list_of)),
]
