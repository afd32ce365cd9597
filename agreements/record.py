"""Everything that the page of an agreement shows, read in a number of queries that does not grow with it.

The page and its JSON are made from the same `AgreementPage`, so that they cannot say different things.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agreements import queries as read
from agreements.light import light_of
from agreements.models import (
    Acceptance,
    ActionItem,
    AgendaItem,
    Agreement,
    AgreementVersion,
    Clause,
    Commitment,
    Evidence,
    Meeting,
    Party,
    ProgressReport,
    SignedPaper,
    Validation,
)
from agreements.permissions import is_organizer_of, is_party_to
from agreements.readings import FourReadings, four_readings
from core.prepared import attach, put
from forum.names import attach_names
from proposals.models import Antecedent, Opinion, Proposal

#: The lights in the order in which they are counted: what worries first.
LIGHT_ORDER = ("late", "no_report", "due_soon", "on_time", "fulfilled", "cancelled")


@dataclass
class CommitmentRow:
    """A commitment with its light, its four readings and everything filed under it, on the date of the page."""

    commitment: Commitment
    on: dt.date
    reports: list[ProgressReport] = field(default_factory=list)
    agenda: list[AgendaItem] = field(default_factory=list)
    action_items: list[ActionItem] = field(default_factory=list)

    @cached_property
    def light(self) -> str:
        return light_of(self.commitment, self.on)

    @cached_property
    def readings(self) -> FourReadings:
        return four_readings(self.commitment, self.on)

    @property
    def days_late(self) -> int:
        return self.commitment.days_late(self.on)

    @property
    def is_open(self) -> bool:
        return self.light not in ("fulfilled", "cancelled")

    @property
    def evidence(self) -> list[Evidence]:
        """What was filed with the reports, newest report first."""
        return [piece for report in self.reports for piece in report.own_evidence]


@dataclass
class PartyRow:
    """A party with its acceptance of the version shown; None while it has not accepted."""

    party: Party
    acceptance: Acceptance | None
    #: Who has signed is not said to this reader before all have; how many have is.
    withheld: bool = False


@dataclass
class AgreementPage:
    """An agreement as a person may read it."""

    agreement: Agreement
    user: Any
    on: dt.date
    versions: list[AgreementVersion]
    parties: list[PartyRow]
    rows: list[CommitmentRow]
    meetings: list[Meeting]
    proposals: list[Proposal]
    opinions: list[Opinion]
    antecedents: list[Antecedent]
    papers: list[SignedPaper]

    @property
    def shown(self) -> AgreementVersion | None:
        """The version in force; before the first signature the one that is being signed or drafted."""
        found = self.in_force
        return found or (self.versions[-1] if self.versions else None)

    def parties_of(self, version: AgreementVersion | None) -> list[PartyRow]:
        """Each party with its acceptance of a version, as far as this reader is told whose is pending."""
        agreement = self.agreement
        told = version is None or version.signed_at is not None or agreement.shows_pending
        told = told or is_organizer_of(agreement, self.user) or is_party_to(agreement, self.user)
        return party_rows(version, [row.party for row in self.parties], withheld=not told)

    @property
    def pending_parties(self) -> list[PartyRow]:
        """Whose signature is pending; nobody where it is not told, or nothing is open."""
        if self.shown is None or self.shown.status != AgreementVersion.Status.OPEN:
            return []
        return [row for row in self.required if row.acceptance is None and not row.withheld]

    @property
    def in_force(self) -> AgreementVersion | None:
        return next((each for each in self.versions if each.number == self.agreement.version_number), None)

    @property
    def pending(self) -> AgreementVersion | None:
        """A newer version that is open for signature (or drafted, for those who may read it) beside the one in force."""
        last = self.versions[-1] if self.versions else None
        return last if self.in_force is not None and last is not None and last.status != "signed" else None

    @property
    def clauses(self) -> list[Clause]:
        return list(self.shown.clauses.all()) if self.shown is not None else []

    @property
    def signing_organizations(self) -> list[PartyRow]:
        return [row for row in self.required if row.party.side == "organizations"]

    @property
    def signing_agencies(self) -> list[PartyRow]:
        return [row for row in self.required if row.party.side == "government"]

    @property
    def required(self) -> list[PartyRow]:
        return [row for row in self.parties if row.party.role == Party.Role.SIGNATORY]

    @property
    def accepted(self) -> list[PartyRow]:
        return [row for row in self.required if row.acceptance is not None]

    @cached_property
    def in_effect(self) -> bool:
        """Whether what was agreed is owed today: lights make sense only then."""
        return self.agreement.status in (Agreement.Status.SIGNED, Agreement.Status.CONCLUDED)

    @cached_property
    def lights(self) -> list[tuple[str, int]]:
        """(light, how many commitments), what worries first."""
        counts = Counter(row.light for row in self.rows)
        return [(light, counts[light]) for light in LIGHT_ORDER if counts[light]]

    @property
    def late(self) -> list[CommitmentRow]:
        return [row for row in self.rows if row.light == "late"]

    @property
    def disputed(self) -> list[CommitmentRow]:
        return [row for row in self.rows if row.commitment.disputed]

    @property
    def next_due(self) -> CommitmentRow | None:
        """The open commitment whose date comes next (or passed first)."""
        dated = [row for row in self.rows if row.is_open and row.commitment.due_on is not None]
        return min(dated, key=lambda row: (row.commitment.due_on, row.commitment.number), default=None)

    @property
    def last_due(self) -> CommitmentRow | None:
        dated = [row for row in self.rows if row.light != "cancelled" and row.commitment.due_on is not None]
        return max(dated, key=lambda row: (row.commitment.due_on, row.commitment.number), default=None)

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Everything filed that this person may read, newest first."""
        found = [piece for row in self.rows for report in row.reports for piece in report.evidence.all()]
        return sorted(found, key=lambda piece: (piece.report.reported_at, piece.pk), reverse=True)

    @property
    def evidence_by(self) -> dt.datetime | None:
        """When the newest piece of evidence was filed."""
        return self.evidence[0].report.reported_at if self.evidence else None

    @cached_property
    def reports(self) -> list[ProgressReport]:
        """All reports, newest first."""
        found = [report for row in self.rows for report in row.reports]
        return sorted(found, key=lambda report: (report.reported_at, report.pk), reverse=True)

    @property
    def validations(self) -> list[Validation]:
        return [validation for report in self.reports for validation in report.validations.all()]


def page_of(agreement: Agreement, user: Any, *, on: dt.date | None = None) -> AgreementPage:
    """The page of an agreement that `user` may read. `agreement` with its edition."""
    on = on or agreement.edition.today()
    parties = parties_of(agreement, user)
    proposals = read.proposals(user, agreement.pk)
    page = AgreementPage(
        agreement=agreement,
        user=user,
        on=on,
        versions=versions_of(agreement, user),
        parties=[],
        rows=commitment_rows(agreement, user, on, parties),
        meetings=meetings_of(agreement, user),
        proposals=proposals,
        opinions=read.opinions(user, agreement.pk),
        antecedents=read.antecedents.of(user, [proposal.pk for proposal in proposals]),
        papers=read.papers(user, agreement.pk),
    )
    page.parties = party_rows(page.shown, parties.values())
    page.parties = page.parties_of(page.shown)
    return page


def parties_of(agreement: Agreement, user: Any = None) -> dict[int, Party]:
    """The parties by database id, bodies and representatives at hand. Two queries."""
    found = {}
    for party in read.parties(user, agreement.pk):
        party.agreement = agreement
        found[party.pk] = party
    attach_names([party.agency for party in found.values() if party.agency is not None], user)
    put(agreement, "parties", list(found.values()))
    return found


def party_rows(version: AgreementVersion | None, parties: Iterable[Party], *, withheld: bool = False) -> list[PartyRow]:
    """Each party with its acceptance of a version (prefetched)."""
    accepted = {row.party_id: row for row in version.acceptances.all()} if version is not None else {}
    return [PartyRow(party, accepted.get(party.pk), withheld) for party in parties]


def versions_of(agreement: Agreement, user: Any) -> list[AgreementVersion]:
    """The versions that this person may read, with clauses, their opinions, and acceptances. Four queries."""
    found = read.versions(user, agreement.pk)
    keys = [version.pk for version in found]
    clauses = attach(found, "clauses", read.clauses.of(user, keys), "version_id")
    cited = read.opinions_of_clauses.of(user, [clause.pk for clause in clauses])
    attach(clauses, "opinions", cited, "clause_id", pick="opinion")
    attach(found, "acceptances", read.acceptances.of(user, keys), "version_id")
    for version in found:
        version.agreement = agreement
    return found


def commitment_rows(agreement: Agreement, user: Any, on: dt.date, parties: dict[int, Party]) -> list[CommitmentRow]:
    """The commitments with everything that the page shows of them. Some ten queries, whatever there is."""
    commitments = read.commitments(user, agreement.pk)
    read_beside(commitments, user)
    shared = defaultdict(list)
    keys = [commitment.pk for commitment in commitments]
    for share in read.shares.of(user, keys):
        if share.party_id in parties:
            shared[share.commitment_id].append(parties[share.party_id])
    rows = []
    for commitment in commitments:
        commitment.agreement = agreement
        commitment.lead = parties.get(commitment.lead_id) if commitment.lead_id else None
        commitment.shared_by = shared[commitment.pk]
        put(commitment, "co_responsible", commitment.shared_by)
        for step in (*commitment.extensions.all(), *commitment.cancellations.all()):
            take_parties(step, parties, "asked_by", "accepted_by", "declined_by", "party")
        for report in commitment.reports.all():
            tie(report, commitment, parties)
        newest_first = sorted(commitment.reports.all(), key=lambda each: each.number, reverse=True)
        rows.append(CommitmentRow(commitment, on, reports=newest_first))
    by_commitment = {row.commitment.pk: row for row in rows}
    for item in read.agenda.of(user, keys):
        by_commitment[item.commitment_id].agenda.append(item)
    for item in read.action_items.of(user, keys):
        by_commitment[item.commitment_id].action_items.append(item)
    return rows


def read_beside(commitments: list[Commitment], user: Any) -> None:
    """Give commitments what hangs on them, as `prefetch_related` would. Nine queries."""
    keys = [commitment.pk for commitment in commitments]
    attach(commitments, "states", read.states.of(user, keys), "commitment_id", pick="area")
    attach(commitments, "extensions", read.extensions.of(user, keys), "commitment_id")
    attach(commitments, "cancellations", read.cancellations.of(user, keys), "commitment_id")
    attach(commitments, "proposals", read.proposals_of_commitments.of(user, keys), "commitment_id", pick="proposal")
    attach(commitments, "conditions", read.conditions_of_commitments.of(user, keys), "commitment_id", pick="condition")
    reports = attach(commitments, "reports", read.reports.of(user, keys), "commitment_id")
    filed = [report.pk for report in reports]
    attach(reports, "evidence", read.evidence.of(user, filed), "report_id")
    said = attach(reports, "validations", read.validations.of(user, filed), "report_id")
    attach(said, "replies", read.replies.of(user, [each.pk for each in said]), "validation_id")


def tie(report: ProgressReport, commitment: Commitment, parties: dict[int, Party]) -> None:
    """Put what is at hand into the rows of a report, so that nothing is read again."""
    report.commitment = commitment
    take_parties(report, parties, "party")
    for piece in report.evidence.all():
        piece.report = report
    for validation in report.validations.all():
        validation.report = report
        take_parties(validation, parties, "party")
        for reply in validation.replies.all():
            reply.validation = validation
            take_parties(reply, parties, "party")


def take_parties(record: Any, parties: dict[int, Party], *names: str) -> None:
    """Put the parties at hand into the foreign keys of a row, so that none is read again."""
    for name in names:
        key = getattr(record, f"{name}_id", None)
        if key in parties:
            setattr(record, name, parties[key])


def meetings_of(agreement: Agreement, user: Any) -> list[Meeting]:
    """The meetings that follow an agreement, oldest first, each with its approved `minutes_in_force`. Two queries."""
    found = read.meetings(user, agreement.pk)
    approved = defaultdict(list)
    for minutes in read.approved_minutes.of(user, [meeting.pk for meeting in found]):
        approved[minutes.meeting_id].append(minutes)
    for meeting in found:
        meeting.edition = agreement.edition
        meeting.minutes_in_force = approved[meeting.pk][-1] if approved[meeting.pk] else None
    return found
