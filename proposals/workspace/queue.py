"""The queue of an official: what the own body owes, by due date."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.deadlines import working_days_between
from core.listing import ChoiceFilter, Filter, Listing, TextFilter, words_filter
from core.paging import bounded_count
from core.workspace import workspace_page
from forum.models import Agency, Edition
from proposals.models import Opinion, Referral
from proposals.workspace.access import officials_only

OWED = ("pending", "acknowledged", "asked")
SHOW = (
    ("waiting", pgettext_lazy("filter of the queue", "to be answered")),
    ("late", pgettext_lazy("filter of the queue", "late")),
    ("answered", pgettext_lazy("filter of the queue", "answered")),
    ("all", pgettext_lazy("filter of the queue", "all")),
)
ORDER = ("due_on", "folio")


@dataclass(frozen=True)
class Line:
    """A referral as the queue shows it. Days are working days."""

    referral: Any
    draft: Any
    days_left: int
    days_late: int


def lines(rows: Any, on: dt.date) -> list[Line]:
    return [
        Line(
            row,
            next(iter(row.drafts), None),
            working_days_between(on, row.due_on) if row.is_open else 0,
            row.working_days_late(on),
        )
        for row in rows
    ]


def with_details(rows: Any) -> Any:
    """What a line shows, in as many queries for one as for many."""
    drafts = Opinion.objects.filter(status="draft").select_related("drafted_by")
    return rows.select_related("agency", "version__proposal__edition").prefetch_related(
        "version__proposal__proponents", Prefetch("opinions", drafts, to_attr="drafts")
    )


def of_show(rows: Any, show: str) -> Any:
    today = timezone.localdate()
    return {
        "waiting": lambda: rows.filter(status__in=OWED),
        "late": lambda: rows.filter(status__in=OWED, due_on__lt=today),
        "answered": lambda: rows.filter(status__in=["answered", "referred_onward"]),
        "all": lambda: rows,
    }[show]()


def filters(agencies: Any) -> tuple[Filter, ...]:
    def bodies() -> list[tuple[str, str]]:
        return [(each.key, each.short) for each in Agency.objects.filter(pk__in=agencies).order_by("sort", "key")]

    def editions() -> list[tuple[str, str]]:
        asked = Referral.objects.of_agencies(agencies).values("version__proposal__edition")
        return [(each.slug, each.name) for each in Edition.objects.filter(pk__in=asked).order_by("-starts_on", "slug")[:100]]

    found: list[Filter] = [
        TextFilter(label=gettext_lazy("Words"), apply=lambda rows, text: words_filter(rows, text, "version__proposal__folded")),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), editions, "version__proposal__edition__slug"),
    ]
    if len(agencies) > 1:
        found.append(ChoiceFilter("agency", pgettext_lazy("filter", "Public body"), bodies, "agency__key"))
    return tuple(found)


def progress(agencies: Any) -> dict[str, Any]:
    """How many of the referrals that were sent are answered; both counted no further than a thousand."""
    rows = Referral.objects.of_agencies(agencies).exclude(status="recalled")
    asked, exact = bounded_count(rows)
    waiting, _exact = bounded_count(rows.filter(status__in=OWED))
    late, _exact = bounded_count(rows.late(timezone.localdate()))
    return {"asked": asked, "answered": asked - waiting, "waiting": waiting, "late": late, "exact": exact}


def next_of(agencies: Any, after: Referral) -> Referral | None:
    """The referral that waits next after this one by due date; from the beginning when it is the last; None when it is the only one."""
    rows = Referral.objects.of_agencies(agencies).waiting().exclude(pk=after.pk).order_by("due_on", "folio")
    later = rows.filter(Q(due_on__gt=after.due_on) | Q(due_on=after.due_on, folio__gt=after.folio))
    return later.first() or rows.first()


@workspace_page(methods=("GET", "HEAD"))
def queue(request: HttpRequest) -> HttpResponse:
    """What my body owes, by due date; `?show=` asks for the late, the answered or all of them."""
    agencies = officials_only(request)
    asked = request.GET.get("show", "")
    show = asked if asked in dict(SHOW) else "waiting"
    rows = of_show(Referral.objects.of_agencies(agencies).exclude(status="recalled"), show)
    shown = Listing(request, rows, filters(agencies), order=ORDER, keep=("show",), prepare=with_details)
    context = {
        "listing": shown,
        "tabs": [(f"?show={name}", words, name == show) for name, words in SHOW],
        "lines": lines(shown, timezone.localdate()),
        "progress": progress(agencies),
        "bodies": Agency.objects.filter(pk__in=agencies).order_by("sort", "key"),
    }
    return render(request, "proposals/workspace/queue.html", context)
