"""Lists of the workspace: agreements, commitments and meetings that concern this person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agreements.light import tell_quiet
from agreements.models import Agreement, Commitment, Evidence, Meeting
from agreements.querysets import attendance_rows, party_rows
from core.listing import ChoiceFilter, Filter, Listing, RecordFilter, TextFilter
from core.workspace import workspace_page
from forum.models import Edition
from forum.roles import Roles, roles_of

NEWEST = (_("newest first"), ("-id",))
BY_FOLIO = (_("folio"), ("folio",))


def words_filter() -> Filter:
    return TextFilter(label=_("Words"))


def edition_filter(user: Any, column: str = "edition__slug") -> Filter:
    """The newest editions that this person can read."""

    def choices() -> list[tuple[str, Any]]:
        return [(edition.slug, edition.name) for edition in Edition.objects.visible_to(user).order_by("-starts_on", "slug")[:50]]

    return ChoiceFilter("edition", _("Edition"), choices, column)


def concerning(roles: Roles, *, edition: str, agreement: str) -> Q:
    """Rows of the own editions and of the own parties' agreements; `agreement` leads to the agreement's id."""
    if roles.administrator:
        return Q()
    found = Q(**{f"{edition}__in": roles.editions})
    if roles.agencies or roles.organizations:
        found |= Q(**{f"{agreement}__in": party_rows(roles).values("agreement")})
    return found


def people_with_a_role(request: HttpRequest) -> Roles:
    """The roles of this person; 403 for an account without any."""
    roles = roles_of(request.user)
    if not (roles.organizer or roles.official or roles.delegate):
        raise PermissionDenied
    return roles


@workspace_page(methods=("GET", "HEAD"))
def agreements(request: HttpRequest) -> HttpResponse:
    """Agreements of the own editions, and those to which an own body is a party."""
    roles = people_with_a_role(request)
    shown = Listing(
        request,
        Agreement.objects.visible_to(request.user).filter(concerning(roles, edition="edition", agreement="id")),
        (words_filter(), ChoiceFilter("status", _("Status"), Agreement.Status.choices), edition_filter(request.user)),
        orders={"new": NEWEST, "folio": BY_FOLIO},
        folded=True,
        prepare=lambda rows: (
            rows.select_related("edition")
            .annotate(commitment_count=Count("commitments", distinct=True))
            .prefetch_related("parties__organization", "parties__agency", "versions__acceptances")
        ),
    )
    return render(
        request,
        "agreements/workspace/agreements.html",
        {
            "title": pgettext("navigation of the workspace", "Agreements"),
            "section": "list",
            "listing": shown,
            "rows": [(each, progress_of(each)) for each in shown],
            "may_draft": roles.organizer,
        },
    )


def progress_of(agreement: Any) -> dict[str, Any] | None:
    """Of the version that is open for signature: how many signatories have accepted, and who has not. Reads prefetched rows."""
    version = next((each for each in agreement.versions.all() if each.status == "open"), None)
    if version is None:
        return None
    accepted = {row.party_id for row in version.acceptances.all()}
    signatories = [party for party in agreement.parties.all() if party.role == "signatory"]
    missing = [party for party in signatories if party.pk not in accepted]
    return {"accepted": len(signatories) - len(missing), "of": len(signatories), "missing": missing, "version": version}


@workspace_page(methods=("GET", "HEAD"))
def commitments(request: HttpRequest) -> HttpResponse:
    """Commitments of the agreements that concern this person, with their light today; `?mine=yes`: what the own bodies owe."""
    roles = people_with_a_role(request)
    user, today = request.user, timezone.localdate()
    filters: list[Filter] = [
        words_filter(),
        # What is only being prepared has no light.
        ChoiceFilter(
            "light", _("Light"), Commitment.Light.choices, apply=lambda rows, value: rows.in_force().filter(light=value)
        ),
        edition_filter(user, "agreement__edition__slug"),
    ]
    if roles.agencies or roles.organizations:
        filters.append(
            ChoiceFilter(
                "mine",
                _("Whose"),
                [("yes", _("what we owe"))],
                apply=lambda rows, value: rows.of_party(agencies=roles.agencies, organizations=roles.organizations),
            )
        )
    filters += [
        ChoiceFilter(
            "disputed",
            _("Dispute"),
            [("yes", _("disputed by the other side"))],
            apply=lambda rows, value: rows.filter(disputed=True, cancelled_at__isnull=True),
            hidden=True,
        ),
        ChoiceFilter(
            "evidence",
            _("Evidence"),
            [("none", _("no evidence on file"))],
            apply=lambda rows, value: rows.filter(
                ~Exists(Evidence.objects.filter(report__commitment=OuterRef("pk"), validation__isnull=True))
            ),
            hidden=True,
        ),
        RecordFilter(
            "agreement",
            pgettext_lazy("of parties", "Agreement"),
            lambda: Agreement.objects.visible_to(user),
            lambda rows, found: rows.filter(agreement=found),
        ),
    ]
    shown = Listing(
        request,
        Commitment.objects.visible_to(user)
        .filter(concerning(roles, edition="agreement__edition", agreement="agreement"))
        .with_light(today, at_once=True),
        filters,
        orders={"folio": BY_FOLIO, "new": NEWEST},
        folded=True,
        prepare=lambda rows: rows.select_related("agreement__edition", "lead__organization", "lead__agency"),
    )
    tell_quiet(shown, today)
    rows = [(each, each.days_late(today, at_once=True)) for each in shown]
    return render(
        request, "agreements/workspace/commitments.html", {"title": gettext("Commitments"), "listing": shown, "rows": rows}
    )


@workspace_page(methods=("GET", "HEAD"))
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings of the own editions, and those to which an own body is invited."""
    roles = people_with_a_role(request)
    mine = Q() if roles.administrator else Q(edition__in=roles.editions)
    if not roles.administrator and (roles.agencies or roles.organizations):
        mine |= Q(id__in=attendance_rows(roles).values("meeting"))
    shown = Listing(
        request,
        Meeting.objects.visible_to(request.user).filter(mine),
        (words_filter(), ChoiceFilter("status", _("Status"), Meeting.Status.choices), edition_filter(request.user)),
        orders={
            "latest": (_("latest first"), ("-starts_at", "folio")),
            "earliest": (_("earliest first"), ("starts_at", "folio")),
        },
        folded=True,
        prepare=lambda rows: rows.select_related("edition").prefetch_related("agreements"),
    )
    title = pgettext("navigation of the workspace", "Meetings")
    return render(request, "agreements/workspace/meetings.html", {"title": title, "section": "list", "listing": shown})
