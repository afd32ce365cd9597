"""What proposals put on the workspace home: things that wait for a person, and the counts and gaps of an edition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from core.sockets import WaitingItem
from forum.models import Edition
from forum.roles import roles_of
from proposals.models import Clarification, Opinion, Proposal, Referral

#: Single things listed on the home; the queue and the list of proposals hold the rest.
MOST_ITEMS = 25


def waiting_for(user: Any, today: dt.date) -> list[WaitingItem]:
    """Opinions that my bodies owe; questions and drafts of my organizations; what my editions have to decide."""
    roles = roles_of(user)
    items: list[WaitingItem] = []
    if roles.agencies:
        items += opinions_owed(roles.agencies, today)
    if roles.organizations:
        items += questions_to(roles.organizations) + drafts_of(roles.organizations)
    if roles.editions:
        items += decisions_in(roles.editions, today)
    return items


def opinions_owed(agencies: Any, today: dt.date) -> list[WaitingItem]:
    rows = Referral.objects.of_agencies(agencies).filter(status__in=["pending", "acknowledged"])
    rows = rows.select_related("version__proposal", "agency").order_by("due_on", "folio")[:MOST_ITEMS]
    return [
        WaitingItem(
            kind="review",
            what=_("Give the opinion of %(agency)s") % {"agency": row.agency.short},
            record=row.proposal.folio,
            title=row.proposal.title,
            url=reverse("workspace:review", args=[row.folio]),
            due_on=row.due_on,
        )
        for row in rows
    ]


def questions_to(organizations: Any) -> list[WaitingItem]:
    mine = Proposal.objects.of_organizations(organizations).values("pk")
    rows = Clarification.objects.filter(
        referral__version__proposal__in=mine, answered_at__isnull=True, referral__status=Referral.Status.ASKED
    )
    rows = rows.select_related("referral__version__proposal", "referral__agency").order_by("due_on", "folio")[:MOST_ITEMS]
    return [
        WaitingItem(
            kind="clarify",
            what=_("Answer the question of %(agency)s") % {"agency": row.referral.agency.short},
            record=row.referral.proposal.folio,
            title=row.referral.proposal.title,
            url=reverse("workspace:clarification", args=[row.folio]),
            due_on=row.due_on,
        )
        for row in rows
    ]


def drafts_of(organizations: Any) -> list[WaitingItem]:
    rows = Proposal.objects.of_organizations(organizations).filter(status__in=["draft", "returned"])
    rows = rows.select_related("edition").order_by("edition__intake_closes_on", "folio")[:MOST_ITEMS]
    return [
        WaitingItem(
            kind="submit",
            what=_("Put right and submit again") if row.status == "returned" else _("Finish and submit"),
            record=row.folio,
            title=row.title,
            url=reverse("workspace:proposal", args=[row.folio]),
            due_on=row.edition.intake_closes_on,
        )
        for row in rows
    ]


def decisions_in(editions: Any, today: dt.date) -> list[WaitingItem]:
    """One item an edition and decision: proposals to refer, bodies that are late, opinions to release."""
    items = []
    for edition in counted(Edition.objects.filter(pk__in=editions), today):
        if edition.submitted:
            items.append(
                WaitingItem(
                    kind="refer",
                    what=ngettext("Refer one proposal", "Refer %(count)s proposals", edition.submitted)
                    % {"count": edition.submitted},
                    record=edition.slug,
                    title=edition.name,
                    url=f"{reverse('workspace:refer')}?{urlencode({'edition': edition.slug})}",
                )
            )
        if late := edition.late:
            items.append(
                WaitingItem(
                    kind="late",
                    what=ngettext("One opinion is late: remind or extend", "%(count)s opinions are late: remind or extend", late)
                    % {"count": late},
                    record=edition.slug,
                    title=edition.name,
                    url=f"{reverse('workspace:proposals')}?{urlencode({'edition': edition.slug, 'reading': 'waiting'})}",
                    due_on=edition.late_since,
                )
            )
        if held := edition.held:
            items.append(
                WaitingItem(
                    kind="release",
                    what=ngettext("Release one opinion", "Release %(count)s opinions", held) % {"count": held},
                    record=edition.slug,
                    title=edition.name,
                    url=reverse("workspace:release", args=[edition.slug]),
                    due_on=edition.review_closes_on,
                )
            )
    return items


def counted(editions: Any, today: dt.date) -> Any:
    """Editions with the number of their proposals by status, opinions late and opinions to release, in one query."""
    late = Referral.objects.late(today).filter(version__proposal__edition=OuterRef("pk"))
    held = Opinion.objects.filter(
        referral__version__proposal__edition=OuterRef("pk"),
        referral__version__proposal__edition__opinion_publication=Edition.Publication.TOGETHER,
        issued_at__isnull=False,
        released_at__isnull=True,
    )
    return editions.annotate(
        drafts=Count("proposals", filter=Q(proposals__status__in=["draft", "returned"])),
        submitted=Count("proposals", filter=Q(proposals__status="submitted")),
        in_review=Count("proposals", filter=Q(proposals__status="in_review")),
        reviewed=Count("proposals", filter=Q(proposals__status__in=["reviewed", "agreed"])),
        late=Coalesce(of_edition(late, "version__proposal__edition", Count("pk")), 0),
        late_since=of_edition(late, "version__proposal__edition", Min("due_on")),
        held=Coalesce(of_edition(held, "referral__version__proposal__edition", Count("pk")), 0),
    ).order_by("-starts_on", "slug")


def of_edition(rows: Any, edition: str, figure: Any) -> Any:
    """A figure over the rows of each edition, as a column."""
    return Subquery(rows.order_by().values(edition).annotate(figure=figure).values("figure"))


def gaps_of(edition: Any, today: dt.date) -> list[dict[str, Any]]:
    """Counts of an edition: `label`, `number`, `url`, and `is_gap` where something is to be done."""
    numbers = counted(Edition.objects.filter(pk=edition.pk), today).get()
    unaddressed = Proposal.objects.filter(edition=edition, addressees__isnull=True).exclude(
        status__in=["withdrawn", "merged", "split"]
    )

    def line(label: Any, number: int, is_gap: bool, **query: str) -> dict[str, Any]:
        url = f"{reverse('workspace:proposals')}?{urlencode({'edition': edition.slug, **query})}"
        return {"label": str(label % number), "number": number, "url": url, "is_gap": bool(is_gap and number)}

    return [
        line(ngettext_lazy("proposal not submitted yet", "proposals not submitted yet"), numbers.drafts, True, status="draft"),
        line(ngettext_lazy("proposal to refer", "proposals to refer"), numbers.submitted, True, status="submitted"),
        line(ngettext_lazy("proposal in review", "proposals in review"), numbers.in_review, False, status="in_review"),
        line(ngettext_lazy("proposal answered", "proposals answered"), numbers.reviewed, False, status="reviewed"),
        line(ngettext_lazy("opinion late", "opinions late"), numbers.late, True, reading="waiting"),
        line(ngettext_lazy("proposal without addressee", "proposals without addressee"), unaddressed.count(), True),
    ]
