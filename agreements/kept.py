"""What is kept count of about agreements and commitments (see `core.tally`): only what anybody may read."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Concat, TruncMonth

from agreements.models import Agreement, Commitment
from agreements.querysets import owes_report
from core.tally import Figure, Source, facts
from proposals.kept import IS_PUBLIC, OF_EDITION, PUBLIC, code
from proposals.models import Proposal
from proposals.models.proposals import LEFT_THE_TABLE

EDITION = "agreement__edition_id"
#: Where a commitment in force stands; with its due date and the day of today this gives its light (`agreements.figures`).
STATE = code(
    When(cancelled_at__isnull=False, then=Value("cancelled")),
    When(reported_status="fulfilled", then=Value("fulfilled")),
    When(owes_report(), then=Value("owing")),
    default=Value("open"),
)


def in_force() -> QuerySet[Any]:
    return Commitment.objects.visible_to(None).in_force()


def lights() -> QuerySet[Any]:
    """Commitments in force by state and due date. Codes: `cancelled`, `fulfilled`, `owing` (no report has reached the
    cut-off date of the edition), `open`."""
    return facts(in_force(), EDITION, STATE, day=F("due_on"))


def leads() -> QuerySet[Any]:
    """The same by the body that leads: the agency, 0 for an organization."""
    return facts(in_force().filter(lead__isnull=False), EDITION, STATE, body=Coalesce("lead__agency_id", 0), day=F("due_on"))


MARK = Case(When(disputed=True, then=Value("!")), default=Value(""), output_field=CharField())


def owed() -> QuerySet[Any]:
    """The same by the body that leads: an agency, or an organization by its id below zero. The code of a disputed one ends
    in `!`."""
    body = Coalesce("lead__agency_id", -F("lead__organization_id"))
    return facts(in_force().filter(lead__isnull=False), EDITION, Concat(STATE, MARK), body=body, day=F("due_on"))


def shared() -> QuerySet[Any]:
    """The same for each body that shares a commitment and does not lead it; a fact is the link of the two."""
    rows = in_force().annotate(
        link=F("Commitment_co_responsible+__id"),
        party=F("Commitment_co_responsible+__party_id"),
        of_agency=F("Commitment_co_responsible+__party__agency_id"),
        of_organization=F("Commitment_co_responsible+__party__organization_id"),
    )
    rows = rows.filter(Q(lead__isnull=True) | ~Q(lead_id=F("party")), link__isnull=False)
    return facts(
        rows, EDITION, Concat(STATE, MARK), fact="link", body=Coalesce("of_agency", -F("of_organization")), day=F("due_on")
    )


def month_of(column: str) -> TruncMonth:
    return TruncMonth(column, output_field=DateField())


def months() -> tuple[tuple[str, Any], ...]:
    """Commitments made, fallen due and fulfilled, by the first day of the month."""
    return (
        ("made", lambda: facts(in_force(), EDITION, Value(""), day=month_of("agreement__signed_at"))),
        ("due", lambda: facts(live(), EDITION, Value(""), day=month_of("due_on"))),
        (
            "fulfilled",
            lambda: facts(live().filter(reported_status="fulfilled"), EDITION, Value(""), day=month_of("reported_cut_off")),
        ),
    )


def live() -> QuerySet[Any]:
    return in_force().filter(cancelled_at__isnull=True)


def with_outcome(proposals: QuerySet[Any]) -> QuerySet[Any]:
    """Annotates what became of each proposal, `end`, and `first_due`.

    Ends: `no_agreement`; else by the commitments of the signed agreements that cite it: `fulfilled` (all), `open`
    (`first_due` is the first due date of those that are not), `no_commitment`.
    """
    cites = Agreement.objects.visible_to(None).filter(status__in=["signed", "concluded"], proposals=OuterRef("pk"))
    promised = live().filter(agreement__proposals=OuterRef("pk"))
    unkept = promised.exclude(reported_status="fulfilled")
    first = unkept.filter(due_on__isnull=False).order_by("due_on").values("due_on")[:1]
    end = code(
        When(~Exists(cites), then=Value("no_agreement")),
        When(Exists(unkept), then=Value("open")),
        When(Exists(promised), then=Value("fulfilled")),
        default=Value("no_commitment"),
    )
    return proposals.annotate(end=end, first_due=Subquery(first, output_field=DateField()))


def outcomes() -> QuerySet[Any]:
    """Proposals by overall reading and by what became of them: `code` holds both with a blank in between, `day` the first due
    date. Readings: `none`, `left` (withdrawn, merged, split), or the reading."""
    answer = code(
        When(status__in=LEFT_THE_TABLE, then=Value("left")),
        When(reading="", then=Value("none")),
        default=F("reading"),
    )
    rows = with_outcome(Proposal.objects.visible_to(None))
    return facts(rows, "edition_id", Concat(answer, Value(" "), F("end")), day=F("first_due"))


def states_concerned() -> QuerySet[Any]:
    """Agreements by state (`body` is the area): where a commitment, or a proposal that the agreement cites, names it."""
    area = RawSQL("forum_area.id", ())
    promised = Commitment.objects.visible_to(None).filter(agreement=OuterRef("pk"), states=area)
    cited = Proposal.objects.visible_to(None).filter(agreements=OuterRef("pk"), states=area)
    rows = Agreement.objects.visible_to(None).filter(Exists(promised) | Exists(cited))
    rows = rows.extra(tables=["forum_area"], where=["forum_area.kind = 'federal_entity'"])
    return facts(rows, "edition_id", Value(""), body=area)


def of_agreement(table: str = "agreements_commitment", column: str = "id") -> str:
    return f"SELECT {column} FROM {table} WHERE agreement_id = {{row}}.id"


CITED = "agreements_agreement_proposals"
SHARES = "agreements_commitment_co_responsible"
LINKS = f"SELECT s.id FROM {SHARES} s JOIN agreements_commitment c ON c.id = s.commitment_id"
#: On what it depends whether a commitment is in force and public, and in which edition.
FORCE = ("status", "published_at", "version_number", "edition_id")
STATES = ("agreement_id", "since_version", "cancelled_at", "reported_status", "reported_cut_off", "starts_on", "due_on")
CUT_OFF = Source(
    "forum_edition",
    ("report_cut_off",),
    "SELECT c.id FROM agreements_commitment c JOIN agreements_agreement a ON a.id = c.agreement_id WHERE a.edition_id = {row}.id",
)


def of_commitments(*columns: str) -> Source:
    return Source("agreements_commitment", columns, "{row}.id")


def of_signing(*more: str) -> Source:
    return Source("agreements_agreement", (*FORCE, *more), of_agreement())


#: On what it depends what became of a proposal.
OUTCOME_SOURCES = (
    Source("proposals_proposal", ("reading", *PUBLIC), "{row}.id", IS_PUBLIC),
    OF_EDITION,
    Source("agreements_agreement", FORCE, of_agreement(CITED, "proposal_id")),
    Source(CITED, (), "{row}.proposal_id"),
    Source(
        "agreements_commitment",
        ("agreement_id", "since_version", "cancelled_at", "reported_status", "due_on"),
        f"SELECT proposal_id FROM {CITED} WHERE agreement_id = {{row}}.agreement_id",
    ),
)
FIGURES = (
    Figure("lights", Commitment, lights, (of_commitments(*STATES), of_signing(), CUT_OFF)),
    Figure(
        "leads",
        Commitment,
        leads,
        (
            of_commitments("lead_id", *STATES),
            of_signing(),
            CUT_OFF,
            Source("agreements_party", ("agency_id",), "SELECT id FROM agreements_commitment WHERE lead_id = {row}.id"),
        ),
    ),
    Figure(
        "owed",
        Commitment,
        owed,
        (
            of_commitments("lead_id", "disputed", *STATES),
            of_signing(),
            CUT_OFF,
            Source(
                "agreements_party",
                ("agency_id", "organization_id"),
                "SELECT id FROM agreements_commitment WHERE lead_id = {row}.id",
            ),
        ),
    ),
    Figure(
        "shared",
        Commitment.co_responsible.through,
        shared,
        (
            Source(SHARES, (), "{row}.id"),
            Source(
                "agreements_commitment",
                ("lead_id", "disputed", *STATES),
                f"SELECT id FROM {SHARES} WHERE commitment_id = {{row}}.id",
            ),
            Source("agreements_agreement", FORCE, f"{LINKS} WHERE c.agreement_id = {{row}}.id"),
            Source("agreements_party", ("agency_id", "organization_id"), f"SELECT id FROM {SHARES} WHERE party_id = {{row}}.id"),
            Source(
                "forum_edition",
                ("report_cut_off",),
                f"{LINKS} JOIN agreements_agreement a ON a.id = c.agreement_id WHERE a.edition_id = {{row}}.id",
            ),
        ),
    ),
    *(Figure(name, Commitment, rows, (of_commitments(*STATES), of_signing("signed_at"))) for name, rows in months()),
    Figure(
        "outcomes",
        Proposal,
        outcomes,
        OUTCOME_SOURCES,
        remembered=True,
    ),
    Figure(
        "states_concerned",
        Agreement,
        states_concerned,
        (
            Source("agreements_agreement", FORCE, "{row}.id"),
            Source("agreements_commitment", ("agreement_id", "since_version"), "{row}.agreement_id"),
            Source(
                "agreements_commitment_states",
                (),
                "SELECT agreement_id FROM agreements_commitment WHERE id = {row}.commitment_id",
            ),
            Source(CITED, (), "{row}.agreement_id"),
            Source("proposals_proposal", PUBLIC, f"SELECT agreement_id FROM {CITED} WHERE proposal_id = {{row}}.id", IS_PUBLIC),
            Source("proposals_proposal_states", (), f"SELECT agreement_id FROM {CITED} WHERE proposal_id = {{row}}.proposal_id"),
            Source(
                "forum_edition",
                ("stage",),
                f"SELECT c.agreement_id FROM {CITED} c JOIN proposals_proposal p ON p.id = c.proposal_id "
                "WHERE p.edition_id = {row}.id",
            ),
        ),
        remembered=True,
    ),
)
