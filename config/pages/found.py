"""What a search found, ready to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from agreements.models import Agreement
from core import search
from core.models import SearchEntry
from core.pages import language
from proposals.models import Proposal

KIND_WORDS = {
    "agreement": pgettext_lazy("kind of record", "agreements"),
    "proposal": pgettext_lazy("kind of record", "proposals"),
    "commitment": pgettext_lazy("kind of record", "commitments"),
    "meeting": pgettext_lazy("kind of record", "meetings"),
    "agency": pgettext_lazy("kind of record", "public bodies"),
    "organization": pgettext_lazy("kind of record", "organizations"),
    "edition": pgettext_lazy("kind of record", "forums"),
    "antecedent": pgettext_lazy("kind of record", "antecedents"),
    "participant": pgettext_lazy("kind of record", "participants"),
}
ONE = {
    "agreement": pgettext_lazy("kind of record", "agreement"),
    "proposal": pgettext_lazy("kind of record", "proposal"),
    "commitment": pgettext_lazy("kind of record", "commitment"),
    "meeting": pgettext_lazy("kind of record", "meeting"),
    "agency": pgettext_lazy("kind of record", "public body"),
    "organization": pgettext_lazy("kind of record", "organization"),
    "edition": pgettext_lazy("kind of record", "forum"),
    "antecedent": pgettext_lazy("kind of record", "antecedent"),
    "participant": pgettext_lazy("kind of record", "participant"),
}
PAGES = ("agreement", "proposal", "meeting", "agency", "organization", "edition", "antecedent")


def address_of(entry: SearchEntry) -> str:
    """The page that shows the record of an entry."""
    if entry.kind in PAGES:
        return reverse(entry.kind, args=[entry.record_key])
    if entry.kind == "commitment":
        agreement, _dash, number = entry.record_key.rpartition("-C")
        return reverse("agreement", args=[agreement]) + f"#c{number}" if agreement else reverse("agreements")
    return reverse("participants")


class Result:
    """One result: where it leads, and its title and a passage with the matching words marked."""

    def __init__(self, entry: SearchEntry, terms: list[search.Term]) -> None:
        here = language()
        other = "es" if here == "en" else "en"
        self.entry = entry
        self.kind = entry.kind
        #: The proposal or the agreement, to show how it stands; None for others.
        self.record: Any = None
        self.kind_words = ONE.get(entry.kind, entry.kind)
        self.url = address_of(entry)
        self.key = "" if entry.kind == "participant" else entry.record_key
        self.is_sample = entry.is_sample
        titles = {here: getattr(entry, f"title_{here}"), other: getattr(entry, f"title_{other}")}
        self.lang = here if titles[here] else other
        self.title = search.highlighted(titles[self.lang], terms, 300)
        self.summary_lang, self.summary = self.passage(terms, here, other)

    def passage(self, terms: list[search.Term], here: str, other: str) -> tuple[str, list[tuple[str, bool]]]:
        """(language, passage): the beginning of the summary, or where it says the words that the title does not; of a word
        that stands in the text alone, the text around it, which is Spanish mostly."""
        summaries = [(code, text) for code in (here, other) if (text := getattr(self.entry, f"summary_{code}"))]
        lang, text = summaries[0] if summaries else (here, "")
        missing = search.without_match(terms, [self.title])
        shown = search.highlighted(text, terms, around=missing or None)
        if missing := search.without_match(missing, [shown]):
            for more_in, more in (*summaries[1:], ("es", self.entry.tokens)):
                passage = search.highlighted(more, terms, around=missing)
                if len(search.without_match(missing, [passage])) < len(missing):
                    return more_in, passage
        return lang, shown


#: Kinds whose results say how the record stands.
STANDING = {"proposal": (Proposal, ("status", "reading")), "agreement": (Agreement, ("status",))}


def results_of(entries: Iterable[SearchEntry], terms: list[search.Term]) -> list[Result]:
    """The entries of one page, proposals and agreements with how they stand: one query for each of the two kinds."""
    found = [Result(entry, terms) for entry in entries]
    for kind, (model, columns) in STANDING.items():
        keys = [result.entry.record_id for result in found if result.kind == kind]
        records = model.objects.visible_to(None).only(*columns).in_bulk(keys) if keys else {}
        for result in found:
            if result.kind == kind:
                result.record = records.get(result.entry.record_id)
    return found
