"""What the pages of proposals, organizations, public bodies and editions show of agreements (`core.sockets.record_panels`)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from agreements import api, figures
from agreements import queries as read
from agreements.models import Agreement, Commitment, Meeting
from agreements.record import LIGHT_ORDER
from agreements.steps import agreement_step, commitment_step, meeting_step, report_step, validation_step
from forum.models import Agency, Edition, Organization
from proposals.models import Proposal

#: A panel names at most this many records; the list, filtered by the same record, has them all.
MOST_ROWS = 12
#: The page of a proposal shows every agreement that cites it; beyond this many something is wrong with the data.
MOST_OF_PROPOSAL = 100

Panel = dict[str, Any]


def panel_of(record: Any, user: Any) -> Panel | None:
    """The panel for the page of `record`; None for a kind of record that agreements say nothing of."""
    if isinstance(record, Proposal):
        return of_proposal(record, user)
    if isinstance(record, Organization):
        return of_body(record, user, organizations=[record.pk], query=f"?organization={record.key}")
    if isinstance(record, Agency):
        return of_body(record, user, agencies=[record.pk], query=f"?agency={record.key}")
    if isinstance(record, Edition):
        return of_edition(record, user)
    return None


def of_proposal(proposal: Proposal, user: Any) -> Panel:
    """What became of a proposal: the agreements that cite it, and the commitments made for it. Eight queries at most.

    A commitment is shown where it names the proposal, or one of the conditions that a body put on it; the others of the
    same agreements are counted in the chain as well.
    """
    on = proposal.edition.today()
    agreements = read.agreements_of_proposal(user, proposal.pk)[:MOST_OF_PROPOSAL]
    by_key = {agreement.pk: agreement for agreement in agreements}
    citing = set(by_key)
    named = dict(read.named_for_proposal(user, proposal.pk))
    found = read.commitments_of.of(user, sorted({*citing, *named.values()}), fixed=(on,))
    commitments = [each for each in found if each.agreement_id in citing or each.pk in named]
    for commitment in commitments:
        commitment.names_proposal = commitment.pk in named
        commitment.late_days = commitment.days_late(on)
        owner = by_key.setdefault(commitment.agreement_id, commitment.agreement)
        owner.shown_commitments = [*getattr(owner, "shown_commitments", []), commitment]
    everything = sorted(by_key.values(), key=lambda agreement: agreement.folio)
    keys = [commitment.pk for commitment in commitments]
    meetings = read.meetings_of.of(user, list(by_key))
    reports = len(read.reported.of(user, keys))
    evidence = len(read.evidenced.of(user, keys))
    said = Counter(read.outcomes.of(user, keys))
    lights = {each.folio: Commitment.Light(each.light).label for each in commitments if is_in_effect(each.agreement)}
    progress = commitments[0].get_absolute_url() if commitments else ""
    return {
        "name": "agreements",
        "template": "agreements/public/panels/proposal.html",
        "agreements": everything,
        "on": on,
        "steps": [
            agreement_step(everything),
            commitment_step(commitments, lights, "#became"),
            meeting_step(meetings, "#became"),
            report_step(reports, evidence, progress),
            validation_step(said.total(), said["disagrees"], progress),
        ],
        "data": lambda link: [
            {
                **api.agreement_brief(agreement, link),
                "commitments": [
                    {**api.commitment_brief(each, each.light, link), "names_this_proposal": each.names_proposal}
                    for each in getattr(agreement, "shown_commitments", [])
                ],
            }
            for agreement in everything
        ],
    }


def is_in_effect(agreement: Agreement) -> bool:
    """Whether its commitments are owed, so that their lights mean something."""
    return agreement.status in (Agreement.Status.SIGNED, Agreement.Status.CONCLUDED)


def list_of(query: str, **more: str) -> str:
    """The list of commitments of a record (`?agency=IFE`), narrowed down further."""
    return f"{reverse('progress')}{query}{''.join(f'&{name}={value}' for name, value in more.items())}#commitments"


def lights_of(counts: dict[str, int], query: str) -> list[dict[str, Any]]:
    """How many commitments in force by light as rows of bars, what worries first, each with the list behind it."""
    return [
        {"code": light, "label": Commitment.Light(light).label, "number": counts[light], "url": list_of(query, light=light)}
        for light in LIGHT_ORDER
        if counts.get(light)
    ]


def figures_of(counts: dict[str, int], disputed: int, query: str) -> list[dict[str, Any]]:
    """What a body promised, owes, is late with, has kept, and what the other side disputes: each with the list behind it."""
    total = sum(counts.values())
    owed = total - counts.get("fulfilled", 0) - counts.get("cancelled", 0)
    figures = [
        {"code": "", "label": pgettext("figure: commitments", "promised"), "number": total, "url": list_of(query)},
        {
            "code": "on_time",
            "label": pgettext("figure: commitments", "still owed"),
            "number": owed,
            "url": list_of(query, owed="yes"),
        },
    ]
    for light, words in (
        ("late", pgettext("figure: commitments", "late")),
        ("fulfilled", pgettext("figure: commitments", "fulfilled")),
    ):
        figures.append({"code": light, "label": words, "number": counts.get(light, 0), "url": list_of(query, light=light)})
    words = pgettext("figure: commitments", "disputed by the other side")
    return [*figures, {"code": "divided", "label": words, "number": disputed, "url": list_of(query, disputed="yes")}]


def of_body(body: Any, user: Any, *, query: str, agencies: Any = (), organizations: Any = ()) -> Panel | None:
    """The agreements that a body or an organization is a party to, and what it owes under them; None without any."""
    on = timezone.localdate()
    agreements = list(
        Agreement.objects.visible_to(user)
        .of_party(agencies=agencies, organizations=organizations)
        .order_by("folio")[: MOST_ROWS + 1]
    )
    if not agreements:
        return None
    owed = Commitment.objects.visible_to(user)
    counts, disputed = figures.lights_owed(on, body.pk if agencies else -body.pk)
    unkept = sum(number for light, number in counts.items() if light not in ("fulfilled", "cancelled"))
    open_rows = list(
        owed.open_on(on)
        .open_of_party(unkept, agencies=agencies, organizations=organizations)
        .with_light(on)
        .select_related("agreement__edition", "lead__organization", "lead__agency")
        .order_by("due_on", "folio")[: MOST_ROWS + 1]
    )
    for commitment in open_rows:
        commitment.late_days = commitment.days_late(on)
        commitment.leads = commitment.lead is not None and commitment.lead.body == body
    return {
        "name": "agreements",
        "template": "agreements/public/panels/body.html",
        "body": body,
        "on": on,
        "agreements": agreements[:MOST_ROWS],
        "more_agreements": len(agreements) > MOST_ROWS,
        "figures": figures_of(counts, disputed, query) if counts else [],
        "open": open_rows[:MOST_ROWS],
        "more_open": len(open_rows) > MOST_ROWS,
        "url": reverse("agreements") + query,
        "open_url": list_of(query, owed="yes"),
        "data": lambda link: {
            "agreements": [api.agreement_brief(agreement, link) for agreement in agreements[:MOST_ROWS]],
            "commitments_by_light": {light: counts[light] for light in LIGHT_ORDER if counts.get(light)},
            "disputed": disputed,
            "open_commitments": [api.commitment_brief(each, each.light, link) for each in open_rows[:MOST_ROWS]],
        },
    }


def of_edition(edition: Edition, user: Any) -> Panel:
    """The agreements of an edition, how its commitments stand, and its next meeting."""
    on = edition.today()
    rows = Agreement.objects.visible_to(user).filter(edition=edition).order_by("folio")
    agreements = list(rows[: MOST_ROWS + 1])
    query = f"?edition={edition.slug}"
    lights = lights_of(figures.lights(on, edition), query)
    meetings = Meeting.objects.visible_to(user).filter(edition=edition)
    coming = list(meetings.coming(timezone.now()).order_by("starts_at", "folio")[:3])
    held = list(meetings.filter(status=Meeting.Status.HELD).order_by("-starts_at", "folio")[:3])
    return {
        "name": "agreements",
        "template": "agreements/public/panels/edition.html",
        "edition": edition,
        "on": on,
        "agreements": agreements[:MOST_ROWS],
        "more_agreements": len(agreements) > MOST_ROWS,
        "lights": lights,
        "total": sum(row["number"] for row in lights),
        "coming": coming,
        "held": held,
        "url": reverse("agreements") + query,
        "meetings_url": reverse("meetings") + query,
        "data": lambda link: {
            "agreements": [api.agreement_brief(agreement, link) for agreement in agreements[:MOST_ROWS]],
            "commitments_by_light": {row["code"]: row["number"] for row in lights},
            "coming_meetings": [api.meeting_brief(meeting, link) for meeting in coming],
            "held_meetings": [api.meeting_brief(meeting, link) for meeting in held],
        },
    }
