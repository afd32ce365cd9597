"""Earlier proposals that ask for something similar, and how they were answered: offered to read and cite, never filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core import search
from core.stems import stems_of, words_in
from core.text import fold
from proposals.models import Opinion, Proposal, ProposalLink

#: Shown at most. The search is asked three times at most, with fewer words each time: the cost is bounded whatever the title.
MOST = 5
#: Words of a title that say what it is about are longer than this.
SHORT = 4


@dataclass
class Similar:
    """Another proposal with what was answered to it, as this person may read it."""

    proposal: Proposal
    opinions: list[Opinion] = field(default_factory=list)


def similar_to(proposal: Proposal, user: Any) -> list[Similar]:
    """Proposals like this one: those that are linked to it first, then those that share the words of its title.

    Three searches and three queries at most.
    """
    linked = ProposalLink.objects.filter(proposal=proposal, kind__in=["similar_to", "re_presents"])
    folios = [*linked.values_list("other__folio", flat=True)[:MOST], *found_by_words(proposal)]
    rows = Proposal.objects.visible_to(user).filter(folio__in=folios).exclude(pk=proposal.pk).select_related("edition")
    by_folio = {row.folio: row for row in rows}
    found = {row.pk: Similar(row) for folio in dict.fromkeys(folios) if (row := by_folio.get(folio)) is not None}
    found = dict(list(found.items())[:MOST])
    opinions = Opinion.objects.visible_to(None).current().filter(referral__version__proposal__in=found)
    for opinion in opinions.select_related("referral__agency", "referral__version").order_by("referral__folio"):
        found[opinion.referral.version.proposal_id].opinions.append(opinion)
    return list(found.values())


def found_by_words(proposal: Proposal) -> list[str]:
    """Folios from the search box: every long word of the title first, then fewer and fewer, the longest kept."""
    words = sorted({fold(word) for word in words_in(proposal.title_es) if len(word) > SHORT}, key=lambda word: (-len(word), word))
    own = {stem for word in words for stem in stems_of(word)}
    folios: dict[str, int] = {}
    for number in dict.fromkeys((min(len(words), 4), min(len(words), 3), min(len(words), 2))):
        if number < 2 or len(folios) > MOST:
            break
        for entry in search.find(" ".join(words[:number]), kind="proposal"):
            title = {stem for word in words_in(entry.title_es) for stem in stems_of(word)}
            folios.setdefault(entry.record_key, len(own & title))
    folios.pop(proposal.folio, None)
    return sorted(folios, key=lambda folio: (-folios[folio], folio))[:MOST]
