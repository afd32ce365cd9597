"""Public pages of proposals and antecedents. Nothing here asks who reads in any other way than `core.pages.reader`."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from core.differences import pieces
from core.downloads import hand_out
from core.gate import get_by, get_for
from core.listing import Listing, Narrowed
from core.pages import json_page, reader, to_permanent
from forum.api import Link
from forum.permissions import is_organizer_of
from proposals import api
from proposals import queries as read
from proposals.listing import ANTECEDENT_ORDERS, PROPOSAL_ORDERS, antecedent_filters, proposal_filters
from proposals.models import Antecedent, Attachment, Proposal, ProposalText, ProposalVersion, Recommendation
from proposals.public_tables import ANTECEDENTS, PROPOSALS
from proposals.record import ProposalPage, page_of
from proposals.steps import trace_of

#: The page of an antecedent names at most this many proposals; the list, filtered by it, has them all.
MOST_PROPOSALS = 100


def for_entries(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Only what an entry of a list shows and what a list is ordered by."""
    return rows.only(*read.ENTRY_FIELDS)


def complete(proposals: list[Proposal]) -> None:
    """Give each proposal of one page `asking` (who brings it in), `asked`, `answered` and `late`. Two queries, for these rows only."""
    keys = [each.pk for each in proposals]
    counts = {row["pk"]: row for row in read.answer_counts.of(None, keys, fixed=(timezone.localdate(),))}
    asking: dict[int, list[Any]] = {key: [] for key in keys}
    for row in read.asking.of(None, keys):
        asking[row.proposal_id].append(row.organization)
    for each in proposals:
        row = counts[each.pk]
        each.asking = asking[each.pk]
        each.asked, each.answered, each.late = row["asked"], row["asked"] - row["unanswered"], row["late"]


def proposals_asked(request: HttpRequest, user: Any) -> dict[str, Any]:
    """What the list and its file have in common."""
    return {
        "request": request,
        "queryset": Proposal.objects.visible_to(user),
        "filters": proposal_filters(user, request.GET.get("agency", "")),
        "orders": PROPOSAL_ORDERS,
        "folded": True,
        "facet": "reading",
        "nouns": ngettext_lazy("%(n)s proposal", "%(n)s proposals", "n"),
    }


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """The list of proposals: q, edition, table, agency, organization, state, topic, status, reading, verdict, answer, order,
    after."""
    user = reader(request)
    listing = Listing(**proposals_asked(request, user), prepare=for_entries, fetch=lambda ids: read.entries.of(user, ids))
    complete(listing.page.records)
    return render(request, "proposals/public/proposals.html", {"listing": listing})


@require_safe
def proposals_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as a file."""
    user = reader(request)
    return PROPOSALS.response(request, Narrowed(**proposals_asked(request, user)), user)


def found(request: HttpRequest, key: str) -> Proposal:
    rows = Proposal.objects.select_related("edition", "table")
    proposal: Proposal = get_by(reader(request), read.by_folio, rows, key)
    return proposal


def link_of(request: HttpRequest) -> Link:
    """Absolute addresses for the JSON of this request, of a record or of a path."""

    def link(to: Any) -> str:
        return str(request.build_absolute_uri(to if isinstance(to, str) else to.get_absolute_url()))

    return link


@require_safe
def proposal(request: HttpRequest, key: str) -> HttpResponse:
    record = found(request, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    page = page_of(record, reader(request))
    return render(request, "proposals/public/proposal.html", context_of(page))


@require_safe
def proposal_json(request: HttpRequest, key: str) -> HttpResponse:
    record = found(request, key)
    if elsewhere := to_permanent(request, record, key, reverse("proposal_json", args=[record.folio])):
        return elsewhere
    return json_page(api.proposal_data(page_of(record, reader(request)), link_of(request)))


@require_safe
def proposal_version(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The text of one version, what was answered to it, and what the version changed."""
    record = found(request, key)
    address = reverse("proposal_version", args=[record.folio, number])
    if elsewhere := to_permanent(request, record, key, address):
        return elsewhere
    try:
        page = page_of(record, reader(request), number=number)
    except ProposalVersion.DoesNotExist as error:
        raise Http404 from error
    before = next((version for version in reversed(page.versions) if version.number < number), None)
    context = {
        **context_of(page),
        "before": before,
        "after": next((version for version in page.versions if version.number > number), None),
        "changes": text_changes(before, page.version),
    }
    return render(request, "proposals/public/proposal_version.html", context)


def context_of(page: ProposalPage) -> dict[str, Any]:
    return {
        "page": page,
        "proposal": page.proposal,
        "record": page.proposal,
        "trace": trace_of(page),
        "organizes": is_organizer_of(page.proposal, page.user),
    }


def text_changes(before: ProposalText | None, after: ProposalText | None) -> list[dict[str, Any]]:
    """Field by field what a version changed, in words; empty for the first version."""
    if before is None or after is None:
        return []
    return [
        {"label": after._meta.get_field(name).verbose_name, "pieces": pieces(getattr(before, name), getattr(after, name))}
        for name in ProposalText.TEXT_FIELDS
        if name != "policy_moment" and getattr(before, name) != getattr(after, name)
    ]


@require_safe
def attachment(request: HttpRequest, key: str) -> HttpResponse:
    """A file of a proposal, to those who may read it; anybody else cannot tell that it exists."""
    user = reader(request)
    return hand_out(get_for(user, Attachment, key), user)


@require_safe
def antecedents_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The list of antecedents as a file."""
    user = reader(request)
    rows = Antecedent.objects.visible_to(user)
    return ANTECEDENTS.response(request, Narrowed(request, rows, antecedent_filters(), orders=ANTECEDENT_ORDERS), user)


@require_safe
def antecedents(request: HttpRequest) -> HttpResponse:
    """Earlier forums and documents, with how many proposals take each one up."""
    user = reader(request)
    rows = Antecedent.objects.visible_to(user).prefetch_related("recommendations")
    listing = Listing(request, rows, antecedent_filters(), orders=ANTECEDENT_ORDERS)
    through = Proposal.antecedents.through.objects.filter(proposal__in=Proposal.objects.visible_to(user).values("pk"))
    counted = through.filter(antecedent__in=[each.pk for each in listing]).order_by().values_list("antecedent")
    counts = dict(counted.annotate(count=Count("pk")))
    for each in listing:
        each.taken_up = counts.get(each.pk, 0)
    return render(request, "proposals/public/antecedents.html", {"listing": listing})


def antecedent_parts(user: Any, record: Antecedent) -> tuple[list[Any], list[Any]]:
    """(recommendations with `taken_up`, proposals) of an antecedent, as `user` may read them."""
    visible = Proposal.objects.visible_to(user).order_by("folio")
    recommendations = (
        Recommendation.objects.visible_to(user)
        .filter(antecedent=record)
        .prefetch_related(Prefetch("proposals", visible, to_attr="taken_up"))
        .order_by("number")
    )
    rows = list(for_entries(visible.filter(antecedents=record))[:MOST_PROPOSALS])
    complete(rows)
    return list(recommendations), rows


@require_safe
def antecedent(request: HttpRequest, key: str) -> HttpResponse:
    user = reader(request)
    record = get_for(user, Antecedent, key)
    if elsewhere := to_permanent(request, record, key):
        return elsewhere
    recommendations, taken_up = antecedent_parts(user, record)
    context = {
        "antecedent": record,
        "record": record,
        "recommendations": recommendations,
        "proposals": taken_up,
    }
    return render(request, "proposals/public/antecedent.html", context)


@require_safe
def antecedent_json(request: HttpRequest, key: str) -> HttpResponse:
    user = reader(request)
    record = get_for(user, Antecedent, key)
    if elsewhere := to_permanent(request, record, key, reverse("antecedent_json", args=[record.key])):
        return elsewhere
    return json_page(api.antecedent_data(record, *antecedent_parts(user, record), link_of(request)))
