"""The queue of an official: what the own body owes, by due date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.listing import ChoiceFilter, Filter, Listing, TextFilter, words_filter
from core.paging import MANY
from core.workspace import workspace_page
from forum.calendars import Calendars
from forum.models import Agency, Edition
from proposals.models import Opinion, Referral
from proposals.querysets import late_gate_at
from proposals.workspace.access import officials_only

OWED = ("pending", "acknowledged", "asked")
SHOW = (
    ("waiting", pgettext_lazy("filter of the queue", "to be answered")),
    ("late", pgettext_lazy("filter of the queue", "late")),
    ("answered", pgettext_lazy("filter of the queue", "answered")),
    ("all", pgettext_lazy("filter of the queue", "all")),
)
DRAFTS = (
    ("mine", pgettext_lazy("filter of the queue", "begun by me")),
    ("others", pgettext_lazy("filter of the queue", "begun by a colleague")),
    ("none", pgettext_lazy("filter of the queue", "not begun")),
)
ORDER = ("due_on", "folio")


@dataclass(frozen=True)
class Line:
    """A referral as the queue shows it. Days are working days of the body's own calendar; `drafter` is who began the draft,
    '' when that is not known, None when there is none."""

    referral: Any
    drafter: str | None
    days_left: int
    days_late: int


def lines(rows: Any, at: dt.datetime) -> list[Line]:
    calendars = Calendars.load()
    found = []
    for row in rows:
        calendar, today = calendars.of(row.agency), at.astimezone(row.zone).date()
        left = calendar.between(today, row.due_on) if row.is_open else 0
        found.append(Line(row, row.drafter, left, row.working_days_late(today, calendar)))
    return found


#: Texts that no line shows.
LONG = [f"{name}_{language}" for name in ("problem", "petition", "expected_result") for language in ("es", "en")]
UNREAD = [f"{path}__{name}" for path in ("version", "version__proposal") for name in LONG]


def with_details(rows: Any) -> Any:
    """What a line shows, in as many queries for one as for many."""
    drafts = Opinion.objects.filter(referral=OuterRef("pk"), status="draft")
    name = Coalesce(NullIf("drafted_by__name", Value("")), "drafted_by__email", Value(""), output_field=CharField())
    rows = rows.select_related("agency", "version__proposal__edition").defer(*UNREAD)
    return rows.annotate(drafter=Subquery(drafts.order_by().values(name=name)[:1])).prefetch_related(
        "version__proposal__proponents"
    )


def of_show(rows: Any, show: str, at: dt.datetime, zones: Sequence[str]) -> Any:
    return {
        "waiting": lambda: rows.filter(status__in=OWED),
        "late": lambda: rows.late_at(at, zones),
        "answered": lambda: rows.filter(status__in=["answered", "referred_onward"]),
        "all": lambda: rows,
    }[show]()


def filters(bodies: Sequence[Agency], editions: Sequence[Edition], user: Any) -> tuple[Filter, ...]:
    def with_draft(rows: Any, whose: str) -> Any:
        drafts = Opinion.objects.filter(referral=OuterRef("pk"), status="draft")
        if whose == "none":
            return rows.filter(~Exists(drafts))
        own = drafts.filter(drafted_by=user.pk)
        return rows.filter(Exists(own) if whose == "mine" else Exists(drafts) & ~Exists(own))

    found: list[Filter] = [
        TextFilter(label=gettext_lazy("Words"), apply=lambda rows, text: words_filter(rows, text, "version__proposal__folded")),
        ChoiceFilter(
            "edition",
            pgettext_lazy("filter", "Edition"),
            [(each.slug, each.name) for each in editions],
            "version__proposal__edition__slug",
        ),
        ChoiceFilter("draft", pgettext_lazy("filter of the queue", "Draft"), DRAFTS, apply=with_draft),
    ]
    if len(bodies) > 1:
        names = [(each.key, each.short) for each in bodies]
        found.append(ChoiceFilter("agency", pgettext_lazy("filter", "Public body"), names, "agency__key"))
    return tuple(found)


def editions_of(agencies: Any) -> list[Any]:
    """The editions in which these bodies were asked something, newest first. Of each edition one referral is looked for."""
    asked = Referral.objects.of_agencies(agencies).filter(version__proposal__edition=OuterRef("pk"))
    rows = Edition.objects.annotate(one=Subquery(asked.order_by().values("pk")[:1])).filter(one__isnull=False)
    return list(rows.order_by("-starts_on", "slug")[:100])


def progress(agencies: Any, editions: Sequence[Edition] | None = None) -> dict[str, Any]:
    """How many of the referrals that were sent are answered: one query, counted no further than a thousand."""
    zones = [each.time_zone for each in (editions_of(agencies) if editions is None else editions)]
    rows = Referral.objects.of_agencies(agencies).exclude(status="recalled")
    first = Referral.objects.filter(pk__in=rows.order_by("due_on", "folio").values("pk")[: MANY + 1])
    counts = first.aggregate(
        asked=Count("pk"),
        waiting=Count("pk", filter=Q(status__in=OWED)),
        late=Count("pk", filter=Q(status__in=OWED) & late_gate_at(timezone.now(), zones)),
        drafted=Count("pk", filter=Q(status__in=OWED) & Exists(Opinion.objects.filter(referral=OuterRef("pk"), status="draft"))),
    )
    exact = counts["asked"] <= MANY
    return {**counts, "answered": counts["asked"] - counts["waiting"], "exact": exact}


def next_of(agencies: Any, after: Referral) -> Referral | None:
    """The referral that waits next after this one by due date; from the beginning when it is the last; None when it is the only one."""
    rows = Referral.objects.of_agencies(agencies).waiting().exclude(pk=after.pk).order_by("due_on", "folio")
    later = rows.filter(Q(due_on__gt=after.due_on) | Q(due_on=after.due_on, folio__gt=after.folio))
    return later.first() or rows.first()


@workspace_page(methods=("GET", "HEAD"))
def queue(request: HttpRequest) -> HttpResponse:
    """What my body owes, by due date; `?show=` asks for the late, the answered or all of them."""
    agencies, now = officials_only(request), timezone.now()
    asked = request.GET.get("show", "")
    show = asked if asked in dict(SHOW) else "waiting"
    # Of the one body that most officials have, the lines tell the name.
    bodies = list(Agency.objects.filter(pk__in=agencies).order_by("sort", "key")) if len(agencies) > 1 else []
    editions = editions_of(agencies)
    zones = [each.time_zone for each in editions]
    rows = of_show(Referral.objects.of_agencies(agencies).exclude(status="recalled"), show, now, zones)
    shown = Listing(
        request, rows, filters(bodies, editions, request.user), order=ORDER, keep=("show",), folded=True, prepare=with_details
    )
    if not bodies:
        bodies = [row.agency for row in shown.page][:1] or list(Agency.objects.filter(pk__in=agencies))
    counts = progress(agencies, editions)
    numbers = {"waiting": counts["waiting"], "late": counts["late"], "answered": counts["answered"], "all": counts["asked"]}
    found = lines(shown, now)
    context = {
        "listing": shown,
        "tabs": [(f"?show={name}", words, name == show, numbers[name]) for name, words in SHOW],
        "lines": found,
        "progress": counts,
        "bodies": bodies,
        "first": next((line.referral for line in found if line.referral.is_open), None),
    }
    return render(request, "proposals/workspace/queue.html", context)
