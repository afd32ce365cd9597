"""The page of the matrix, on paper, and as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from core.documents import file_answer
from core.imports.sheets import write_workbook
from core.imports.writer import CONTENT_TYPES, write_csv
from core.listing import ChoiceFilter, Filter, Listing
from core.pages import reader
from core.walks import Mark
from forum.models import Agency, Edition
from proposals.documents import matrix_document
from proposals.listing import PROPOSAL_ORDERS, asked_bodies, body_words, choices_of, edition_choices, table_choices, to_agency
from proposals.matrix import bodies_of, cells_of
from proposals.models import Proposal

#: Rows of one file; an edition of a forum has some hundreds.
MOST = 5000


def filters(user: Any, *, whole: bool) -> tuple[Filter, ...]:
    """`whole`: all of the list is wanted at once, which is not read along a roll: that would be a part of it."""
    return (
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        ChoiceFilter("table", pgettext_lazy("filter", "Working table"), lambda: table_choices(user), "table__key"),
        ChoiceFilter(
            "agency",
            pgettext_lazy("filter", "Public body"),
            lambda: choices_of(asked_bodies(), body_words),
            apply=to_agency,
            marks=(lambda key: [Mark("pa", key)]) if user is None and not whole else None,
        ),
    )


def asked_for(request: HttpRequest, user: Any, size: int | None) -> tuple[Any, Any]:
    """(edition, listing) of what the address asks for; the newest edition when it names none."""
    rows = Proposal.objects.visible_to(user).exclude(published_at=None).exclude(status__in=["withdrawn", "merged", "split"])
    edition = (
        Edition.objects.visible_to(user).filter(slug__iexact=request.GET.get("edition", "")[:80].replace("\x00", "")).first()
    )
    edition = edition or Edition.objects.visible_to(user).current()
    if edition is None:
        raise Http404
    rows = rows.filter(edition=edition).select_related("edition", "table").prefetch_related("addressees")
    asked = filters(user, whole=size is not None)
    return edition, Listing(request, rows, asked, orders={"folio": PROPOSAL_ORDERS["folio"]}, size=size, plain=False)


def columns(request: HttpRequest, listing: Listing) -> list[Any]:
    """The bodies of the columns: all that the proposals of the list were sent to, or the one that the address names. Of a list
    of more than a thousand, which no edition has had, those of the proposals that are shown."""
    if chosen := listing.values.get("agency"):
        return list(Agency.objects.filter(key=chosen))
    shown = [proposal.pk for proposal in listing.page.records]
    return bodies_of(listing.queryset if listing.exact else Proposal.objects.filter(pk__in=shown))


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """A page of the matrix; `?print=1` all of it on paper."""
    user, on_paper = reader(request), "print" in request.GET
    edition, listing = asked_for(request, user, MOST if on_paper else None)
    bodies = columns(request, listing)
    table = cells_of(listing.page.records, bodies, user, timezone.now())
    gaps = sum(cell.is_gap for _proposal, cells in table for cell in cells)
    query = request.GET.copy()
    for name in ("after", "print"):
        query.pop(name, None)
    context = {"edition": edition, "listing": listing, "bodies": bodies, "table": table, "gaps": gaps, "query": query.urlencode()}
    template = "proposals/public/matrix_print.html" if on_paper else "proposals/public/matrix.html"
    return render(request, template, context)


@require_safe
def matrix_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole matrix as XLSX or CSV, or printed as PDF."""
    if form not in ("xlsx", "csv", "pdf"):
        raise Http404
    user, now = reader(request), timezone.now()
    edition, listing = asked_for(request, user, MOST)
    bodies = columns(request, listing)
    table = cells_of(listing.page.records, bodies, user, now)
    if form == "pdf":
        address = request.build_absolute_uri(reverse("matrix")) + f"?edition={edition.slug}"
        return file_answer(matrix_document(edition, bodies, table, now, address), form, f"{edition.slug}-{_('answers')}")
    headers = [_("Folio"), _("Title"), _("Working table"), _("Overall reading"), *(body.acronym for body in bodies)]
    rows = [
        [
            proposal.folio,
            proposal.title,
            str(proposal.table.number) if proposal.table else "",
            str(proposal.get_reading_display()),
            *(cell.words for cell in cells),
        ]
        for proposal, cells in table
    ]
    data = write_csv(headers, rows) if form == "csv" else write_workbook(_("Answers"), headers, rows)
    response = HttpResponse(data, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{edition.slug}-{_("answers")}.{form}"'
    return response
