"""The chain as it looks from a proposal: what it takes up, what was answered, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.trace import Item, Step, some_of
from proposals.models import Antecedent
from proposals.reading import Reading
from proposals.record import ProposalPage, in_lang


def antecedent_step(antecedents: Iterable[Antecedent], rest_at: str = "") -> Step:
    """The earlier forums and documents that were taken up."""
    items = [Item(each.name, each.get_absolute_url(), lang=in_lang(each, "name")) for each in antecedents]
    return Step(
        "antecedent",
        pgettext("link of the chain", "Antecedents"),
        some_of(items, rest_at),
        empty=_("Takes up no earlier document"),
    )


def answers_step(reading: Reading, address: str) -> Step:
    """How many of the bodies that were asked have answered."""
    step = Step("opinion", pgettext("link of the chain", "Answers of the bodies"), empty=_("No body was asked yet"))
    if reading.asked:
        words = _("%(answered)s of %(asked)s") % {"answered": reading.answered, "asked": reading.asked}
        late = ngettext("%(count)s is late", "%(count)s are late", reading.late) % {"count": reading.late} if reading.late else ""
        step.items.append(Item(words, address, late))
    return step


def trace_of(page: ProposalPage) -> list[Step]:
    """Every link of the chain, the missing ones too; the higher app adds its own (`steps` of a panel)."""
    proposal = page.proposal
    version = _("version %(number)s") % {"number": proposal.version_number} if proposal.version_number else ""
    own = Step("proposal", pgettext("link of the chain", "Proposal"), here=True)
    own.items.append(Item(proposal.folio, "" if page.is_current else proposal.get_absolute_url(), version))
    steps = [antecedent_step(page.antecedents, "#origin"), own, answers_step(page.reading, "#answers")]
    for panel in page.panels:
        steps += panel.get("steps", [])
    return steps
