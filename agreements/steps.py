"""The part of the chain that agreements keep: agreement, commitments, meetings, reports, validations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from agreements.models import Agreement, Commitment, Meeting
from agreements.record import AgreementPage
from core.trace import Item, Step, some_of
from proposals.steps import antecedent_step


def proposal_step(proposals: Iterable[Any], rest_at: str = "") -> Step:
    items = [Item(each.folio, each.get_absolute_url()) for each in proposals]
    return Step(
        "proposal", pgettext("link of the chain", "Proposals"), some_of(items, rest_at), empty=_("Cites no proposal of the forum")
    )


def opinion_step(opinions: Iterable[Any], rest_at: str = "") -> Step:
    """The opinions that an agreement comes from, each at its place on the page of its proposal."""
    items = [
        Item(f"{each.agency.short} · {each.proposal.folio}", f"{each.proposal.get_absolute_url()}#body-{each.agency.key.lower()}")
        for each in opinions
    ]
    return Step(
        "opinion",
        pgettext("link of the chain", "Answers of the bodies"),
        some_of(items, rest_at),
        empty=_("Cites no opinion of a body"),
    )


def agreement_step(agreements: Iterable[Agreement]) -> Step:
    items = [Item(each.folio, each.get_absolute_url(), each.get_status_display()) for each in agreements]
    return Step("agreement", pgettext("link of the chain", "Agreements"), some_of(items), empty=_("No agreement yet"))


def commitment_step(commitments: Iterable[Commitment], lights: dict[str, Any], rest_at: str = "") -> Step:
    """`lights`: folio → words of the light."""
    items = [Item(each.folio, each.get_absolute_url(), lights.get(each.folio, "")) for each in commitments]
    return Step("commitment", pgettext("link of the chain", "Commitments"), some_of(items, rest_at), empty=_("No commitment yet"))


def meeting_step(meetings: Iterable[Meeting], rest_at: str = "") -> Step:
    items = [Item(each.folio, each.get_absolute_url(), each.get_status_display()) for each in meetings]
    return Step("meeting", pgettext("link of the chain", "Work meetings"), some_of(items, rest_at), empty=_("No meeting yet"))


def counted_step(kind: str, label: Any, count: int, words: str, url: str, empty: str, note: Any = "") -> Step:
    return Step(kind, label, [Item(words, url, note)] if count else [], empty=empty)


def report_step(reports: int, evidence: int, url: str) -> Step:
    words = ngettext("%(count)s report", "%(count)s reports", reports) % {"count": reports}
    proof = ngettext("%(count)s piece of evidence", "%(count)s pieces of evidence", evidence) % {"count": evidence}
    return counted_step(
        "report", pgettext("link of the chain", "Progress reports"), reports, words, url, _("No report yet"), proof
    )


def validation_step(validations: int, disagree: int, url: str) -> Step:
    words = ngettext("%(count)s validation", "%(count)s validations", validations) % {"count": validations}
    note = ngettext("%(count)s disagrees", "%(count)s disagree", disagree) % {"count": disagree} if disagree else ""
    return counted_step(
        "validation",
        pgettext("link of the chain", "The other side"),
        validations,
        words,
        url,
        _("The other side has not answered yet"),
        note,
    )


def trace_of(page: AgreementPage) -> list[Step]:
    """The whole chain as it looks from an agreement; missing links too."""
    agreement = page.agreement
    number = page.shown.number if page.shown is not None else 0
    own = Step("agreement", pgettext("link of the chain", "Agreement"), here=True)
    own.items.append(Item(agreement.folio, "", _("version %(number)s") % {"number": number} if number else ""))
    lights = {row.commitment.folio: Commitment.Light(row.light).label for row in page.rows} if page.in_effect else {}
    disagree = sum(1 for validation in page.validations if validation.outcome == "disagrees")
    return [
        antecedent_step(page.antecedents, "#origin"),
        proposal_step(page.proposals, "#origin"),
        opinion_step(page.opinions, "#origin"),
        own,
        commitment_step([row.commitment for row in page.rows], lights, "#commitments"),
        meeting_step(page.meetings, "#meetings"),
        report_step(len(page.reports), len(page.evidence), "#commitments"),
        validation_step(len(page.validations), disagree, "#commitments"),
    ]
