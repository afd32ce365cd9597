"""Releasing the opinions of an edition together, after a list of what is still missing or looks odd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.forms import BaseForm
from core.workspace import attempt, done, sent, show_form, workspace_page
from forum.models import Agency, Edition
from forum.workspace.access import own_edition
from proposals.checks import opinion_warnings, personal_findings
from proposals.models import Opinion, Proposal, Referral
from proposals.querysets import late_gate_at
from proposals.workflow import release_opinions

#: Opinions listed, and looked through, on one page.
MOST_LISTED = 200


@dataclass(frozen=True)
class Silence:
    """A body that still owes opinions: how many, and how many of them are late."""

    agency: Agency
    owed: int
    late: int


@dataclass(frozen=True)
class Oddity:
    """One issued opinion with the sentences that somebody should read before everybody can."""

    opinion: Opinion
    sentences: list[str]


def silences_in(edition: Edition, at: dt.datetime) -> list[Silence]:
    """The bodies that owe an answer on a version in force, those that owe most first. Two queries."""
    rows = Referral.objects.waiting().filter(
        version__proposal__edition=edition,
        version__number=F("version__proposal__version_number"),
        version__proposal__status="in_review",
    )
    numbers = (
        rows.order_by()
        .values("agency")
        .annotate(owed=Count("pk"), late=Count("pk", filter=late_gate_at(at, [edition.time_zone])))
    )
    found = {row["agency"]: row for row in numbers}
    bodies = Agency.objects.filter(pk__in=found)
    silences = [Silence(body, found[body.pk]["owed"], found[body.pk]["late"]) for body in bodies]
    return sorted(silences, key=lambda each: (-each.owed, -each.late, each.agency.key))


def never_asked_in(edition: Edition) -> int:
    """Proposals before the forum that no body was asked about."""
    asked = Referral.objects.exclude(status=Referral.Status.RECALLED).filter(version__proposal__edition=edition)
    rows = Proposal.objects.filter(edition=edition, status__in=["submitted", "in_review"])
    return rows.exclude(pk__in=asked.values("version__proposal")).count()


def oddities_of(opinions: Iterable[Opinion]) -> list[Oddity]:
    """The opinions whose criteria contradict their verdict, or whose text seems to hold personal data."""
    found = []
    for opinion in opinions:
        criteria, conditions = list(opinion.criteria.all()), list(opinion.conditions.all())
        sentences = opinion_warnings(opinion, criteria, conditions)
        for finding in personal_findings(opinion, criteria, conditions):
            sentences.append(
                _("This looks like personal data (%(kind)s): “%(passage)s”.") % {"kind": finding.kind, "passage": finding.passage}
            )
        if sentences:
            found.append(Oddity(opinion, sentences))
    return found


@workspace_page
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """The issued opinions of an edition that wait to be released together, and what is missing before."""
    edition = own_edition(request, slug)
    form = BaseForm(sent(request))
    form.submit_label = _("Release them all")
    if request.method == "POST" and form.is_valid() and attempt(form, release_opinions, edition=edition, actor=request.user):
        sentence = ngettext("One opinion was released.", "%(count)s opinions were released.", form.result)
        return done(request, sentence % {"count": form.result}, "workspace:release", slug)
    rows = Opinion.objects.filter(
        referral__version__proposal__edition=edition, issued_at__isnull=False, released_at__isnull=True
    ).select_related("referral__version__proposal", "referral__agency")
    listed = list(rows.prefetch_related("criteria", "conditions").order_by("folio")[: MOST_LISTED + 1])
    waiting = listed[:MOST_LISTED]
    context = {
        "edition": edition,
        "waiting": waiting,
        "more": len(listed) > MOST_LISTED,
        "silences": silences_in(edition, timezone.now()),
        "never_asked": never_asked_in(edition),
        "oddities": oddities_of(waiting),
    }
    return show_form(request, "proposals/workspace/release.html", form, **context)
