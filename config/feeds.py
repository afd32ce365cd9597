"""Atom feeds of public acts: agreements, proposals, progress. What they hold is the same for everybody, in one language.

An entry stands for one act on one record: its id never changes, its date is that of the act. At most `MOST` entries, the
newest first; the number of queries does not depend on how many there are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.models import AgreementVersion, Commitment, Extension, MinutesVersion, ProgressReport, Validation
from config.scope import BadScope, Scope, read_scope
from core.identifiers import plain_text, tag_uri
from core.models import LedgerEntry
from core.pages import language as page_language
from proposals.models import Opinion, ProposalVersion

MOST = 50
LONGEST_TEXT = 600


@dataclass(frozen=True)
class Act:
    """One entry. `name` is the code of the act; `facts` are sentences of the text, empty ones left out."""

    at: dt.datetime
    key: str
    name: str
    words: str
    subject: str
    facts: tuple[str, ...]
    url: str
    sample: bool = False

    @property
    def title(self) -> str:
        mark = f"[{pgettext('source of a record', 'sample')}] " if self.sample else ""
        return plain_text(f"{mark}{self.key}: {self.words}: {self.subject}")


def newest(rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    return rows.filter(**{f"{moment}__isnull": False}).order_by(F(moment).desc(), "-pk")[:MOST]


def within(rows: QuerySet[Any], column: str, scope: Scope, records: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of these records; all of them where the scope is everything, since each queryset has passed the gate itself."""
    return rows.filter(**{f"{column}__in": records.values("pk")}) if scope.narrow else rows


def short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT].rstrip()}…"


# --- the acts ---------------------------------------------------------------------------------------------------------


def acts_of_agreements(scope: Scope) -> Iterable[Act]:
    """Opened for signature, signed, void."""
    visible = within(AgreementVersion.objects.visible_to(None), "agreement", scope, scope.agreements())
    versions = visible.select_related("agreement").prefetch_related(
        "agreement__parties__organization", "agreement__parties__agency"
    )
    labels = {
        "opened": pgettext("act in a feed", "open for signature"),
        "signed": pgettext("act in a feed", "signed"),
    }
    for name, words in labels.items():
        for version in newest(versions, f"{name}_at"):
            agreement = version.agreement
            parties = ", ".join(party.body.short for party in agreement.parties.all())
            facts = (
                _("Parties: %(parties)s.") % {"parties": parties} if parties else "",
                _("Version %(number)s: %(cause)s") % {"number": version.number, "cause": version.cause} if version.cause else "",
                agreement.background,
            )
            url = agreement.get_absolute_url()
            yield Act(
                getattr(version, f"{name}_at"), version.folio, name, words, agreement.title, facts, url, agreement.is_sample
            )
    agreements = scope.agreements().filter(status="void")
    yield from ended(agreements, "agreement_void", "void", pgettext("act in a feed", "declared void"))


def ended(rows: QuerySet[Any], entry: str, name: str, words: str) -> Iterable[Act]:
    """Acts that only the public ledger dates. Two queries: the newest entries, and their records."""
    entries = list(LedgerEntry.objects.filter(act=entry, record_key__in=rows.values("folio")).order_by("-at", "-pk")[:MOST])
    records = {record.folio: record for record in rows.filter(folio__in={each.record_key for each in entries})}
    for each in entries:
        record = records[each.record_key]
        yield Act(
            each.at, record.folio, f"{name}.{each.number}", words, record.title, (), record.get_absolute_url(), record.is_sample
        )


def acts_of_proposals(scope: Scope) -> Iterable[Act]:
    """Submitted or revised, answered by a body, withdrawn, merged or split."""
    proposals = scope.proposals()
    visible = within(ProposalVersion.objects.visible_to(None), "proposal", scope, proposals)
    for version in newest(visible.select_related("proposal").prefetch_related("proposal__proponents"), "at"):
        proposal = version.proposal
        words = pgettext("act in a feed", "submitted") if version.number == 1 else pgettext("act in a feed", "revised")
        proponents = ", ".join(body.short for body in proposal.proponents.all())
        facts = (_("Proposed by %(names)s.") % {"names": proponents} if proponents else "", version_text(version, "petition"))
        url = proposal.get_absolute_url()
        yield Act(version.at, version.folio, "version", words, version_text(version, "title"), facts, url, proposal.is_sample)
    opinions = within(Opinion.objects.visible_to(None), "referral__version__proposal", scope, proposals)
    if scope.agency is not None:
        opinions = opinions.filter(referral__agency=scope.agency)
    for opinion in newest(opinions.select_related("referral__agency", "referral__version__proposal"), "released_at"):
        proposal = opinion.referral.version.proposal
        words = pgettext("act in a feed", "answered by %(body)s") % {"body": opinion.referral.agency.short}
        facts = (
            f"{opinion.get_verdict_display().capitalize()}. {opinion.get_soundness_display().capitalize()}.",
            opinion.reasons,
        )
        url = proposal.get_absolute_url()
        yield Act(opinion.released_at, opinion.folio, "opinion", words, proposal.title, facts, url, opinion.is_sample)
    gone = proposals.filter(status__in=["withdrawn", "merged", "split"])
    yield from ended(gone, "retraction", "retraction", pgettext("act in a feed", "withdrawn, merged or split"))


def version_text(version: ProposalVersion, name: str) -> str:
    """A text of a proposal version in the language of the feed, or in the other one."""
    here = page_language()
    return getattr(version, f"{name}_{here}") or getattr(version, f"{name}_{'es' if here == 'en' else 'en'}")


def acts_of_progress(scope: Scope) -> Iterable[Act]:
    """Reports, validations by the other side, extensions, cancellations, approved minutes."""
    commitments = scope.commitments()
    parties = ("party__organization", "party__agency")
    reports = within(ProgressReport.objects.visible_to(None), "commitment", scope, commitments)
    for report in newest(reports.select_related("commitment__agreement", *parties), "reported_at"):
        words = pgettext("act in a feed", "report of %(party)s") % {"party": report.party.body.short}
        status = report.get_status_display()
        said = f"{status}, {report.percent} %." if report.percent is not None else f"{status}."
        yield of_commitment(report, report.commitment, report.reported_at, "report", words, (said.capitalize(), report.narrative))
    validations = within(Validation.objects.visible_to(None), "report__commitment", scope, commitments)
    for row in newest(validations.select_related("report__commitment__agreement", *parties), "validated_at"):
        words = pgettext("act in a feed", "%(party)s: %(outcome)s") % {
            "party": row.party.body.short,
            "outcome": row.get_outcome_display(),
        }
        yield of_commitment(row, row.report.commitment, row.validated_at, "validation", words, (row.comment,))
    extensions = within(Extension.objects.visible_to(None), "commitment", scope, commitments)
    for each in newest(extensions.select_related("commitment__agreement"), "accepted_at"):
        due = formats.date_format(each.to_on, "DATE_FORMAT")
        words = pgettext("act in a feed", "due date moved to %(date)s") % {"date": due}
        name = f"extension.{each.to_on.isoformat()}"
        yield of_commitment(each.commitment, each.commitment, each.accepted_at, name, words, (each.reason,))
    for commitment in newest(commitments.select_related("agreement"), "cancelled_at"):
        words = pgettext("act in a feed", "cancelled by both sides")
        yield of_commitment(commitment, commitment, commitment.cancelled_at, "cancelled", words, ())
    minutes = within(MinutesVersion.objects.visible_to(None), "meeting", scope, scope.meetings())
    for each in newest(minutes.select_related("meeting"), "approved_at"):
        words, facts = pgettext("act in a feed", "minutes approved"), (each.decisions or each.text,)
        url = each.meeting.get_absolute_url()
        yield Act(each.approved_at, each.folio, "minutes", words, each.meeting.title, facts, url, each.is_sample)


def of_commitment(record: Any, commitment: Commitment, at: dt.datetime, name: str, words: str, facts: tuple[str, ...]) -> Act:
    return Act(at, record.folio, name, words, short(commitment.text), facts, commitment.get_absolute_url(), commitment.is_sample)


# --- the feeds --------------------------------------------------------------------------------------------------------


class ActsFeed(Feed):
    """A feed of acts. Subclasses say which, where the list behind it is, and what it is called."""

    feed_type = Atom1Feed
    name = ""
    list_name = ""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            scope = read_scope(request)
        except BadScope as error:
            return error.response()
        with translation.override(scope.language):
            response: HttpResponse = super().__call__(request, scope=scope)
        response["Content-Language"] = scope.language
        return response

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Scope:
        scope: Scope = kwargs["scope"]
        return scope

    def acts(self, scope: Scope) -> Iterable[Act]:
        raise NotImplementedError

    def headline(self) -> str:
        raise NotImplementedError

    def title(self, scope: Scope) -> str:
        return plain_text(f"Acuerda: {self.headline()}" + (f" · {scope.words}" if scope.words else ""))

    def link(self, scope: Scope) -> str:
        return reverse(self.list_name) + scope.query

    def feed_url(self, scope: Scope) -> str:
        return reverse(f"feed_{self.name}") + scope.address

    def feed_guid(self, scope: Scope) -> str:
        return tag_uri(f"feeds/{self.name}.{scope.language}{scope.query}")

    def items(self, scope: Scope) -> list[Act]:
        return sorted(self.acts(scope), key=lambda act: (act.at, act.key, act.name), reverse=True)[:MOST]

    def item_title(self, act: Act) -> str:
        return act.title

    def item_description(self, act: Act) -> str:
        """HTML, as Django's Atom feed declares it: every text of a record is escaped."""
        facts = [(plain_text(short(fact)),) for fact in act.facts if fact]
        return format_html("{}", format_html_join("", "<p>{}</p>", facts))

    def item_link(self, act: Act) -> str:
        return act.url

    def item_guid(self, act: Act) -> str:
        return tag_uri(act.key, act.name)

    def item_pubdate(self, act: Act) -> dt.datetime:
        return act.at

    item_updateddate = item_pubdate


class AgreementsFeed(ActsFeed):
    name, list_name = "agreements", "agreements"

    def acts(self, scope: Scope) -> Iterable[Act]:
        return acts_of_agreements(scope)

    def headline(self) -> str:
        return pgettext("title of a feed", "agreements")


class ProposalsFeed(ActsFeed):
    name, list_name = "proposals", "proposals"

    def acts(self, scope: Scope) -> Iterable[Act]:
        return acts_of_proposals(scope)

    def headline(self) -> str:
        return pgettext("title of a feed", "proposals and the answers to them")


class ProgressFeed(ActsFeed):
    name, list_name = "progress", "progress"

    def acts(self, scope: Scope) -> Iterable[Act]:
        return acts_of_progress(scope)

    def headline(self) -> str:
        return pgettext("title of a feed", "how the promises are kept")
